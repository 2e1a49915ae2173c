package mockllm_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

func unmarshal(t *testing.T, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
}

// short is a model with answers of six tokens, so that goldens can be read.
func short() pace.Model {
	return pace.Model{
		TTFT:   pace.Spread{P50: 374 * time.Millisecond},
		Gap:    pace.Spread{P50: 10 * time.Millisecond},
		Tokens: pace.Length{P50: 6},
	}
}

// atRecording lets the bubble's clock run to a moment of which recordings exist: ids
// and resets follow from the time.
func atRecording() { time.Sleep(time.Until(time.Unix(1770674968, 0))) }

// TestWire compares what goes over the wire, byte by byte.
func TestWire(t *testing.T) {
	nonce := answer.Nonce(7, 1)
	openai := func(model, more string) string {
		return `{"model":"` + model + `","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"ticket ` + nonce + `: hello"}]` + more + `}`
	}
	anthropic := func(more string) string {
		return `{"model":"claude-haiku-4-5","max_tokens":1024,"system":"Be brief.","messages":[{"role":"user","content":[{"type":"text","text":"ticket ` + nonce + `: hello"}]}]` + more + `}`
	}
	for _, c := range []struct {
		golden, dialect, method, path, body string
	}{
		{"openai_chat_json", "openai", "POST", "/v1/chat/completions", openai("gpt-4o", "")},
		{"openai_chat_stream", "openai", "POST", "/v1/chat/completions", openai("gpt-4o", `,"stream":true`)},
		{"openai_chat_stream_usage", "openai", "POST", "/v1/chat/completions", openai("gpt-3.5-turbo", `,"stream":true,"stream_options":{"include_usage":true}`)},
		{"openai_chat_stream_plain", "openai", "POST", "/v1/chat/completions", openai("gpt-4o", `,"stream":true,"stream_options":{"include_obfuscation":false}`)},
		{"openai_chat_length", "openai", "POST", "/v1/chat/completions", openai("gpt-4o", `,"max_completion_tokens":3`)},
		{"openai_models", "openai", "GET", "/v1/models", ""},
		{"openai_model", "openai", "GET", "/v1/models/ft:gpt-4o:drill/one", ""},
		{"anthropic_json", "anthropic", "POST", "/v1/messages", anthropic("")},
		{"anthropic_stream", "anthropic", "POST", "/v1/messages", anthropic(`,"stream":true`)},
		{"anthropic_models", "anthropic", "GET", "/v1/models", ""},
		{"anthropic_model", "anthropic", "GET", "/v1/models/claude-haiku-4-5", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			got := do(server(t, c.dialect, short(), nil), request(t.Context(), c.method, c.path, c.body))
			golden(t, c.golden, got.dump())
		})
	}
}

// TestRefusals compares what is said to requests that are wrong.
func TestRefusals(t *testing.T) {
	long := strings.Repeat(" ", 32<<20)
	for _, dialect := range []string{"openai", "anthropic"} {
		var b strings.Builder
		for _, c := range []struct{ name, method, path, body string }{
			{"unknown path", "POST", "/v1/audio/speech", "{}"},
			{"no path", "GET", "/", ""},
			{"wrong method", "GET", path(dialect), ""},
			{"wrong method, list", "DELETE", "/v1/models", ""},
			{"too large", "POST", path(dialect), `{"model":"` + long + `"}`},
			{"no body", "POST", path(dialect), ""},
			{"broken JSON", "POST", path(dialect), "{\"model\": \"m\",\n  oops}"},
			{"cut JSON", "POST", path(dialect), `{"model": "m`},
			{"not an object", "POST", path(dialect), `["model"]`},
			{"null", "POST", path(dialect), `null`},
			{"no model", "POST", path(dialect), `{"max_tokens":9,"messages":[]}`},
			{"model of a wrong type", "POST", path(dialect), `{"model":4,"max_tokens":9,"messages":[]}`},
			{"no messages", "POST", path(dialect), `{"model":"m","max_tokens":9}`},
			{"messages of a wrong type", "POST", path(dialect), `{"model":"m","max_tokens":9,"messages":"hello"}`},
			{"messages empty", "POST", path(dialect), `{"model":"m","max_tokens":9,"messages":[]}`},
			{"message of a wrong type", "POST", path(dialect), `{"model":"m","max_tokens":9,"messages":["hello"]}`},
			{"message without a role", "POST", path(dialect), `{"model":"m","max_tokens":9,"messages":[{"content":"hello"}]}`},
			{"role unknown", "POST", path(dialect), `{"model":"m","max_tokens":9,"messages":[{"role":"king","content":"hello"}]}`},
			{"role of a wrong type", "POST", path(dialect), `{"model":"m","max_tokens":9,"messages":[{"role":7,"content":"hello"}]}`},
			{"content of a wrong type", "POST", path(dialect), `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":{"text":"hello"}}]}`},
			{"stream of a wrong type", "POST", path(dialect), `{"model":"m","max_tokens":9,"stream":"yes","messages":[{"role":"user","content":"hello"}]}`},
			{"no tokens", "POST", path(dialect), `{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"hello"}]}`},
			{"tokens of a wrong type", "POST", path(dialect), `{"model":"m","max_tokens":1.5,"messages":[{"role":"user","content":"hello"}]}`},
		} {
			synctest.Test(t, func(t *testing.T) {
				atRecording()
				got := do(server(t, dialect, short(), nil), request(t.Context(), c.method, c.path, c.body))
				fmt.Fprintf(&b, "=== %s\n%s\n", c.name, got.dump())
			})
		}
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			r := request(t.Context(), "POST", path(dialect), chat("", ""))
			r.Header.Del("Authorization")
			fmt.Fprintf(&b, "=== no key\n%s\n", do(server(t, dialect, short(), nil), r).dump())
		})
		golden(t, dialect+"_refusals", b.String())
	}
}

