package mockllm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

const (
	geminiPath   = "/v1beta/models/gemini-2.5-flash:generateContent"
	geminiSSE    = "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
	geminiArray  = "/v1beta/models/gemini-2.5-flash:streamGenerateContent"
	geminiVertex = "/v1beta1/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash"
	geminiCompat = "/v1beta/openai/chat/completions"
)

func geminiRequest(ctx context.Context, method, path, body string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	r.Header.Set("X-Goog-Api-Key", "AIza-drill")
	return r
}

// geminiBody is a request with a nonce in its last content.
func geminiBody(more string) string {
	return `{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"ticket ` +
		answer.Nonce(7, 1) + `: hello"}]}]` + more + `}`
}

// long is a model whose answers take several chunks.
func long() pace.Model {
	m := short()
	m.Tokens = pace.Length{P50: 100}
	return m
}

// sized is a model that answers at once, with so many tokens.
func sized(tokens float64) pace.Model {
	m := pace.Instant()
	m.Tokens = pace.Length{P50: tokens}
	return m
}

// TestWire5 is row 5 of the checklist, byte by byte: events that end in CRLF, errors
// with the type of a stream and a bare body, the wrong key that is a 400, waiting
// times in the body alone.
func TestWire5(t *testing.T) {
	for _, c := range []struct {
		golden, method, path, body string
		model                      pace.Model
	}{
		{"gemini_json", "POST", geminiPath, geminiBody(""), short()},
		{"gemini_stream", "POST", geminiSSE, geminiBody(""), long()},
		{"gemini_array", "POST", geminiArray, geminiBody(""), long()},
		{"gemini_max_tokens", "POST", geminiSSE, geminiBody(`,"generationConfig":{"maxOutputTokens":3}`), short()},
		{"gemini_count", "POST", "/v1beta/models/gemini-2.5-flash:countTokens", geminiBody(""), short()},
		{"gemini_embed", "POST", "/v1beta/models/text-embedding-004:embedContent", `{"content":{"parts":[{"text":"hello"}]},"outputDimensionality":4}`, short()},
		{
			"gemini_embed_batch", "POST", "/v1beta/models/gemini-embedding-001:batchEmbedContents",
			`{"requests":[{"content":{"parts":[{"text":"hello"}]},"output_dimensionality":3},{"content":{"parts":{"text":"you"}},"outputDimensionality":3}]}`, short(),
		},
		{"gemini_models", "GET", "/v1beta/models", "", short()},
		{"gemini_model", "GET", "/v1beta/models/gemini-2.5-flash", "", short()},
		{"gemini_sse_400", "POST", geminiSSE, `{"contents":[]}`, short()},
		{"gemini_array_400", "POST", geminiArray, `{"contents":[]}`, short()},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			got := do(server(t, "gemini", c.model, nil), geminiRequest(t.Context(), c.method, c.path, c.body))
			golden(t, c.golden, got.dump())
		})
	}
}

// TestWire5Key: an API key that is not known is an invalid argument; the recorded
// body has 581 bytes.
func TestWire5Key(t *testing.T) {
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "gemini", Keys: map[string]limits.Limits{"right": {}}}, mockllm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := do(s, geminiRequest(t.Context(), "POST", geminiSSE, geminiBody("")))
	if kind := got.header["Content-Type"]; got.status != 400 || !slices.Equal(kind, []string{"text/event-stream"}) || len(got.body()) != 581 {
		t.Errorf("got %d %q, %d bytes: %s", got.status, kind, len(got.body()), got.body())
	}
}

// TestWire5Waits: who must wait reads it in the body, and in no header.
func TestWire5Waits(t *testing.T) {
	s := server(t, "gemini", short(), nil)
	for form, want := range map[string]string{"seconds": "6s", "ms": "5.5s", "date": "6s", "none": ""} {
		r := s.Answer(mockllm.Request{}, mockllm.Failure{Class: "rate_limit", Wait: 5500 * time.Millisecond, Form: form})
		for name := range r.Header {
			if strings.HasPrefix(strings.ToLower(name), "retry-after") || strings.HasPrefix(name, "x-ratelimit") {
				t.Errorf("%s: there is a header %s", form, name)
			}
		}
		var body struct {
			Error struct {
				Message string
				Details []struct {
					Type       string `json:"@type"`
					RetryDelay string
				}
			}
		}
		unmarshal(t, r.Body, &body)
		got := ""
		for _, d := range body.Error.Details {
			got += d.RetryDelay
		}
		if got != want || strings.Contains(body.Error.Message, "Please retry in "+want+".") != (want != "") {
			t.Errorf("%s: told to wait %q in %s", form, got, r.Body)
		}
	}
}

