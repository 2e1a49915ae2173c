package mockllm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

const (
	azureClassic = "/openai/deployments/gpt-4.1-mini/chat/completions?api-version=2024-02-01"
	azureV1      = "/openai/v1/chat/completions"
)

func azureRequest(ctx context.Context, method, path, body string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	r.Header.Set("Api-Key", "0123456789abcdef0123456789abcdef")
	return r
}

// sent are the values of a header under its name as sent.
func sent(c *capture, name string) []string {
	h := map[string][]string(c.header)
	return h[name]
}

// azureBody is a chat with a nonce, for a path that names the deployment.
func azureBody(more string) string {
	return `{"messages":[{"role":"user","content":"ticket ` + answer.Nonce(7, 1) + `: hello"}]` + more + `}`
}

// TestWire7Azure is row 7 of the checklist, and what is Azure's of row 3, byte by
// byte: the first chunk without choices, the alphabetical keys, resets in ms, the 401
// with its few headers, the 404 without a content type.
func TestWire7Azure(t *testing.T) {
	v1 := strings.Replace(azureBody(""), "{", `{"model":"gpt-4o",`, 1)
	for _, c := range []struct {
		golden, method, path, body string
	}{
		{"azure_chat_json", "POST", azureClassic, azureBody("")},
		{"azure_chat_stream", "POST", azureClassic, azureBody(`,"stream":true`)},
		{"azure_chat_stream_usage", "POST", azureClassic, azureBody(`,"stream":true,"stream_options":{"include_usage":true}`)},
		{"azure_v1_json", "POST", azureV1, v1},
		{"azure_400", "POST", azureClassic, `{"messages":[{"role":"king","content":"hello"}]}`},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			got := do(server(t, "azure-openai", short(), nil), azureRequest(t.Context(), c.method, c.path, c.body))
			golden(t, c.golden, got.dump())
		})
	}
}

// TestWire3AzureResets: the time until a limit is whole again is an integer of ms
// that follows from the figures beside it.
func TestWire3AzureResets(t *testing.T) {
	h := do(server(t, "azure-openai", pace.Instant(), nil), azureRequest(t.Context(), "POST", azureClassic, azureBody(""))).header
	for _, kind := range []string{"requests", "tokens"} {
		figure := func(name string) int {
			n, err := strconv.Atoi(strings.Join(h["x-ratelimit-"+name+"-"+kind], ","))
			if err != nil {
				t.Errorf("x-ratelimit-%s-%s: %v", name, kind, err)
			}
			return n
		}
		limit, left := figure("limit"), figure("remaining")
		if limit <= 0 || left >= limit || figure("reset") != 60_000*(limit-left)/limit || figure("renewalperiod") != 60 {
			t.Errorf("%s: %d of %d left, %d ms to go", kind, left, limit, figure("reset"))
		}
	}
}