func TestRefusalsOfOneDialect(t *testing.T) {
	user := `"messages":[{"role":"user","content":"hello"}]`
	for _, c := range []struct{ dialect, body, want string }{
		{"openai", `{"model":"m","stream_options":{"include_usage":true},` + user + `}`, "The 'stream_options' parameter is only allowed when 'stream' is enabled."},
		{"openai", `{"model":"m","stream":true,"stream_options":7,` + user + `}`, "Invalid type for 'stream_options': expected an object, but got an integer instead."},
		{"anthropic", `{"model":"m",` + user + `}`, "max_tokens: Field required"},
		{"anthropic", `{"model":"m","max_tokens":5,"messages":[{"role":"system","content":"hello"}]}`, "messages: Unexpected role \\\"system\\\"."},
		{"anthropic", `{"model":"m","max_tokens":5,"messages":[{"role":"user"}]}`, "messages.0.content: Field required"},
		{"anthropic", `{"model":"m","max_tokens":5,"system":5,` + user + `}`, "system: Input should be a valid string"},
	} {
		got := do(server(t, c.dialect, pace.Instant(), nil), request(t.Context(), "POST", path(c.dialect), c.body))
		if got.status != 400 || !strings.Contains(got.body(), c.want) {
			t.Errorf("%s %s: got %d %s; want %s", c.dialect, c.body, got.status, got.body(), c.want)
		}
	}
	r := request(t.Context(), "POST", "/v1/messages", chat("", ""))
	r.Header.Del("Anthropic-Version")
	if got := do(server(t, "anthropic", pace.Instant(), nil), r); !strings.Contains(got.body(), "anthropic-version: header is required") {
		t.Errorf("without a version: got %d %s", got.status, got.body())
	}
}

// TestFailures compares how failures are worded.
func TestFailures(t *testing.T) {
	wait := 5 * time.Second
	for _, dialect := range []string{"openai", "anthropic"} {
		var b strings.Builder
		for _, f := range []mockllm.Failure{
			{Class: "rate_limit", Status: 429, Wait: wait, Form: "seconds"},
			{Class: "rate_limit", Status: 429, Wait: 90*time.Second + time.Millisecond, Form: "seconds", Variant: "tokens"},
			{Class: "rate_limit", Status: 429, Wait: wait, Form: "date"},
			{Class: "rate_limit", Status: 429, Wait: 644 * time.Millisecond, Form: "ms"},
			{Class: "rate_limit", Status: 429, Wait: wait, Form: "none"},
			{Class: "server_error", Status: 500},
			{Class: "server_error", Status: 502},
			{Class: "server_error", Status: 503},
			{Class: "server_error"},
			{Class: "overloaded"},
			{Class: "overloaded", Status: 503},
			{Class: "overloaded", Status: 529},
			{Class: "gateway_timeout", Status: 504},
			{Class: "gateway_timeout", Status: 524},
			{Class: "unauthorized", Status: 401},
		} {
			synctest.Test(t, func(t *testing.T) {
				atRecording()
				s := server(t, dialect, short(), nil)
				r := s.Answer(mockllm.Request{Model: "gpt-4o", Key: "sk-drill-0123456789abcdef"}, f)
				fmt.Fprintf(&b, "=== %+v\n%s\n\n", f, dump(r.Status, r.Header, string(r.Body)))
			})
		}
		golden(t, dialect+"_failures", b.String())
	}
}

