package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// A provider is one vendor's API.
type provider struct {
	name   string
	url    string            // where questions are posted
	header map[string]string // what authenticates us
	ask    func(question) any
	// whole reads a JSON answer, event the data of one event of a stream. They
	// fail on what they cannot make sense of.
	whole, event func(data []byte) (piece, error)
}

// A piece is what a whole answer, or one event of a streamed one, says.
type piece struct {
	text   string
	finish string   // why the model stopped, in the vendor's word; "" while it goes on
	end    bool     // the vendor's mark that nothing follows
	fault  *failure // the provider gave up in the middle of a stream
}

// finished tells whether a vendor's word means that the model said all that it
// had to say. "length" and "content_filter" leave the user with half an answer.
func finished(finish string) bool {
	return finish == "stop" || finish == "end_turn" || finish == "stop_sequence"
}

// request puts a question to the provider.
func (p *provider) request(ctx context.Context, q question) (*http.Request, error) {
	body, err := json.Marshal(p.ask(q))
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "supportbot/1")
	for name, value := range p.header {
		req.Header.Set(name, value)
	}
	return req, nil
}

type message struct {
	Role    string `json:"role"`
	Content any    `json:"content"` // a text, or parts
}

// maxTokens bounds an answer's length, and so its price.
const maxTokens = 1024

// newOpenAI is the chat completions API; the base URL ends in /v1.
func newOpenAI(base, key string) *provider {
	return &provider{
		name:   "openai",
		url:    strings.TrimRight(base, "/") + "/chat/completions",
		header: map[string]string{"Authorization": "Bearer " + key},
		ask: func(q question) any {
			return map[string]any{
				"model":                 q.task.openai,
				"messages":              []message{{"system", q.instructions()}, {"user", q.forOpenAI(q.text)}},
				"max_completion_tokens": maxTokens,
				"stream":                q.task.stream,
			}
		},
		whole: openAIWhole,
		event: openAIEvent,
	}
}

func openAIWhole(data []byte) (piece, error) {
	var body struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
			Finish string `json:"finish_reason"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(data, &body); err != nil {
		return piece{}, err
	}
	if len(body.Choices) == 0 {
		return piece{}, errNoAnswer
	}
	return piece{text: body.Choices[0].Message.Content, finish: body.Choices[0].Finish, end: true}, nil
}

func openAIEvent(data []byte) (piece, error) {
	if string(data) == "[DONE]" {
		return piece{end: true}, nil
	}
	var body struct {
		Choices []struct {
			Delta struct {
				Content string `json:"content"`
			} `json:"delta"`
			Finish string `json:"finish_reason"`
		} `json:"choices"`
		Error json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(data, &body); err != nil {
		return piece{}, err
	}
	if given(body.Error) {
		return piece{fault: brokeOff(data)}, nil
	}
	if len(body.Choices) == 0 {
		return piece{}, nil // usage, or a filter's results
	}
	return piece{text: body.Choices[0].Delta.Content, finish: body.Choices[0].Finish}, nil
}

// newAnthropic is the messages API; the base URL does not end in /v1.
func newAnthropic(base, key string) *provider {
	return &provider{
		name:   "anthropic",
		url:    strings.TrimRight(base, "/") + "/v1/messages",
		header: map[string]string{"x-api-key": key, "anthropic-version": "2023-06-01"},
		ask: func(q question) any {
			return map[string]any{
				"model":      q.task.anthropic,
				"system":     q.instructions(),
				"messages":   []message{{"user", q.forAnthropic(q.text)}},
				"max_tokens": maxTokens,
				"stream":     q.task.stream,
			}
		},
		whole: anthropicWhole,
		event: anthropicEvent,
	}
}

func anthropicWhole(data []byte) (piece, error) {
	var body struct {
		Content []struct {
			Text string `json:"text"`
		} `json:"content"`
		Stop string `json:"stop_reason"`
	}
	if err := json.Unmarshal(data, &body); err != nil {
		return piece{}, err
	}
	if len(body.Content) == 0 {
		return piece{}, errNoAnswer
	}
	p := piece{finish: body.Stop, end: true}
	for _, block := range body.Content {
		p.text += block.Text
	}
	return p, nil
}

func anthropicEvent(data []byte) (piece, error) {
	var body struct {
		Type  string `json:"type"`
		Delta struct {
			Text string `json:"text"`
			Stop string `json:"stop_reason"`
		} `json:"delta"`
	}
	if err := json.Unmarshal(data, &body); err != nil {
		return piece{}, err
	}
	switch body.Type {
	case "content_block_delta":
		return piece{text: body.Delta.Text}, nil
	case "message_delta":
		return piece{finish: body.Delta.Stop}, nil
	case "message_stop":
		return piece{end: true}, nil
	case "error":
		return piece{fault: brokeOff(data)}, nil
	}
	return piece{}, nil // message_start, ping and what may come to be
}

// given tells whether a field stood in the JSON with a value.
func given(field json.RawMessage) bool { return len(field) > 0 && string(field) != "null" }
