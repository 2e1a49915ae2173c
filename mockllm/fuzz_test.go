package mockllm_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// seeds are bodies to start from.
func seeds() []string {
	return []string{
		"", "{", "null", "[]", `""`, "\xff\xfe", `{"model":null}`,
		chat(answer.Nonce(1, 1), ""), chat("", `,"stream":true`),
		`{"model":"m\u2028","max_tokens":1e3,"messages":[{"role":"user","content":[{"type":"text","text":"\ud800"}]}]}`,
		`{"model":"m","max_tokens":9223372036854775807,"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"messages":[{"role":"tool","content":[{"content":[{"content":[{"text":"deep"}]}]}]}]}`,
		`{"model":"m","max_tokens":5,"system":[{"text":"s"},7],"messages":[{"role":"user","content":null},{"role":"assistant"}]}`,
		talk("openai", "user: hello") + offer("openai") + `,"parallel_tool_calls":true,"stream":true}`,
		talk("anthropic", "user: hello") + offer("anthropic") + choice("anthropic", "required") + "}",
		talk("openai", "user: hello") + structured("openai") + `,"n":3,"stop":["a",""],"logprobs":true,"top_logprobs":2}`,
		talk("anthropic", "user: hello") + structured("anthropic") + `,"stop_sequences":["a"],"stream":true}`,
		`{"model":"m","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":1024},"thread":{"type":"create"},"messages":[{"role":"user","content":[{"type":"image"},{"type":"tool_result","content":[{"type":"document","source":{"type":"text","data":"d"}}]}]}]}`,
	}
}

// fuzzBody: whatever the body is, the answer is a good one or the dialect's own 400,
// and JSON or a stream of JSON.
func fuzzBody(f *testing.F, dialect string) {
	for _, s := range seeds() {
		f.Add(s)
	}
	m := pace.Instant()
	m.Tokens = pace.Length{P50: 6}
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: dialect, Others: m}, mockllm.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := request(t.Context(), "POST", path(dialect), body)
		_, req := s.Parse(r)
		c := do(s, r)
		if c.status == 404 && strings.Contains(c.body(), "thread_not_found") {
			return // it goes on from a message that is not there
		}
		if c.status != 200 && c.status != 400 {
			t.Fatalf("status %d", c.status)
		}
		var parts []string
		if c.status == 200 && req.Stream {
			for _, d := range datas(c.body()) {
				parts = append(parts, string(d))
			}
		} else {
			parts = []string{c.body()}
		}
		for _, p := range parts {
			if p != "[DONE]" && !json.Valid([]byte(p)) {
				t.Errorf("not JSON: %q", p)
			}
		}
		if c.status == 400 {
			var e struct {
				Error struct{ Type, Message string } `json:"error"`
			}
			if json.Unmarshal([]byte(c.body()), &e) != nil || e.Error.Type != "invalid_request_error" || e.Error.Message == "" {
				t.Errorf("not the dialect's error: %s", c.body())
			}
		}
	})
}

func FuzzOpenAIBody(f *testing.F)    { fuzzBody(f, "openai") }
func FuzzAnthropicBody(f *testing.F) { fuzzBody(f, "anthropic") }

// FuzzPart: an event of anybody's is something.
func FuzzPart(f *testing.F) {
	f.Add("data: [DONE]\n\n")
	f.Add("event: message_stop\ndata: {\"type\":\"message_stop\"  }\n\n")
	f.Add(`data: {"choices":[{"delta":{"content":"x"},"finish_reason":null}]}`)
	f.Fuzz(func(t *testing.T, event string) {
		for _, dialect := range []string{"openai", "anthropic"} {
			if p := server(t, dialect, pace.Instant(), nil).Part(mockllm.Request{}, []byte(event)); p < mockllm.Other || p > mockllm.Terminator {
				t.Errorf("%q is %d", event, p)
			}
		}
	})
}