// TestNobodyIsToldToComeTooEarly: dates have whole seconds, and are rounded up.
func TestNobodyIsToldToComeTooEarly(t *testing.T) {
	for _, dialect := range []string{"openai", "anthropic"} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			time.Sleep(300 * time.Millisecond)
			f := mockllm.Failure{Class: "rate_limit", Wait: 5 * time.Second, Form: "date"}
			r := server(t, dialect, short(), nil).Answer(mockllm.Request{}, f)
			if got, want := r.Header["retry-after"], "Mon, 09 Feb 2026 22:09:34 GMT"; len(got) != 1 || got[0] != want {
				t.Errorf("%s: got %q; want %q", dialect, got, want)
			}
		})
	}
}

func TestEvents(t *testing.T) {
	for _, dialect := range []string{"openai", "anthropic"} {
		var b strings.Builder
		for _, class := range []string{"server_error", "overloaded", "rate_limit"} {
			s := server(t, dialect, short(), nil)
			fmt.Fprintf(&b, "=== %s\n%s", class, s.Event(mockllm.Request{Model: "gpt-4o"}, mockllm.Failure{Class: class}))
		}
		golden(t, dialect+"_events", b.String())
	}
}

// TestRecordedLengths holds bodies against the lengths that recordings have.
func TestRecordedLengths(t *testing.T) {
	openai, anthropic := server(t, "openai", short(), nil), server(t, "anthropic", short(), nil)
	body := func(s *mockllm.Server, f mockllm.Failure) string {
		return string(s.Answer(mockllm.Request{Key: "invalid-key-of-29-letters-2345"}, f).Body)
	}
	for _, c := range []struct {
		name string
		got  string
		want int
	}{
		{"Cloudflare's 502", body(openai, mockllm.Failure{Class: "server_error", Status: 502}), 84},
		{"Anthropic's 401", body(anthropic, mockllm.Failure{Class: "unauthorized"}), 130},
		{"OpenAI's invalid JSON", do(openai, request(t.Context(), "POST", "/v1/chat/completions", "{")).body(), 443},
		// 267 with a key of 17 letters.
		{"OpenAI's 401", body(openai, mockllm.Failure{Class: "unauthorized"}), 267 + 30 - 17},
	} {
		if len(c.got) != c.want {
			t.Errorf("%s has %d bytes; want %d:\n%s", c.name, len(c.got), c.want, c.got)
		}
	}
}

// TestObfuscation holds for any text: JSON texts of chunks have lengths of 1 modulo
// 16, with 0 to 15 letters of padding.
func TestObfuscation(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	seen := map[int]bool{}
	for i := range 20 {
		body := do(s, request(t.Context(), "POST", "/v1/chat/completions", chat(answer.Nonce(1, uint64(i)), `,"stream":true,"stream_options":{"include_usage":true}`))).body()
		if strings.Contains(body, "event:") {
			t.Fatal("chat streams have no event lines")
		}
		for _, data := range datas(body) {
			if string(data) == "[DONE]" {
				continue
			}
			var chunk struct {
				Obfuscation *string
				Usage       *json.RawMessage
			}
			unmarshal(t, data, &chunk)
			if len(data)%16 != 1 || chunk.Obfuscation == nil || len(*chunk.Obfuscation) > 15 {
				t.Fatalf("%d bytes: %s", len(data), data)
			}
			seen[len(*chunk.Obfuscation)] = true
		}
	}
	if len(seen) < 2 {
		t.Errorf("paddings seen: %v", seen)
	}
}

