package mockllm

import "net/http"

// geminiBlocked is a prompt that the filters do not let pass: a good answer, with
// nothing in it but that.
func geminiBlocked(a asked) Reply {
	const reason = "PROHIBITED_CONTENT"
	if a.is(geminiCompat) {
		return geminiCompatBlocked(a, reason)
	}
	in := a.tokens()
	var body struct {
		Feedback struct {
			BlockReason string `json:"blockReason"`
		} `json:"promptFeedback"`
		Usage geminiUsage `json:"usageMetadata"`
		Model string      `json:"modelVersion"`
		ID    string      `json:"responseId"`
	}
	body.Feedback.BlockReason = reason
	body.Usage = geminiUsage{Prompt: in, Total: in, Details: []geminiTokens{{"TEXT", in}}}
	body.Model, body.ID = a.Model, a.geminiID()
	h := geminiHead(begin(), soonMS)
	switch {
	case a.is(geminiSSE):
		return Reply{http.StatusOK, h.with("Content-Type", "text/event-stream", "content-disposition", "attachment"), geminiFrame(body)}
	case a.is(geminiArray):
		return Reply{http.StatusOK, h.with("Content-Type", geminiJSON), append(append([]byte("["), document(body, "  ")...), "\n]"...)}
	}
	return Reply{http.StatusOK, h.with("Content-Type", geminiJSON), append(document(body, "  "), '\n')}
}

// geminiCompatBlocked says so to OpenAI's clients, in the reason why the answer ended.
func geminiCompatBlocked(a asked, reason string) Reply {
	said, object := "message", "chat.completion"
	if a.Stream {
		said, object = "delta", "chat.completion.chunk"
	}
	body := document(told{
		"id": a.geminiID(), "object": object, "created": a.now.Unix(), "model": a.Model,
		"choices": []any{told{"index": 0, said: told{"role": "assistant"}, "finish_reason": "content_filter: " + reason}},
		"usage":   told{"prompt_tokens": a.tokens(), "completion_tokens": 0, "total_tokens": a.tokens()},
	}, "")
	h := geminiHead(begin(), soonMS)
	if a.Stream {
		return Reply{http.StatusOK, h.with("Content-Type", "text/event-stream"), []byte("data: " + string(body) + "\n\ndata: [DONE]\n\n")}
	}
	return Reply{http.StatusOK, h.with("Content-Type", "application/json"), body}
}
