package mockllm_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// good says that an answer is a good one or the dialect's own 400, and JSON or a
// stream of JSON.
func good(t *testing.T, c *capture) {
	t.Helper()
	var e struct {
		Error struct{ Type, Message string } `json:"error"`
	}
	switch {
	case c.status == 400:
		if json.Unmarshal([]byte(c.body()), &e) != nil || e.Error.Type != "invalid_request_error" || e.Error.Message == "" {
			t.Errorf("not the dialect's error: %s", c.body())
		}
	case c.status != 200:
		t.Fatalf("status %d", c.status)
	case strings.HasPrefix(c.header["Content-Type"][0], "text/event-stream"):
		for _, d := range datas(c.body()) {
			if string(d) != "[DONE]" && !json.Valid(d) {
				t.Errorf("not JSON: %q", d)
			}
		}
	case !json.Valid([]byte(c.body())):
		t.Errorf("not JSON: %q", c.body())
	}
}

// fuzzPath: whatever the body of a request is.
func fuzzPath(f *testing.F, path string, bodies ...string) {
	for _, s := range append(bodies, "", "{", "null", "[]", "\xff\xfe", `{"model":null}`, `{"model":"m","input":{},"prompt":{},"stream":7}`) {
		f.Add(s)
	}
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai", Others: shortInstant()}, mockllm.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) { good(t, do(s, request(t.Context(), "POST", path, body))) })
}

func FuzzOpenAIResponses(f *testing.F) {
	fuzzPath(f, responses,
		respond(answer.Nonce(1, 1), ""), respond("", `,"stream":true,"background":true`),
		respond("", `,"temperature":1e3,"top_p":null,"text":{"format":{"type":"json_schema","name":"n","schema":{"type":["object"],"properties":{"a":{"$ref":"#"}}}}},"reasoning":{"effort":"high"},"stream":true`),
		respond("", `,"tools":[{"type":"function","name":"f","parameters":{"type":"object"}},{"type":"web_search"}],"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}`),
		`{"model":"gpt-5","stream":true,"max_output_tokens":9223372036854775807,"input":[{"role":"user","content":[{"type":"input_text","text":"\ud800"},{"type":"input_image"}]},{"type":"function_call","name":"f","arguments":7},{"type":"function_call_output","call_id":null,"output":[{"text":"x"}]}]}`)
}

func FuzzOpenAICompletions(f *testing.F) {
	fuzzPath(f, completions, `{"model":"m","prompt":["a",[1,2]],"n":3,"stream":true,"stop":["a"],"stream_options":{"include_usage":true}}`, `{"model":"m","prompt":[1.5]}`)
}

func FuzzOpenAIEmbeddings(f *testing.F) {
	fuzzPath(f, embeddings, `{"model":"m","input":["a","b"],"encoding_format":"base64","dimensions":3}`, `{"model":"m","input":[[1],[2]]}`, `{"model":"m","input":[null]}`)
}

func FuzzOpenAIImages(f *testing.F) {
	fuzzPath(f, images, `{"prompt":"x","n":2}`, `{"model":"dall-e-3","prompt":"x","size":"1x1"}`, `{"model":"gpt-image-1","prompt":"x","background":"auto"}`)
}

func FuzzOpenAIModerations(f *testing.F) {
	fuzzPath(f, moderations, `{"input":["a","b"]}`, `{"input":[{"type":"text","text":"a"},{"type":"image_url"}]}`)
}

func FuzzOpenAIBatch(f *testing.F) {
	fuzzPath(f, batches, `{"input_file_id":"f","endpoint":"/v1/responses","completion_window":"24h","metadata":{"a":1}}`)
}

// FuzzOpenAIUpload: whatever a form is.
func FuzzOpenAIUpload(f *testing.F) {
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n{}\r\n--b--\r\n")
	f.Add("multipart/form-data; boundary=b", "--b\r\n\r\n--b")
	f.Add("multipart/form-data", "--b")
	f.Add("", "{}")
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai", Others: shortInstant()}, mockllm.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := request(t.Context(), "POST", files, body)
		r.Header["Content-Type"] = []string{contentType}
		good(t, do(s, r))
	})
}

