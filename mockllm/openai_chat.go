package mockllm

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// openaiChatCall is a chat completion to be answered.
type openaiChatCall struct {
	obfuscate bool // pad the chunks of a stream
}

func (c openaiChatCall) serve(x *exchange) {
	words, cut := x.compose()
	finish := "stop"
	if cut {
		finish = "length"
	}
	if x.req.Stream {
		c.stream(x, words, finish)
		return
	}
	c.whole(x, words, finish)
}

// openaiUsage is the bill of an answer.
type openaiUsage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`

	PromptDetails struct {
		Cached int `json:"cached_tokens"`
		Audio  int `json:"audio_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails struct {
		Reasoning int `json:"reasoning_tokens"`
		Audio     int `json:"audio_tokens"`
		Accepted  int `json:"accepted_prediction_tokens"`
		Rejected  int `json:"rejected_prediction_tokens"`
	} `json:"completion_tokens_details"`
}

func openaiUsageOf(prompt, completion int) openaiUsage {
	return openaiUsage{Prompt: prompt, Completion: completion, Total: prompt + completion}
}

type openaiMessage struct {
	Role        string   `json:"role"`
	Content     string   `json:"content"`
	Refusal     *string  `json:"refusal"`
	Annotations []string `json:"annotations"`
}

type openaiChoice struct {
	Index        int           `json:"index"`
	Message      openaiMessage `json:"message"`
	Logprobs     *string       `json:"logprobs"`
	FinishReason string        `json:"finish_reason"`
}

// openaiCompletion is a whole chat completion, keys in the order recorded.
type openaiCompletion struct {
	ID          string         `json:"id"`
	Object      string         `json:"object"`
	Created     int64          `json:"created"`
	Model       string         `json:"model"`
	Choices     []openaiChoice `json:"choices"`
	Usage       openaiUsage    `json:"usage"`
	ServiceTier string         `json:"service_tier"`
	Fingerprint string         `json:"system_fingerprint"`
}

// whole answers with one document, when its last token would have come.
func (c openaiChatCall) whole(x *exchange, words []string, finish string) {
	if !x.pause(x.first() + x.gaps(len(words))) {
		return
	}
	body := document(openaiCompletion{
		ID: x.chatID(), Object: "chat.completion", Created: x.now.Unix(), Model: dated(x.req.Model, openaiSnapshots()),
		Choices: []openaiChoice{{
			Message:      openaiMessage{Role: "assistant", Content: strings.Join(words, " "), Annotations: []string{}},
			FinishReason: finish,
		}},
		Usage:       openaiUsageOf(x.served.TokensIn, len(words)),
		ServiceTier: "default", Fingerprint: openaiFingerprint(x.req.Model),
	}, "  ")
	h := openaiLimits(openaiEngine(x.mint, x.account, x.elapsed()), x.req)
	x.content(len(words))
	x.served.Finish = finish
	x.reply(Reply{http.StatusOK, h.with("Content-Type", "application/json"), append(body, '\n')})
}

// stream answers with a chunk per token. The head leaves with the first one, which
// is when the provider's does.
func (c openaiChatCall) stream(x *exchange, words []string, finish string) {
	if !x.pause(x.first()) {
		return
	}
	chunks := c.chunks(x)
	h := openaiLimits(openaiEngine(x.mint, x.account, x.elapsed()), x.req)
	s := x.open(h.with("Content-Type", "text/event-stream; charset=utf-8"), len(words))
	if !s.send(chunks.choice(`{"role":"assistant","content":"","refusal":null}`, "null")) {
		return
	}
	for i, word := range words {
		if !s.content(chunks.text(i, word), 1) || !x.pause(x.gaps(1)) {
			return
		}
	}
	if !s.finish(chunks.choice(`{}`, `"`+finish+`"`), finish) {
		return
	}
	if x.req.Usage && !s.send(chunks.usage(openaiUsageOf(x.served.TokensIn, len(words)))) {
		return
	}
	s.send([]byte("data: [DONE]\n\n"))
}

// openaiChunks writes the chunks of one stream, all into the same buffer.
type openaiChunks struct {
	*mint
	begin     []byte // what all begin with
	end       []byte // what all but the last end with, before the padding
	obfuscate bool
	buf       []byte
}

func (c openaiChatCall) chunks(x *exchange) *openaiChunks {
	k := &openaiChunks{mint: x.mint, obfuscate: c.obfuscate}
	k.begin = []byte(`data: {"id":"` + x.chatID() + `","object":"chat.completion.chunk","created":` +
		strconv.FormatInt(x.now.Unix(), 10) + `,"model":` + compact(dated(x.req.Model, openaiSnapshots())) +
		`,"service_tier":"default","system_fingerprint":"` + openaiFingerprint(x.req.Model) + `","choices":`)
	if x.req.Usage {
		k.end = []byte(`,"usage":null`)
	}
	return k
}

// choice is a chunk with a delta and a finish_reason, both JSON.
func (k *openaiChunks) choice(delta, finish string) []byte {
	k.buf = append(k.buf[:0], k.begin...)
	k.buf = append(append(k.buf, `[{"index":0,"delta":`...), delta...)
	k.buf = append(append(k.buf, `,"logprobs":null,"finish_reason":`...), finish...)
	k.buf = append(k.buf, `}]`...)
	return k.close(k.end)
}

// text is a chunk with the i-th word. Words are letters alone and need no escapes.
func (k *openaiChunks) text(i int, word string) []byte {
	k.buf = append(k.buf[:0], k.begin...)
	k.buf = append(k.buf, `[{"index":0,"delta":{"content":"`...)
	if i > 0 {
		k.buf = append(k.buf, ' ')
	}
	k.buf = append(k.buf, word...)
	k.buf = append(k.buf, `"},"logprobs":null,"finish_reason":null}]`...)
	return k.close(k.end)
}

// usage is the chunk after the last choice.
func (k *openaiChunks) usage(u openaiUsage) []byte {
	k.buf = append(append(k.buf[:0], k.begin...), `[]`...)
	return k.close([]byte(`,"usage":` + compact(u)))
}

// close ends a chunk: the padding makes the length of its JSON 1 modulo 16, so
// that who sees only lengths learns nothing of the text.
func (k *openaiChunks) close(end []byte) []byte {
	k.buf = append(k.buf, end...)
	if k.obfuscate {
		k.buf = append(k.buf, `,"obfuscation":"`...)
		length := len(k.buf) - len("data: ") + len(`"}`)
		for range ((1-length)%16 + 16) % 16 {
			k.buf = append(k.buf, digits62[k.rng.IntN(62)])
		}
		k.buf = append(k.buf, '"')
	}
	k.buf = append(k.buf, "}\n\n"...)
	return k.buf
}

// openaiPart reads an event of a chat stream.
func openaiPart(event []byte) Part {
	_, data, ok := bytes.Cut(event, []byte("data:"))
	data = bytes.TrimSpace(data)
	if !ok {
		return Other
	}
	if string(data) == "[DONE]" {
		return Terminator
	}
	var chunk struct {
		Choices []struct {
			Delta struct {
				Content   string            `json:"content"`
				ToolCalls []json.RawMessage `json:"tool_calls"`
			} `json:"delta"`
			FinishReason string `json:"finish_reason"`
		} `json:"choices"`
	}
	if json.Unmarshal(data, &chunk) != nil || len(chunk.Choices) == 0 {
		return Other
	}
	switch c := chunk.Choices[0]; {
	case c.FinishReason != "":
		return Finish
	case c.Delta.Content != "", len(c.Delta.ToolCalls) > 0:
		return Content
	}
	return Other
}
