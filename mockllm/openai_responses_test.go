package mockllm_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

const responses = "/v1/responses"

// respond is a request for a response, with a nonce in its input.
func respond(nonce, more string) string {
	return `{"model":"gpt-4o","input":"ticket ` + nonce + `: hello"` + more + `}`
}

// TestWire2 is row 2 of the checklist of what a mock must get right, byte by byte:
// responses, whole and streamed.
func TestWire2(t *testing.T) {
	nonce := answer.Nonce(7, 1)
	tools := `,"tools":[{"type":"function","name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]`
	for _, c := range []struct{ golden, body string }{
		{"openai_responses_json", respond(nonce, `,"instructions":"Be brief.","temperature":1,"metadata":{"user":"<7>"}`)},
		{"openai_responses_stream", respond(nonce, `,"stream":true`)},
		{"openai_responses_stream_plain", respond(nonce, `,"stream":true,"stream_options":{"include_obfuscation":false}`)},
		{"openai_responses_stream_reasoning", strings.Replace(respond(nonce, `,"stream":true`), "gpt-4o", "gpt-5-mini", 1)},
		{"openai_responses_stream_tool", respond(nonce, `,"stream":true`+tools)},
		{"openai_responses_stream_background", respond(nonce, `,"stream":true,"background":true`)},
		{"openai_responses_incomplete", respond(nonce, `,"stream":true,"max_output_tokens":16,"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object","properties":{"a_rather_long_name_of_a_property":{"type":"string"},"another_rather_long_name":{"type":"integer"}},"required":["a_rather_long_name_of_a_property","another_rather_long_name"]}}}`)},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			got := do(server(t, "openai", short(), nil), request(t.Context(), "POST", responses, c.body))
			golden(t, c.golden, got.dump())
		})
	}
}

// numbered is what all events of a response's stream have.
type numbered struct {
	Type     string
	Number   *int `json:"sequence_number"`
	Delta    string
	Padding  *string `json:"obfuscation"`
	Response struct {
		ID     string
		Status string
		Error  struct{ Code, Message string }
	}
}

// events reads a stream.
func events(t *testing.T, body string) (all []numbered) {
	t.Helper()
	for _, event := range strings.Split(strings.TrimSuffix(body, "\n\n"), "\n\n") {
		name, data, ok := strings.Cut(event, "\ndata: ")
		var e numbered
		unmarshal(t, []byte(data), &e)
		if !ok || name != "event: "+e.Type || e.Number == nil {
			t.Errorf("not an event of a response: %q", event)
			return nil
		}
		all = append(all, e)
	}
	return all
}

// said is the text in a stream.
func spoken(all []numbered) string {
	var text strings.Builder
	for _, e := range all {
		text.WriteString(e.Delta)
	}
	return text.String()
}

// TestResponseStreams holds for any response: numbers without a hole, padding to a
// multiple of 16 characters, no terminator but the response itself, no rate limits in
// the header, and the whole verifiable answer.
func TestResponseStreams(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	seen := map[int]bool{}
	for i := range 20 {
		nonce := answer.Nonce(1, uint64(i))
		c := do(s, request(t.Context(), "POST", responses, respond(nonce, `,"stream":true`)))
		all := events(t, c.body())
		for n, e := range all {
			if *e.Number != n {
				t.Fatalf("event %d has number %d", n, *e.Number)
			}
			if !strings.HasSuffix(e.Type, ".delta") {
				continue
			}
			padding := len(*e.Padding)
			if (utf8.RuneCountInString(e.Delta)+padding)%16 != 0 || padding > 15 {
				t.Errorf("%d letters of padding for %q", padding, e.Delta)
			}
			seen[padding] = true
		}
		if last := all[len(all)-1]; last.Type != "response.completed" || strings.Contains(c.body(), "[DONE]") {
			t.Errorf("the stream ends with %s", last.Type)
		}
		if !wholeAnswer(spoken(all), nonce) {
			t.Errorf("not a whole answer to %s: %q", nonce, spoken(all))
		}
		for name := range c.header {
			if strings.HasPrefix(strings.ToLower(name), "x-ratelimit") {
				t.Errorf("a stream with the header %s", name)
			}
		}
	}
	if len(seen) < 3 {
		t.Errorf("paddings seen: %v", seen)
	}
}