// FuzzOpenAIBatchInput: whatever the lines of a batch are, it comes to its end, and
// what it writes are lines of JSON.
func FuzzOpenAIBatchInput(f *testing.F) {
	f.Add(lines(3))
	f.Add("{}\n[]\n\n\xff")
	f.Add(`{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":7,"stream":true}}`)
	f.Fuzz(func(t *testing.T, input string) {
		if strings.Count(input, "\n") > 100 {
			return // more than a virtual second's worth of work for one run
		}
		synctest.Test(t, func(t *testing.T) {
			s := server(t, "openai", shortInstant(), nil)
			b := create(t, s, input)
			time.Sleep(3 * time.Second)
			b = state(t, s, b.ID)
			if b.Status != "completed" && b.Status != "failed" {
				t.Errorf("in the end %+v", b)
			}
			if n := len(results(t, s, b.Output)) + len(results(t, s, b.ErrorFile)); n != b.Counts.Total {
				t.Errorf("%d results of %d lines", n, b.Counts.Total)
			}
		})
	})
}

// TestEveryPathRefuses: on every path of the dialect a request without a key, a wrong
// method and a body that is too large are refused in its words.
func TestEveryPathRefuses(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	for _, path := range []string{responses, completions, embeddings, images, moderations, files, batches} {
		r := request(t.Context(), "POST", path, "{}")
		r.Header.Del("Authorization")
		if got := do(s, r); got.status != http.StatusUnauthorized || !strings.Contains(got.body(), "You didn't provide an API key.") {
			t.Errorf("%s without a key: %d %s", path, got.status, got.body())
		}
		if got := do(s, request(t.Context(), "PATCH", path, "{}")); got.status != http.StatusMethodNotAllowed || !strings.Contains(got.body(), "Not allowed to PATCH on "+path) {
			t.Errorf("PATCH %s: %d %s", path, got.status, got.body())
		}
	}
}

// TestTheyStop: whatever takes an answer over, the mock stops, and tells how far it
// came.
func TestTheyStop(t *testing.T) {
	for _, c := range []struct{ path, body string }{
		{responses, respond(answer.Nonce(1, 1), `,"stream":true`)},
		{completions, `{"model":"m","prompt":"` + answer.Nonce(1, 1) + `","stream":true}`},
	} {
		for after := range 7 {
			w := &takeover{capture: newCapture(), after: after}
			var got mockllm.Served
			s := server(t, "openai", shortInstant(), func(_ *http.Request, s mockllm.Served) { got = s })
			s.ServeHTTP(w, request(t.Context(), "POST", c.path, c.body))
			tokens := 0
			for _, e := range w.writes {
				if s.Part(mockllm.Request{}, []byte(e.data)) == mockllm.Content {
					tokens++
				}
			}
			if w.refused != 1 || got.TokensOut != tokens || got.Finish != "" {
				t.Errorf("%s after %d events: %d writes after the end; told of %d tokens and finish %q; %d were taken",
					c.path, after, w.refused, got.TokensOut, got.Finish, tokens)
			}
		}
	}
}

// TestServedElsewhere: what the mock tells of answers that are no chats.
func TestServedElsewhere(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	for _, c := range []struct {
		path, body string
		want       mockllm.Served
	}{
		{responses, respond(nonce, ""), mockllm.Served{Status: 200, TokensOut: 6, Finish: "completed"}},
		{responses, respond(nonce, `,"stream":true`), mockllm.Served{Status: 200, TokensOut: 6, Finish: "completed"}},
		{responses, respond(nonce, `,"background":true`), mockllm.Served{Status: 200}},
		{completions, `{"model":"m","prompt":"` + nonce + `"}`, mockllm.Served{Status: 200, TokensOut: 6, Finish: "stop"}},
		{embeddings, `{"model":"m","input":"` + nonce + `"}`, mockllm.Served{Status: 200}},
		{images, `{"prompt":"` + nonce + `"}`, mockllm.Served{Status: 200}},
		{moderations, `{"input":"` + nonce + `"}`, mockllm.Served{Status: 200}},
	} {
		var got mockllm.Served
		s := server(t, "openai", shortInstant(), func(_ *http.Request, s mockllm.Served) { got = s })
		do(s, request(t.Context(), "POST", c.path, c.body))
		if got.Request.Nonce != nonce || got.TokensIn == 0 || got.TokensOut != c.want.TokensOut || got.Finish != c.want.Finish || got.Status != c.want.Status {
			t.Errorf("%s %s: got %+v", c.path, c.body, got)
		}
	}
}