// TestGeminiAnswersCanBeProved: of whole answers, of events, of arrays; by every path
// and with every way to send a key.
func TestGeminiAnswersCanBeProved(t *testing.T) {
	s := server(t, "gemini", pace.Instant(), nil)
	snake := strings.NewReplacer("systemInstruction", "system_instruction", `"parts":[{`, `"parts":{`, `}]}`, `}}`).Replace(geminiBody(""))
	for _, c := range []struct{ name, path, header, value, body string }{
		{"whole", geminiPath, "X-Goog-Api-Key", "k", geminiBody("")},
		{"events", geminiSSE, "X-Goog-Api-Key", "k", geminiBody("")},
		{"an array", geminiArray, "X-Goog-Api-Key", "k", geminiBody("")},
		{"a bearer", geminiPath, "Authorization", "Bearer k", geminiBody("")},
		{"a key in the URL", geminiSSE + "&key=k", "X-None", "", geminiBody("")},
		{"v1", "/v1/models/gemini-2.5-flash:generateContent?key=k", "X-None", "", geminiBody("")},
		{"no version", "/models/gemini-2.5-flash:generateContent?key=k", "X-None", "", geminiBody("")},
		{"tuned", "/v1beta/tunedModels/mine:generateContent?key=k", "X-None", "", geminiBody("")},
		{"Vertex", geminiVertex + ":generateContent", "Authorization", "Bearer k", geminiBody("")},
		{"Vertex, streamed", geminiVertex + ":streamGenerateContent?alt=sse", "Authorization", "Bearer k", geminiBody("")},
		{"Vertex, express", "/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent", "X-Goog-Api-Key", "k", geminiBody("")},
		{"snake case, single parts", geminiPath, "X-Goog-Api-Key", "k", snake},
	} {
		r := geminiRequest(t.Context(), "POST", c.path, c.body)
		r.Header.Del("X-Goog-Api-Key")
		r.Header.Set(c.header, c.value)
		got := do(s, r)
		if text := geminiText(t, got.body()); got.status != 200 || !wholeAnswer(text, answer.Nonce(7, 1)) {
			t.Errorf("%s: got %d %q from %s", c.name, got.status, text, got.body())
		}
	}
}

// geminiChunk is what SDKs look at.
type geminiChunk struct {
	Candidates []struct {
		Content      struct{ Parts []struct{ Text string } }
		FinishReason string
	}
	UsageMetadata struct{ PromptTokenCount, CandidatesTokenCount, TotalTokenCount int }
	ResponseID    string `json:"responseId"`
}

// geminiChunks reads a document, an array or events.
func geminiChunks(t *testing.T, body string) []geminiChunk {
	t.Helper()
	var all []geminiChunk
	switch {
	case strings.HasPrefix(body, "["):
		unmarshal(t, []byte(body), &all)
	case strings.HasPrefix(body, "{"):
		unmarshal(t, []byte("["+body+"]"), &all)
	default:
		for _, data := range datas(body) {
			var c geminiChunk
			unmarshal(t, data, &c)
			all = append(all, c)
		}
	}
	return all
}

func geminiText(t *testing.T, body string) string {
	t.Helper()
	var text strings.Builder
	for _, c := range geminiChunks(t, body) {
		for _, candidate := range c.Candidates {
			for _, p := range candidate.Content.Parts {
				text.WriteString(p.Text)
			}
		}
	}
	return text.String()
}

// TestGeminiUsageRuns: each chunk has the bill until then, and all are of one
// response.
func TestGeminiUsageRuns(t *testing.T) {
	for _, path := range []string{geminiSSE, geminiArray} {
		chunks := geminiChunks(t, do(server(t, "gemini", sized(100), nil), geminiRequest(t.Context(), "POST", path, geminiBody(""))).body())
		words := 0
		for i, c := range chunks {
			u := c.UsageMetadata
			words += len(strings.Fields(c.Candidates[0].Content.Parts[0].Text))
			if u.CandidatesTokenCount != words || u.TotalTokenCount != u.PromptTokenCount+words || c.ResponseID != chunks[0].ResponseID {
				t.Errorf("%s: after %d words chunk %d says %+v of %s", path, words, i, u, c.ResponseID)
			}
			if last := i == len(chunks)-1; (c.Candidates[0].FinishReason != "") != last {
				t.Errorf("%s: chunk %d of %d ends with %q", path, i, len(chunks), c.Candidates[0].FinishReason)
			}
		}
		if words != 100 || len(chunks) < 3 {
			t.Errorf("%s: %d words in %d chunks", path, words, len(chunks))
		}
	}
}