// TestResponsePace: the head and the first events leave at once, what a model makes
// when a model makes it; a slow model does not hold up the head.
func TestResponsePace(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		ttft        time.Duration
		slow        float64
		head, first time.Duration
	}{
		{374 * ms, 1, 60 * ms, 374 * ms},
		{374 * ms, 6, 60 * ms, 6 * 374 * ms},
		{20 * ms, 1, 20 * ms, 20 * ms},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := short()
			m.TTFT.P50 = c.ttft
			s := server(t, "openai", m, nil)
			ctx := mockllm.WithSlow(t.Context(), c.slow, 1)
			got := do(s, request(ctx, "POST", responses, respond(answer.Nonce(1, 1), `,"stream":true`)))
			var at []time.Duration
			var parts []mockllm.Part
			for _, w := range got.writes {
				at = append(at, w.at)
				parts = append(parts, s.Part(mockllm.Request{Endpoint: "responses"}, []byte(w.data)))
			}
			f, o, text, last := c.first, mockllm.Other, mockllm.Content, mockllm.Terminator
			wantAt := []time.Duration{c.head, c.head, f, f, f, f + 10*ms, f + 20*ms, f + 30*ms, f + 40*ms, f + 50*ms, f + 60*ms, f + 60*ms, f + 60*ms, f + 60*ms}
			wantParts := []mockllm.Part{o, o, o, o, text, text, text, text, text, text, o, o, o, last}
			if diff := cmp.Diff(wantAt, at); diff != "" {
				t.Errorf("events are due (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(wantParts, parts); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]int{6}, got.expected); diff != "" || len(got.held()) > 0 {
				t.Errorf("held back %q; told (-want +got):\n%s", got.held(), diff)
			}
			whole := do(s, request(ctx, "POST", responses, respond(answer.Nonce(1, 1), "")))
			if end := whole.writes[0].at; end != f+60*ms {
				t.Errorf("the whole response came at %v; want %v", end, f+60*ms)
			}
		})
	}
}

// failing puts an error of the dialect into a stream, as an injector does: before the
// n-th write, or behind it.
type failing struct {
	*capture
	s      *mockllm.Server
	req    mockllm.Request
	n      int
	behind bool
	class  string
}

func (f *failing) Write(p []byte) (int, error) {
	fail := len(f.writes) == f.n
	if !fail || f.behind {
		_, _ = f.capture.Write(p)
	}
	if !fail {
		return len(p), nil
	}
	_, _ = f.capture.Write(f.s.Event(f.req, mockllm.Failure{Class: f.class}))
	return 0, http.ErrAbortHandler
}

// TestResponseErrorsAreNumbered: wherever an error is put into a stream, its numbers
// go on where the stream's end, and the response that failed is the one of the stream.
func TestResponseErrorsAreNumbered(t *testing.T) {
	for _, c := range []struct {
		n      int
		behind bool
	}{
		{4, false}, // before the first token, after the prelude of four
		{5, true},  // behind the second token
		{7, true},
		{13, false}, // before the end
	} {
		s := server(t, "openai", shortInstant(), nil)
		r, req := s.Parse(request(t.Context(), "POST", responses, respond(answer.Nonce(1, 1), `,"stream":true`)))
		w := &failing{capture: newCapture(), s: s, req: req, n: c.n, behind: c.behind, class: "overloaded"}
		s.ServeHTTP(w, r)
		all := events(t, w.body())
		for i, e := range all {
			if *e.Number != i {
				t.Errorf("%+v: event %d (%s) has number %d", c, i, e.Type, *e.Number)
			}
		}
		last := all[len(all)-1]
		if all[len(all)-2].Type != "error" || last.Type != "response.failed" {
			t.Errorf("%+v: the stream ends with %s, %s", c, all[len(all)-2].Type, last.Type)
		}
		if last.Response.ID != all[0].Response.ID || last.Response.Status != "failed" || last.Response.Error.Code != "server_is_overloaded" {
			t.Errorf("%+v: failed is %+v; the stream was of %s", c, last.Response, all[0].Response.ID)
		}
	}
}

// shortInstant is a model with short answers at once.
func shortInstant() pace.Model {
	m := pace.Instant()
	m.Tokens = pace.Length{P50: 6}
	return m
}