// TestWire7AzureBytes looks at what a socket gets: four headers with a 401, no
// content type with a 404, and none of OpenAI's edge on a good answer.
func TestWire7AzureBytes(t *testing.T) {
	mock := server(t, "azure-openai", pace.Instant(), nil)
	deployed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			reply := mock.Answer(mockllm.Request{Model: "gone"}, mockllm.Failure{Class: "not_found"})
			for name, values := range reply.Header {
				w.Header()[name] = values
			}
			w.WriteHeader(reply.Status)
			_, _ = w.Write(reply.Body)
			return
		}
		mock.ServeHTTP(w, r)
	})
	srv := httptest.NewServer(deployed)
	defer srv.Close()
	names := func(request string) []string {
		head, _, _ := strings.Cut(rawReply(t, srv.Listener.Addr().String(), request), "\r\n\r\n")
		var names []string
		for line := range strings.SplitSeq(head, "\r\n") {
			if name, _, ok := strings.Cut(line, ":"); ok && name != "Connection" {
				names = append(names, strings.ToLower(name))
			}
		}
		slices.Sort(names)
		return names
	}
	const end = "Host: x\r\nConnection: close\r\n"
	for _, c := range []struct {
		name, request string
		want          []string
	}{
		{"401", "POST " + azureClassic + " HTTP/1.1\r\n" + end + "Content-Length: 2\r\n\r\n{}", []string{"apim-request-id", "content-length", "content-type", "date"}},
		{
			"404", "POST /gone HTTP/1.1\r\n" + end + "Content-Length: 2\r\n\r\n{}",
			[]string{"apim-request-id", "content-length", "date", "strict-transport-security", "x-content-type-options", "x-ms-region"},
		},
	} {
		if diff := cmp.Diff(c.want, names(c.request)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	for _, more := range []string{"", `,"stream":true`} {
		body := azureBody(more)
		got := names("POST " + azureClassic + " HTTP/1.1\r\nApi-Key: k\r\n" + end + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
		for _, name := range got {
			if name == "cf-ray" || name == "server" || strings.HasPrefix(name, "openai-") {
				t.Errorf("%s: has %s of OpenAI's", more, name)
			}
		}
		if len(got) != len(slices.Compact(slices.Clone(got))) {
			t.Errorf("%s: headers twice: %q", more, got)
		}
	}
}

// TestWire7AzureKeys holds for every object of every answer: its keys are in
// alphabetical order, but for the filters of the prompt, whose index comes first.
func TestWire7AzureKeys(t *testing.T) {
	s := server(t, "azure-openai", pace.Instant(), nil)
	for _, more := range []string{"", `,"stream":true,"stream_options":{"include_usage":true}`} {
		body := do(s, azureRequest(t.Context(), "POST", azureClassic, azureBody(more))).body()
		texts := [][]byte{[]byte(body)}
		if more != "" {
			texts = datas(body)
		}
		for _, text := range texts {
			if string(text) == "[DONE]" {
				continue
			}
			text = bytes.ReplaceAll(text, []byte(`"prompt_index":0,`), nil)
			var v any
			unmarshal(t, text, &v)
			if sorted, _ := json.Marshal(v); len(sorted) != len(text) || string(sorted) != string(text) {
				t.Errorf("not compact and sorted:\n%s", text)
			}
		}
	}
}

// TestAzurePadding: the padding is the engine's, for the chunk as the engine wrote
// it; so it was in every recorded chunk.
func TestAzurePadding(t *testing.T) {
	s := server(t, "azure-openai", pace.Instant(), nil)
	body := do(s, azureRequest(t.Context(), "POST", azureClassic, azureBody(`,"stream":true`))).body()
	lengths := map[int]bool{}
	for _, data := range datas(body)[1:] {
		if string(data) == "[DONE]" {
			break
		}
		var chunk struct {
			Choices []struct {
				Delta map[string]json.RawMessage
				Index int
			}
			Obfuscation string
		}
		unmarshal(t, data, &chunk)
		delta := compactJSON(t, chunk.Choices[0].Delta)
		// Of what else is in a chunk only this much changes within an answer.
		last := 0
		if strings.Contains(string(data), `"finish_reason":"stop"`) {
			last = len(`"stop"`) - len("null")
		}
		lengths[(len(delta)+last+len(chunk.Obfuscation))%16] = true
		if len(chunk.Obfuscation) > 15 {
			t.Errorf("%d letters: %s", len(chunk.Obfuscation), data)
		}
	}
	if len(lengths) != 1 {
		t.Errorf("lengths modulo 16: %v; want all the same", lengths)
	}
}

func compactJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestAzureAnswersCanBeProved: of a whole answer and of a stream, by key and by
// bearer, under every path.
func TestAzureAnswersCanBeProved(t *testing.T) {
	nonce := answer.Nonce(7, 1)
	v1 := strings.Replace(azureBody(""), "{", `{"model":"gpt-4o",`, 1)
	s := server(t, "azure-openai", pace.Instant(), nil)
	for _, c := range []struct{ path, body string }{
		{azureClassic, azureBody("")},
		{"/openai/deployments/gpt-4.1-mini/chat/completions?api-version=2025-04-01-preview", azureBody(`,"model":"not-this-one"`)},
		{"/openai/openai//deployments/gpt-4.1-mini/chat/completions/?api-version=1", azureBody("")},
		{azureV1, v1},
		{azureV1 + "?api-version=preview", v1},
	} {
		for _, name := range []string{"Api-Key", "Authorization"} {
			r := azureRequest(t.Context(), "POST", c.path, c.body)
			r.Header.Del("Api-Key")
			r.Header.Set(name, "Bearer key")
			got := do(s, r)
			if got.status != 200 || !wholeAnswer(wholeText(t, "openai", got.body()), nonce) {
				t.Errorf("%s with %s: got %d %s", c.path, name, got.status, got.body())
			}
			streamed := do(s, azureRequest(t.Context(), "POST", c.path, c.body[:len(c.body)-1]+`,"stream":true}`))
			if text := streamText(t, streamed.body()); streamed.status != 200 || !wholeAnswer(text, nonce) {
				t.Errorf("%s, streamed: got %d %q", c.path, streamed.status, text)
			}
		}
	}
}

// TestAzureDeployments: the deployment of the path is the model, whatever the body
// says, and the version is what the errors quote.
func TestAzureDeployments(t *testing.T) {
	s := server(t, "azure-openai", pace.Instant(), nil)
	_, got := s.Parse(azureRequest(t.Context(), "POST", azureClassic, azureBody(`,"model":"other"`)))
	want := mockllm.Request{
		Endpoint: "chat", Model: "gpt-4.1-mini", Form: "2024-02-01", Key: "0123456789abcdef0123456789abcdef",
		Prompt: "ticket " + answer.Nonce(7, 1) + ": hello", Nonce: answer.Nonce(7, 1),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	reply := s.Answer(got, mockllm.Failure{Class: "rate_limit"})
	if !strings.Contains(string(reply.Body), "API version 2024-02-01 have") {
		t.Errorf("the version is not quoted: %s", reply.Body)
	}
}

func TestAzureModels(t *testing.T) {
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "azure-openai", Models: map[string]pace.Model{"chat": {}, "embed": {}}}, mockllm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"data":[{"created":1722902400,"id":"chat","object":"model","owned_by":"system"},{"created":1722902400,"id":"embed","object":"model","owned_by":"system"}],"object":"list"}`
	for _, path := range []string{"/openai/v1/models", "/openai/models?api-version=1"} {
		if got := do(s, azureRequest(t.Context(), "GET", path, "")); got.body() != want || sent(got, "x-ms-deployment-name") != nil {
			t.Errorf("%s: got %v %s", path, got.header, got.body())
		}
	}
}

func TestAzureRegion(t *testing.T) {
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "azure-openai", Region: "Sweden Central", Others: pace.Instant()}, mockllm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := sent(do(s, azureRequest(t.Context(), "POST", azureClassic, azureBody(""))), "x-ms-region")
	if failed := s.Answer(mockllm.Request{}, mockllm.Failure{}).Header["x-ms-region"]; !slices.Equal(got, failed) || !slices.Equal(got, []string{"Sweden Central"}) {
		t.Errorf("good answers say %q, errors %q", got, failed)
	}
}

// TestAzureRefusals compares what is said to requests that are wrong.
func TestAzureRefusals(t *testing.T) {
	var b strings.Builder
	for _, c := range []struct{ name, method, path, body string }{
		{"unknown path", "POST", "/openai/deployments/gpt-4o/sing?api-version=1", "{}"},
		{"no path", "GET", "/", ""},
		{"no version", "POST", "/openai/deployments/gpt-4o/chat/completions", azureBody("")},
		{"wrong method", "GET", azureClassic, ""},
		{"too large", "POST", azureClassic, `{"messages":"` + strings.Repeat(" ", 32<<20) + `"}`},
		{"no body", "POST", azureClassic, ""},
		{"broken JSON", "POST", azureClassic, `{"messages": oops}`},
		{"not an object", "POST", azureClassic, `["model"]`},
		{"no model", "POST", azureV1, azureBody("")},
		{"messages empty", "POST", azureClassic, `{"messages":[]}`},
		{"content of a wrong type", "POST", azureClassic, `{"messages":[{"role":"user","content":{"text":"hello"}}]}`},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			got := do(server(t, "azure-openai", short(), nil), azureRequest(t.Context(), c.method, c.path, c.body))
			fmt.Fprintf(&b, "=== %s\n%s\n\n", c.name, got.dump())
		})
	}
	synctest.Test(t, func(t *testing.T) {
		atRecording()
		r := azureRequest(t.Context(), "POST", azureClassic, azureBody(""))
		r.Header.Del("Api-Key")
		fmt.Fprintf(&b, "=== no key\n%s\n\n", do(server(t, "azure-openai", short(), nil), r).dump())
	})
	golden(t, "azure_refusals", b.String())
}

// TestAzureFailures compares how failures are worded, as answers and in streams.
func TestAzureFailures(t *testing.T) {
	var b strings.Builder
	for _, f := range []mockllm.Failure{
		{Class: "rate_limit", Status: 429, Wait: 6 * time.Second, Form: "seconds"},
		{Class: "rate_limit", Status: 429, Wait: 5766 * time.Millisecond, Form: "ms", Variant: "tokens"},
		{Class: "rate_limit", Status: 429, Wait: 6 * time.Second, Form: "date"},
		{Class: "rate_limit", Status: 429, Wait: 6 * time.Second, Form: "none"},
		{Class: "server_error", Status: 500},
		{Class: "server_error", Status: 502},
		{Class: "server_error", Status: 503},
		{Class: "server_error"},
		{Class: "overloaded"},
		{Class: "overloaded", Status: 529},
		{Class: "gateway_timeout"},
		{Class: "gateway_timeout", Status: 504},
		{Class: "unauthorized", Status: 401},
		{Class: "not_found"},
		{Class: "rate_limit", Spare: true},
		{Class: "rate_limit", Variant: "come_back_later"},
		{Class: "rate_limit", Variant: "too_large"},
		{Class: "quota_exhausted"},
		{Class: "bad_request"},
		{Class: "context_length"},
		{Class: "content_filter"},
		{Class: "bad_gateway"},
		{Class: "bad_gateway", Status: 503, Variant: "json"},
		{Class: "bad_gateway", Status: 503, Variant: "text"},
		{Class: "bad_gateway", Status: 520, Variant: "html"},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			s := server(t, "azure-openai", short(), nil)
			r := s.Answer(mockllm.Request{Endpoint: "chat", Model: "gpt-4o", Form: "2024-02-01"}, f)
			fmt.Fprintf(&b, "=== %s\n%s\n\n", label(f), dump(r.Status, r.Header, string(r.Body)))
		})
	}
	for _, class := range []string{"server_error", "overloaded", "rate_limit", "keepalive_only"} {
		s := server(t, "azure-openai", short(), nil)
		fmt.Fprintf(&b, "=== in a stream: %s\n%s", class, s.Event(mockllm.Request{Endpoint: "chat"}, mockllm.Failure{Class: class}))
	}
	golden(t, "azure_failures", b.String())
}

// label names a failure in a golden.
func label(f mockllm.Failure) string {
	words := []string{f.Class, f.Variant, f.Form}
	if f.Status != 0 {
		words = append(words, strconv.Itoa(f.Status))
	}
	if f.Wait != 0 {
		words = append(words, f.Wait.String())
	}
	if f.Spare {
		words = append(words, "with some to spare")
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// TestAzureRecordedLengths holds bodies against the lengths that recordings have.
func TestAzureRecordedLengths(t *testing.T) {
	s := server(t, "azure-openai", short(), nil)
	for _, c := range []struct {
		name string
		got  []byte
		want int
	}{
		{"401", s.Answer(mockllm.Request{}, mockllm.Failure{Class: "unauthorized"}).Body, 224},
		{"404", []byte(do(s, azureRequest(t.Context(), "GET", "/nothing", "")).body()), 56},
	} {
		if len(c.got) != c.want {
			t.Errorf("%s has %d bytes; want %d:\n%s", c.name, len(c.got), c.want, c.got)
		}
	}
}

// TestAzurePace: the head, the chunk without choices and the first word come with the
// first token, and then a word a gap.
func TestAzurePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "azure-openai", short(), nil)
		c := do(s, azureRequest(t.Context(), "POST", azureClassic, azureBody(`,"stream":true`)))
		var got []time.Duration
		var parts []mockllm.Part
		for _, w := range c.writes {
			got = append(got, w.at)
			parts = append(parts, s.Part(mockllm.Request{}, []byte(w.data)))
		}
		const first = 374 * time.Millisecond
		want := []time.Duration{first, first, first}
		for i := range 5 {
			want = append(want, first+time.Duration(i+1)*10*time.Millisecond)
		}
		end := first + 60*time.Millisecond
		if diff := cmp.Diff(append(want, end, end), got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		text := slices.Repeat([]mockllm.Part{mockllm.Content}, 6)
		if diff := cmp.Diff(slices.Concat([]mockllm.Part{mockllm.Other, mockllm.Other}, text, []mockllm.Part{mockllm.Finish, mockllm.Terminator}), parts); diff != "" {
			t.Errorf("parts (-want +got):\n%s", diff)
		}
		if !slices.Equal(c.expected, []int{6}) || len(c.held()) > 0 {
			t.Errorf("told %v content events, held back %q", c.expected, c.held())
		}
	})
}

// TestAzureClientLeaves: a client that goes away ends the answer, and what it missed
// is not counted.
func TestAzureClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got mockllm.Served
		s := server(t, "azure-openai", short(), func(_ *http.Request, served mockllm.Served) { got = served })
		ctx, cancel := context.WithTimeout(t.Context(), 389*time.Millisecond)
		defer cancel()
		do(s, azureRequest(ctx, "POST", azureClassic, azureBody(`,"stream":true`)))
		if got.Status != 200 || got.TokensOut != 2 || got.Finish != "" {
			t.Errorf("got %+v", got)
		}
	})
}

// FuzzAzureBody: whatever the body is, the answer is a good one or a 400.
func FuzzAzureBody(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, true)
		f.Add(s, false)
	}
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "azure-openai", Others: sized(6)}, mockllm.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string, classic bool) {
		path := azureV1
		if classic {
			path = azureClassic
		}
		r := azureRequest(t.Context(), "POST", path, body)
		_, req := s.Parse(r)
		c := do(s, r)
		if c.status == 200 && req.Stream {
			for _, d := range datas(c.body()) {
				if string(d) != "[DONE]" && !json.Valid(d) {
					t.Errorf("not JSON: %q", d)
				}
			}
			return
		}
		var e struct {
			Error *struct{ Type, Message string } `json:"error"`
		}
		if err := json.Unmarshal([]byte(c.body()), &e); err != nil {
			t.Fatalf("%v in %s", err, c.body())
		}
		if wrong := e.Error != nil && e.Error.Type == "invalid_request_error" && e.Error.Message != ""; c.status != 200 && c.status != 400 || wrong != (c.status == 400) {
			t.Errorf("got %d %s", c.status, c.body())
		}
	})
}

// TestAzureOverTheWire: with a real server and client nothing of the answer is lost.
func TestAzureOverTheWire(t *testing.T) {
	srv := httptest.NewServer(server(t, "azure-openai", pace.Instant(), nil))
	defer srv.Close()
	for _, more := range []string{"", `,"stream":true`} {
		r := azureRequest(t.Context(), "POST", srv.URL+azureClassic, azureBody(more))
		r.RequestURI = ""
		resp, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if more == "" && resp.ContentLength != int64(len(body)) {
			t.Errorf("length %d of %d bytes", resp.ContentLength, len(body))
		}
		if more != "" && !strings.HasSuffix(string(body), "\n\ndata: [DONE]\n\n") {
			t.Errorf("ends in %q", body[max(0, len(body)-50):])
		}
	}
}