// TestGeminiPace: chunks of some tens of words, each after the time that its words
// took.
func TestGeminiPace(t *testing.T) {
	for _, path := range []string{geminiSSE, geminiArray} {
		synctest.Test(t, func(t *testing.T) {
			s := server(t, "gemini", long(), nil)
			c := do(s, geminiRequest(t.Context(), "POST", path, geminiBody("")))
			at, contents := 374*time.Millisecond, 0
			for i, w := range c.writes {
				if w.at != at {
					t.Errorf("%s: write %d came after %v; want %v", path, i, w.at, at)
				}
				switch part := s.Part(mockllm.Request{}, []byte(w.data)); {
				case part == mockllm.Content:
					contents++
					for _, chunk := range geminiChunks(t, strings.TrimLeft(w.data, "[,\r\n")) {
						at += time.Duration(len(strings.Fields(chunk.Candidates[0].Content.Parts[0].Text))) * 10 * time.Millisecond
					}
				case part != mockllm.Finish && w.data != "]":
					t.Errorf("%s: %q is %v", path, w.data, part)
				}
			}
			if want := 374*time.Millisecond + time.Second; at != want || !slices.Equal(c.expected, []int{contents}) || len(c.held()) > 0 {
				t.Errorf("%s: ended after %v, want %v; told %v of %d contents; held back %q", path, at, want, c.expected, contents, c.held())
			}
		})
	}
}

// TestGeminiParts: the chunk that says why the answer ended finishes it, and nothing
// terminates it.
func TestGeminiParts(t *testing.T) {
	s := server(t, "gemini", sized(100), nil)
	var parts []mockllm.Part
	for _, w := range do(s, geminiRequest(t.Context(), "POST", geminiSSE, geminiBody(""))).writes {
		if !strings.HasSuffix(w.data, "\r\n\r\n") || strings.Count(w.data, "\n") != 2 {
			t.Errorf("not one event: %q", w.data)
		}
		parts = append(parts, s.Part(mockllm.Request{}, []byte(w.data)))
	}
	if n := len(parts); slices.Contains(parts, mockllm.Terminator) || slices.Contains(parts, mockllm.Other) || slices.Index(parts, mockllm.Finish) != n-1 {
		t.Errorf("parts are %v", parts)
	}
	for event, want := range map[string]mockllm.Part{
		`data: {"candidates": [{"content": {"parts": [{"functionCall": {"name": "f","args": {}}}],"role": "model"},"index": 0}]}` + "\r\n\r\n": mockllm.Content,
		`data: {"candidates": [{"content": {"parts": [{"text": "bye"}],"role": "model"},"finishReason": "STOP","index": 0}]}` + "\r\n\r\n":     mockllm.Finish,
		`data: {"candidates": [{"finishReason": "SAFETY","index": 0}],"usageMetadata": {}}` + "\r\n\r\n":                                       mockllm.Finish,
		`data: {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}` + "\r\n\r\n":                                                         mockllm.Other,
		`data: {"error": {"code": 503,"message": "The model is overloaded. Please try again later.","status": "UNAVAILABLE"}}` + "\r\n\r\n":    mockllm.Other,
		"[{\n  \"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a\"}]}}]\n}\n":                                                         mockllm.Content,
		",\r\n{\n  \"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a\"}]}, \"finishReason\": \"STOP\"}]\n}\n":                         mockllm.Finish,
		"]":                mockllm.Other,
		"":                 mockllm.Other,
		"data: [DONE]\n\n": mockllm.Terminator, // of the compatible route
	} {
		if got := s.Part(mockllm.Request{}, []byte(event)); got != want {
			t.Errorf("%q is %v; want %v", event, got, want)
		}
	}
}