// TestResponseEvents compares the words of errors in a stream.
func TestResponseEvents(t *testing.T) {
	var b strings.Builder
	for _, class := range []string{"server_error", "overloaded", "rate_limit", "context_length"} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			s := server(t, "openai", short(), nil)
			event := s.Event(mockllm.Request{Endpoint: "responses", Model: "gpt-4o"}, mockllm.Failure{Class: class})
			fmt.Fprintf(&b, "=== %s\n%s", class, event)
		})
	}
	golden(t, "openai_responses_events", b.String())
}

// TestWire6Responses is what is of responses in row 6 of the checklist, byte by byte:
// their errors, all of one layout.
func TestWire6Responses(t *testing.T) {
	var b strings.Builder
	for _, c := range []struct{ name, method, path, body string }{
		{"wrong method", "GET", responses, ""},
		{"broken JSON", "POST", responses, "{\"model\": \"m\",\n  oops}"},
		{"no model", "POST", responses, `{"input":"hello"}`},
		{"no input", "POST", responses, `{"model":"m"}`},
		{"what is of chats", "POST", responses, `{"model":"m","messages":[{"role":"user","content":"hello"}]}`},
		{"no such response", "GET", responses + "/resp_0", ""},
		{"no such previous response", "POST", responses, respond("", `,"previous_response_id":"resp_0"`)},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			got := do(server(t, "openai", short(), nil), request(t.Context(), c.method, c.path, c.body))
			fmt.Fprintf(&b, "=== %s\n%s\n", c.name, got.dump())
		})
	}
	for _, f := range []mockllm.Failure{
		{Class: "rate_limit", Status: 429, Wait: 5 * time.Second, Form: "seconds"},
		{Class: "rate_limit", Status: 429},
		{Class: "server_error", Status: 500},
		{Class: "server_error", Status: 502},
		{Class: "overloaded"},
		{Class: "unauthorized", Status: 401},
		{Class: "not_found"},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			req := mockllm.Request{Endpoint: "responses", Model: "gpt-4o", Key: "sk-drill-0123456789abcdef"}
			r := server(t, "openai", short(), nil).Answer(req, f)
			fmt.Fprintf(&b, "=== %s %d %s\n%s\n", f.Class, f.Status, f.Form, dump(r.Status, r.Header, string(r.Body)))
		})
	}
	synctest.Test(t, func(t *testing.T) {
		atRecording()
		r := request(t.Context(), "POST", responses, respond("", ""))
		r.Header.Del("Authorization")
		fmt.Fprintf(&b, "=== no key\n%s\n", do(server(t, "openai", short(), nil), r).dump())
	})
	golden(t, "openai_responses_refusals", b.String())
}

// TestResponseRecordedLengths holds bodies against the lengths that recordings have.
func TestResponseRecordedLengths(t *testing.T) {
	s := server(t, "openai", short(), nil)
	answer := func(model, key, class string) int {
		return len(s.Answer(mockllm.Request{Endpoint: "responses", Model: model, Key: key}, mockllm.Failure{Class: class}).Body)
	}
	// 246 with a key of 17 letters.
	if got, want := answer("m", "invalid-key-of-29-letters-2345", "unauthorized"), 246+30-17; got != want {
		t.Errorf("the 401 has %d bytes; want %d", got, want)
	}
	if got := answer("this-model-does-not-exist", "k", "not_found"); got != 191 {
		t.Errorf("the 400 for a model has %d bytes; want 191", got)
	}
}