// TestPadding: every event but a ping has 0 to 15 spaces before its last brace.
func TestPadding(t *testing.T) {
	s := server(t, "anthropic", pace.Instant(), nil)
	var counts [16]int
	for i := range 200 {
		body := do(s, request(t.Context(), "POST", "/v1/messages", chat(answer.Nonce(1, uint64(i)), `,"stream":true`))).body()
		for _, data := range datas(body) {
			if string(data) == `{"type": "ping"}` {
				continue
			}
			trimmed := strings.TrimRight(strings.TrimSuffix(string(data), "}"), " ")
			counts[len(data)-1-len(trimmed)]++
		}
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	for spaces, n := range counts {
		if n < total/32 || n > total/8 {
			t.Errorf("%d spaces in %d of %d events; want about a sixteenth", spaces, n, total)
		}
	}
}

// TestParts has the parts of whole streams, and of what is in no stream of ours.
func TestParts(t *testing.T) {
	content := func(events []mockllm.Part) int {
		return len(slices.DeleteFunc(slices.Clone(events), func(p mockllm.Part) bool { return p != mockllm.Content }))
	}
	for dialect, tail := range map[string][]mockllm.Part{
		"openai":    {mockllm.Finish, mockllm.Other, mockllm.Terminator},
		"anthropic": {mockllm.Other, mockllm.Finish, mockllm.Terminator},
	} {
		s := server(t, dialect, pace.Instant(), nil)
		more := `,"stream":true`
		if dialect == "openai" {
			more += `,"stream_options":{"include_usage":true}`
		}
		c := do(s, request(t.Context(), "POST", path(dialect), chat(answer.Nonce(1, 1), more)))
		var parts []mockllm.Part
		for _, w := range c.writes {
			if !strings.HasSuffix(w.data, "\n\n") || strings.Count(w.data, "\n\n") != 1 {
				t.Errorf("%s: not one event: %q", dialect, w.data)
			}
			parts = append(parts, s.Part(mockllm.Request{}, []byte(w.data)))
		}
		if parts[0] != mockllm.Other {
			t.Errorf("%s: the first event is %v", dialect, parts[0])
		}
		if got := parts[len(parts)-len(tail):]; !slices.Equal(got, tail) {
			t.Errorf("%s: the last events are %v; want %v", dialect, got, tail)
		}
		if want := []int{content(parts)}; !slices.Equal(c.expected, want) {
			t.Errorf("%s: told %v content events to come; want %v", dialect, c.expected, want)
		}
		for _, event := range []string{"", "\n\n", ": keepalive\n\n", "data: \n\n", "data: {\n\n", "data: 7\n\n", "event: ping\n\n", "data: {\"choices\":[]}\n\n"} {
			if got := s.Part(mockllm.Request{}, []byte(event)); got != mockllm.Other {
				t.Errorf("%s: %q is %v", dialect, event, got)
			}
		}
	}
}

// TestPartsOfTheRealThing has events as the providers send them.
func TestPartsOfTheRealThing(t *testing.T) {
	for _, c := range []struct {
		dialect, event string
		want           mockllm.Part
	}{
		{"openai", `data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"lo"}}]},"finish_reason":null}]}` + "\r\n\r\n", mockllm.Content},
		{"openai", `data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}]}` + "\n\n", mockllm.Other},
		{"openai", `data: {"error":{"message":"sorry","type":"server_error","param":null,"code":null}}` + "\n\n", mockllm.Other},
		{"anthropic", "event: content_block_delta\ndata: " + `{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\""}   }` + "\n\n", mockllm.Content},
		{"anthropic", "event: content_block_delta\ndata: " + `{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}   }` + "\n\n", mockllm.Other},
		{"anthropic", "event: error\ndata: " + `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}` + "\n\n", mockllm.Other},
	} {
		if got := server(t, c.dialect, short(), nil).Part(mockllm.Request{}, []byte(c.event)); got != c.want {
			t.Errorf("%s %q: got %v; want %v", c.dialect, c.event, got, c.want)
		}
	}
}

// TestHeaderNames looks at the bytes: names are spelled as the provider does, and
// net/http adds none twice.
func TestHeaderNames(t *testing.T) {
	srv := httptest.NewServer(server(t, "openai", pace.Instant(), nil))
	defer srv.Close()
	raw := rawReply(t, srv.Listener.Addr().String(),
		"GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nConnection: close\r\n\r\n")
	for _, want := range []string{"\r\nx-request-id: req_", "\r\nCF-RAY: ", "\r\nServer: cloudflare\r\n", "\r\nContent-Type: application/json\r\n", "\r\nDate: "} {
		if strings.Count(raw, want) != 1 {
			t.Errorf("%q is not there once in\n%s", want, raw)
		}
	}
	for _, name := range []string{"content-type", "content-length", "date", "server"} {
		if n := strings.Count(strings.ToLower(raw), "\r\n"+name+":"); n != 1 {
			t.Errorf("%d headers %s", n, name)
		}
	}
}