func TestGeminiServed(t *testing.T) {
	var got []mockllm.Served
	s := server(t, "gemini", sized(6), func(_ *http.Request, served mockllm.Served) {
		served.Request = mockllm.Request{Endpoint: served.Request.Endpoint, Model: served.Request.Model, Form: served.Request.Form}
		served.First = time.Time{}
		got = append(got, served)
	})
	request := func(endpoint, form string) mockllm.Request {
		return mockllm.Request{Endpoint: endpoint, Model: "gemini-2.5-flash", Form: form}
	}
	for _, path := range []string{geminiPath, geminiSSE, geminiArray, "/v1beta/models/gemini-2.5-flash:countTokens"} {
		do(s, geminiRequest(t.Context(), "POST", path, geminiBody("")))
	}
	in := got[0].TokensIn
	want := []mockllm.Served{
		{Request: request("generate", ""), Status: 200, TokensIn: in, TokensOut: 6, Finish: "STOP"},
		{Request: request("generate", "sse"), Status: 200, TokensIn: in, TokensOut: 6, Finish: "STOP"},
		{Request: request("generate", "array"), Status: 200, TokensIn: in, TokensOut: 6, Finish: "STOP"},
		{Request: request("count_tokens", ""), Status: 200, TokensIn: in},
	}
	if diff := cmp.Diff(want, got); diff != "" || in < 10 {
		t.Errorf("%d tokens in (-want +got):\n%s", in, diff)
	}
}

// TestGeminiNonces: of the user's last words, else of the conversation.
func TestGeminiNonces(t *testing.T) {
	one, two := answer.Nonce(1, 1), answer.Nonce(1, 2)
	s := server(t, "gemini", short(), nil)
	for _, c := range []struct{ name, contents, want string }{
		{"the last question", `{"role":"user","parts":[{"text":"` + one + `"}]},{"role":"model","parts":[{"text":"` + one + `"}]},{"parts":[{"text":"` + two + `"}]}`, two},
		{"what a function returned is not the user's", `{"role":"user","parts":[{"text":"` + one + `"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},
		  {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"found":["` + two + `"]}}}]}`, one},
		{"an answer without one", `{"role":"user","parts":[{"text":"` + one + `"}]},{"role":"function","parts":[{"functionResponse":{"name":"f","response":{}}}]}`, one},
		{"what a function returned, if nothing else", `{"parts":[{"text":"and?"}]},{"parts":[{"functionResponse":{"name":"f","response":{"found":["` + two + `"]}}}]}`, two},
		{"beside a picture", `{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}},{"text":"` + one + `"}]}`, one},
	} {
		_, got := s.Parse(geminiRequest(t.Context(), "POST", geminiPath, `{"contents":[`+c.contents+`]}`))
		if got.Nonce != c.want {
			t.Errorf("%s: got %q; want %q", c.name, got.Nonce, c.want)
		}
	}
}

// TestGeminiRefusals compares what is said to requests that are wrong.
func TestGeminiRefusals(t *testing.T) {
	var b strings.Builder
	for _, c := range []struct{ name, path, body string }{
		{"unknown method of a model", "/v1beta/models/gemini-2.5-flash:sing", "{}"},
		{"unknown path", "/v1beta/<b>", "{}"},
		{"wrong method", "/v1beta/models", "{}"},
		{"too large", geminiPath, `{"contents":"` + strings.Repeat(" ", 32<<20) + `"}`},
		{"no body", geminiPath, ""},
		{"broken JSON", geminiPath, `{"contents": [{"parts": [{"text": oops}]}]}`},
		{"cut JSON", geminiPath, `{"contents": [`},
		{"not an object", geminiPath, `["contents"]`},
		{"contents of a wrong type", geminiPath, `{"contents":"hello"}`},
		{"content of a wrong type", geminiPath, `{"contents":["hello"]}`},
		{"role unknown", geminiPath, `{"contents":[{"role":"assistant","parts":[{"text":"hello"}]}]}`},
		{"no parts", geminiPath, `{"contents":[{"role":"user"}]}`},
		{"part of a wrong type", geminiPath, `{"contents":[{"role":"user","parts":["hello"]}]}`},
		{"no tokens", geminiPath, geminiBody(`,"generationConfig":{"maxOutputTokens":0}`)},
		{"tokens of a wrong type", geminiPath, geminiBody(`,"generation_config":{"max_output_tokens":"many"}`)},
		{"nothing to embed", "/v1beta/models/text-embedding-004:embedContent", "{}"},
		{"nothing to embed in a batch", "/v1beta/models/text-embedding-004:batchEmbedContents", `{"requests":[{}]}`},
		{"no batch", "/v1beta/models/text-embedding-004:batchEmbedContents", `{"requests":[]}`},
		{"nothing to count", "/v1beta/models/gemini-2.5-flash:countTokens", `{"generateContentRequest":{}}`},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			got := do(server(t, "gemini", short(), nil), geminiRequest(t.Context(), "POST", c.path, c.body))
			fmt.Fprintf(&b, "=== %s\n%s\n", c.name, got.dump())
		})
	}
	for _, path := range []string{geminiPath, geminiSSE, geminiVertex + ":generateContent", geminiCompat} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			r := geminiRequest(t.Context(), "POST", path, geminiBody(""))
			r.Header.Del("X-Goog-Api-Key")
			fmt.Fprintf(&b, "=== no key, %s\n%s\n", path, do(server(t, "gemini", short(), nil), r).dump())
		})
	}
	golden(t, "gemini_refusals", b.String())
	if got := do(server(t, "gemini", short(), nil), geminiRequest(t.Context(), "GET", geminiPath, "")); got.status != 404 {
		t.Errorf("a model's method by GET: got %d", got.status)
	}
}