// TestResponseRefusals: what is wrong in a request, in the provider's words.
func TestResponseRefusals(t *testing.T) {
	for body, want := range map[string]string{
		`{"model":7,"input":"x"}`:                                                       "Invalid type for 'model': expected a string, but got an integer instead.",
		`{"model":"m","input":7}`:                                                       "Invalid type for 'input': expected one of a string or array of objects, but got an integer instead.",
		`{"model":"m","input":[]}`:                                                      "Invalid 'input': empty array.",
		`{"model":"m","input":["x"]}`:                                                   "Invalid type for 'input[0]': expected an object, but got a string instead.",
		`{"model":"m","input":[{"role":"king","content":"x"}]}`:                         "Invalid value: 'king'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
		`{"model":"m","input":[{"content":"x"}]}`:                                       "Missing required parameter: 'input[0].role'.",
		`{"model":"m","input":[{"role":"user"}]}`:                                       "Missing required parameter: 'input[0].content'.",
		`{"model":"m","input":[{"role":"user","content":7}]}`:                           "Invalid type for 'input[0].content'",
		`{"model":"m","input":[{"type":"poem"}]}`:                                       "Invalid value: 'poem'.",
		`{"model":"m","input":[{"type":"function_call_output"}]}`:                       "Missing required parameter: 'input[0].call_id'.",
		`{"model":"m","input":"x","temperature":"hot"}`:                                 "Invalid type for 'temperature': expected a decimal, but got a string instead.",
		`{"model":"m","input":"x","max_output_tokens":5}`:                               "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead.",
		`{"model":"m","input":"x","max_tokens":5}`:                                      "In the Responses API, this parameter has moved to 'max_output_tokens'.",
		`{"model":"m","input":"x","response_format":{}}`:                                "In the Responses API, this parameter has moved to 'text.format'.",
		`{"model":"m","input":"x","background":true,"store":false}`:                     "Background mode requires store to be true.",
		`{"model":"m","input":"x","stream_options":{}}`:                                 "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
		`{"model":"m","input":"x","instructions":7}`:                                    "Invalid type for 'instructions'",
		`{"model":"m","input":"x","reasoning":{"effort":7}}`:                            "Invalid type for 'reasoning.effort'",
		`{"model":"m","input":"x","text":{"verbosity":7}}`:                              "Invalid type for 'text.verbosity'",
		`{"model":"m","input":"x","text":{"format":"json"}}`:                            "Invalid type for 'text.format': expected an object, but got a string instead.",
		`{"model":"m","input":"x","text":{"format":{"type":"xml"}}}`:                    "Invalid value: 'xml'. Supported values are: 'json_object', 'json_schema', and 'text'.",
		`{"model":"m","input":"x","text":{"format":{"type":"json_object"}}}`:            "must contain the word 'json'",
		`{"model":"m","input":"x","text":{"format":{"type":"json_schema","name":"n"}}}`: "Missing required parameter: 'text.format.schema'.",
		`{"model":"m","input":"x","tools":[7]}`:                                         "Invalid type for 'tools[0]'",
		`{"model":"m","input":"x","tools":[{"name":"f"}]}`:                              "Missing required parameter: 'tools[0].type'.",
		`{"model":"m","input":"x","tools":[{"type":"function"}]}`:                       "Missing required parameter: 'tools[0].name'.",
		`{"model":"m","input":"x","tool_choice":"always"}`:                              "Supported values are: 'none', 'auto', and 'required'.",
		`{"model":"m","input":"x","tool_choice":{"type":"function","name":"f"}}`:        "Tool choice 'f' not found in 'tools' parameter.",
	} {
		got := do(server(t, "openai", shortInstant(), nil), request(t.Context(), "POST", responses, body))
		if got.status != 400 || !strings.Contains(got.body(), want) {
			t.Errorf("%s: got %d %s; want %s", body, got.status, got.body(), want)
		}
	}
}

// TestCountedBeforehand: the tokens of an input are those that its response is billed
// for, also after a previous one, and neither model nor stream need be told.
func TestCountedBeforehand(t *testing.T) {
	s := server(t, "openai", shortInstant(), nil)
	nonce := answer.Nonce(1, 1)
	first := ask(t, s, "POST", responses, respond(nonce, ""))
	more := `,"previous_response_id":"` + first.ID + `","instructions":"Be brief."`
	second := ask(t, s, "POST", responses, respond(nonce, more))
	for _, c := range []struct {
		body string
		want int
	}{
		{respond(nonce, ""), first.Usage.Input},
		{respond(nonce, more), second.Usage.Input},
		{strings.Replace(respond(nonce, ""), `"model":"gpt-4o",`, "", 1), first.Usage.Input},
	} {
		got := do(s, request(t.Context(), "POST", responses+"/input_tokens", c.body))
		if want := fmt.Sprintf("{\n  \"object\": \"response.input_tokens\",\n  \"input_tokens\": %d\n}", c.want); got.status != 200 || got.body() != want {
			t.Errorf("%s: got %d %s; want %s", c.body, got.status, got.body(), want)
		}
	}
	bad := do(s, request(t.Context(), "POST", responses+"/input_tokens", `{"input":[]}`))
	if bad.status != 400 || !strings.Contains(bad.body(), "empty_array") {
		t.Errorf("got %d %s; want 400 empty_array", bad.status, bad.body())
	}
}