// TestGeminiFailures compares how failures are worded: by the body, by the framing
// that was asked for, and in streams.
func TestGeminiFailures(t *testing.T) {
	wait := 5237 * time.Millisecond
	var b strings.Builder
	for _, c := range []struct {
		form string
		f    mockllm.Failure
	}{
		{"", mockllm.Failure{Class: "rate_limit", Status: 429, Wait: wait, Form: "ms"}},
		{"", mockllm.Failure{Class: "rate_limit", Status: 429, Wait: wait, Form: "none", Variant: "tokens"}},
		{"vertex", mockllm.Failure{Class: "rate_limit", Status: 429, Wait: wait, Form: "ms"}},
		{"", mockllm.Failure{Class: "server_error", Status: 500}},
		{"", mockllm.Failure{Class: "server_error", Status: 502}},
		{"", mockllm.Failure{Class: "server_error", Status: 503}},
		{"", mockllm.Failure{Class: "overloaded"}},
		{"sse", mockllm.Failure{Class: "overloaded", Status: 529}},
		{"array", mockllm.Failure{Class: "overloaded"}},
		{"openai", mockllm.Failure{Class: "overloaded"}},
		{"", mockllm.Failure{Class: "gateway_timeout", Status: 504}},
		{"", mockllm.Failure{Class: "gateway_timeout", Status: 524}},
		{"sse", mockllm.Failure{Class: "unauthorized", Status: 401}},
		{"vertex sse", mockllm.Failure{Class: "unauthorized", Status: 401}},
		{"openai", mockllm.Failure{Class: "unauthorized", Status: 401}},
		{"", mockllm.Failure{Class: "not_found"}},
		{"vertex", mockllm.Failure{Class: "not_found"}},
		{"", mockllm.Failure{Class: "rate_limit", Variant: "come_back_later"}},
		{"", mockllm.Failure{Class: "rate_limit", Variant: "too_large"}},
		{"", mockllm.Failure{Class: "quota_exhausted"}},
		{"sse", mockllm.Failure{Class: "bad_request"}},
		{"", mockllm.Failure{Class: "context_length"}},
		{"", mockllm.Failure{Class: "content_filter"}},
		{"sse", mockllm.Failure{Class: "content_filter"}},
		{"array", mockllm.Failure{Class: "content_filter"}},
		{"openai", mockllm.Failure{Class: "content_filter"}},
		{"", mockllm.Failure{Class: "bad_gateway"}},
		{"", mockllm.Failure{Class: "bad_gateway", Status: 503, Variant: "json"}},
		{"", mockllm.Failure{Class: "bad_gateway", Status: 503, Variant: "text"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			r := server(t, "gemini", short(), nil).Answer(mockllm.Request{Endpoint: "generate", Model: "gemini-2.5-flash", Form: c.form}, c.f)
			fmt.Fprintf(&b, "=== %s\n%s\n\n", strings.TrimSpace(c.form+" "+label(c.f)), dump(r.Status, r.Header, string(r.Body)))
		})
	}
	for _, form := range []string{"sse", "array", "openai"} {
		for _, class := range []string{"server_error", "overloaded", "rate_limit", "keepalive_only"} {
			event := server(t, "gemini", short(), nil).Event(mockllm.Request{Model: "gemini-2.5-flash", Stream: true, Form: form}, mockllm.Failure{Class: class})
			fmt.Fprintf(&b, "=== in a stream: %q %s\n%q\n", form, class, event)
		}
	}
	golden(t, "gemini_failures", b.String())
}

// TestGeminiFramingOfErrors: who knows of a request no more than that it is streamed
// gets the errors of a stream.
func TestGeminiFramingOfErrors(t *testing.T) {
	s := server(t, "gemini", short(), nil)
	for stream, want := range map[bool]string{false: "application/json; charset=UTF-8", true: "text/event-stream"} {
		r := s.Answer(mockllm.Request{Endpoint: "generate", Stream: stream}, mockllm.Failure{Class: "overloaded"})
		if got := r.Header["Content-Type"]; !slices.Equal(got, []string{want}) || !json.Valid(r.Body) {
			t.Errorf("streamed %v: type %q of %s", stream, got, r.Body)
		}
	}
}

// TestGeminiEmbeddings: of unit length, always the same for a text, others for others.
func TestGeminiEmbeddings(t *testing.T) {
	s := server(t, "gemini", pace.Instant(), nil)
	embed := func(model, text string) []float64 {
		var v struct{ Embedding struct{ Values []float64 } }
		unmarshal(t, []byte(do(s, geminiRequest(t.Context(), "POST", "/v1beta/models/"+model+":embedContent", `{"content":{"parts":[{"text":"`+text+`"}]}}`)).body()), &v)
		return v.Embedding.Values
	}
	one, again, other := embed("gemini-embedding-001", "one"), embed("gemini-embedding-001", "one"), embed("gemini-embedding-001", "two")
	if len(one) != 3072 || len(embed("text-embedding-004", "one")) != 768 {
		t.Errorf("%d numbers", len(one))
	}
	sum, likeness := 0.0, 0.0
	for i := range one {
		sum += one[i] * one[i]
		likeness += one[i] * other[i]
	}
	if math.Abs(sum-1) > 1e-5 || !slices.Equal(one, again) || math.Abs(likeness) > 0.2 {
		t.Errorf("length² %v, the same again: %v, likeness to another: %v", sum, slices.Equal(one, again), likeness)
	}
}

// FuzzGeminiBody: whatever the body is, the answer is a good one or the dialect's own
// 400.
func FuzzGeminiBody(f *testing.F) {
	paths := []string{
		geminiPath, geminiSSE, geminiArray, "/v1beta/models/m:countTokens", "/v1beta/models/m:embedContent",
		"/v1beta/models/m:batchEmbedContents", geminiVertex + ":generateContent", geminiCompat,
	}
	for _, s := range append(seeds(), geminiBody(""), geminiBody(`,"generation_config":{"max_output_tokens":"12"}`),
		`{"contents":{"parts":{"text":"\ud800"}}}`, `{"contents":[{"parts":[{"functionResponse":{"response":[[[[]]]]}}]}]}`,
		`{"requests":[{"content":{"parts":[{"text":"a"}]},"outputDimensionality":1}]}`, `{"content":{"parts":[]}}`, "{\"contents\": \xff}",
	) {
		for i := range paths {
			f.Add(s, i)
		}
	}
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "gemini", Others: sized(6)}, mockllm.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string, at int) {
		r := geminiRequest(t.Context(), "POST", paths[uint(at)%uint(len(paths))], body)
		r.Header.Set("Authorization", "Bearer k")
		c := do(s, r)
		text := []byte(c.body())
		switch {
		case c.status == 200 && bytes.HasPrefix(text, []byte("data:")):
			for _, d := range datas(c.body()) {
				if string(d) != "[DONE]" && !json.Valid(d) {
					t.Errorf("not JSON: %q", d)
				}
			}
			return
		case !json.Valid(text):
			t.Fatalf("not JSON: %s", text)
		case c.status == 200:
			return
		}
		text = bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("[")), []byte("]"))
		var e struct {
			Error struct {
				Code            int
				Message, Status string
			}
		}
		if json.Unmarshal(text, &e) != nil || c.status != 400 || e.Error.Code != 400 || e.Error.Status != "INVALID_ARGUMENT" || e.Error.Message == "" {
			t.Errorf("not the dialect's error: %d %s", c.status, text)
		}
	})
}

// FuzzGeminiPart: an event of anybody's is something.
func FuzzGeminiPart(f *testing.F) {
	f.Add("data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a\"}]}}]}\r\n\r\n")
	f.Add(",\r\n{\"candidates\": [{\"finishReason\": \"STOP\"}]}\n")
	f.Add("data: [DONE]\n\n")
	f.Fuzz(func(t *testing.T, event string) {
		for _, dialect := range []string{"gemini", "azure-openai"} {
			if p := server(t, dialect, pace.Instant(), nil).Part(mockllm.Request{}, []byte(event)); p < mockllm.Other || p > mockllm.Terminator {
				t.Errorf("%s: %q is %d", dialect, event, p)
			}
		}
	})
}
