package mockllm_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// rawReply sends bytes and reads bytes.
func rawReply(t *testing.T, addr, request string) string {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAnswersCanBeProved(t *testing.T) {
	for _, dialect := range []string{"openai", "anthropic"} {
		srv := httptest.NewServer(server(t, dialect, pace.Instant(), nil))
		for i := range uint64(20) {
			nonce := answer.Nonce(3, i)
			status, body := get(t, srv.Client(), "POST", srv.URL+path(dialect), chat(nonce, ""))
			if text := wholeText(t, dialect, body); status != 200 || !wholeAnswer(text, nonce) {
				t.Errorf("%s: got %d %q", dialect, status, text)
			}
			status, body = get(t, srv.Client(), "POST", srv.URL+path(dialect), chat(nonce, `,"stream":true`))
			if text := streamText(t, body); status != 200 || !wholeAnswer(text, nonce) {
				t.Errorf("%s, streamed: got %d %q", dialect, status, text)
			}
		}
		srv.Close()
	}
}

func TestPathsAreLenient(t *testing.T) {
	nonce := answer.Nonce(3, 1)
	for _, c := range []struct{ dialect, path string }{
		{"openai", "/chat/completions"},
		{"openai", "/v1/chat/completions"},
		{"openai", "/v1/v1/chat/completions"},
		{"openai", "/v1//chat/completions/"},
		{"anthropic", "/messages"},
		{"anthropic", "/v1/messages?beta=true"},
		{"anthropic", "/v1/v1/messages"},
	} {
		s := server(t, c.dialect, pace.Instant(), nil)
		got := do(s, request(t.Context(), "POST", c.path, chat(nonce, "")))
		if got.status != 200 || !wholeAnswer(wholeText(t, c.dialect, got.body()), nonce) {
			t.Errorf("%s %s: got %d %s", c.dialect, c.path, got.status, got.body())
		}
	}
}

func TestParse(t *testing.T) {
	one, two, three := answer.Nonce(1, 1), answer.Nonce(1, 2), answer.Nonce(1, 3)
	for _, c := range []struct {
		name, dialect, method, path, body string
		want                              mockllm.Request
	}{
		{
			"all of it", "openai", "POST", "/v1/chat/completions",
			`{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"max_tokens":50,
			  "messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{}},{"type":"text","text":"b"}]},
			  {"role":"assistant","content":null,"tool_calls":[]}]}`,
			mockllm.Request{Endpoint: "chat", Model: "gpt-4o", Stream: true, Usage: true, MaxTokens: 50, Prompt: "s\na\nb", Attachments: 1, Key: "sk-drill"},
		},
		{
			"the nonce of the last question", "openai", "POST", "/v1/chat/completions",
			`{"model":"m","max_completion_tokens":9,"messages":[{"role":"user","content":"` + one + `"},{"role":"assistant","content":"` + three + `"},
			  {"role":"user","content":"` + three + ` and ` + two + `"},{"role":"tool","content":"` + one + `"}]}`,
			mockllm.Request{Endpoint: "chat", Model: "m", MaxTokens: 9, Nonce: two, Key: "sk-drill", Prompt: one + "\n" + three + "\n" + three + " and " + two + "\n" + one},
		},
		{
			"the last nonce anywhere", "openai", "POST", "/v1/chat/completions",
			`{"model":"m","messages":[{"role":"user","content":"` + one + `"},{"role":"assistant","content":"` + two + `"},{"role":"user","content":"and?"}]}`,
			mockllm.Request{Endpoint: "chat", Model: "m", Nonce: two, Key: "sk-drill", Prompt: one + "\n" + two + "\nand?"},
		},
		{
			"a tool's result is not the user's word", "anthropic", "POST", "/v1/messages",
			`{"model":"m","max_tokens":7,"stream":true,"system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":"` + one + `"},
			  {"role":"user","content":[{"type":"tool_result","content":[{"type":"text","text":"found ` + two + `"}]},{"type":"tool_result","content":"none"}]}]}`,
			mockllm.Request{Endpoint: "messages", Model: "m", Stream: true, Usage: true, MaxTokens: 7, Nonce: one, Key: "sk-drill", Prompt: "s\n" + one + "\nfound " + two + "\nnone"},
		},
		{"a list", "anthropic", "GET", "/v1/models", "", mockllm.Request{Endpoint: "models", Key: "sk-drill"}},
		{"one model", "openai", "GET", "/v1/models/org/m", "", mockllm.Request{Endpoint: "models", Model: "org/m", Key: "sk-drill"}},
		{"unknown", "openai", "POST", "/v1/realtime", "{}", mockllm.Request{Endpoint: "unknown", Key: "sk-drill"}},
		{"broken", "openai", "POST", "/v1/chat/completions", "{", mockllm.Request{Endpoint: "chat", Key: "sk-drill"}},
		{"wrong in part", "openai", "POST", "/v1/chat/completions", `{"model":"m","stream":true,"messages":[7]}`, mockllm.Request{Endpoint: "chat", Model: "m", Stream: true, Key: "sk-drill"}},
	} {
		s := server(t, c.dialect, pace.Instant(), nil)
		r := request(t.Context(), c.method, c.path, c.body)
		again, got := s.Parse(r)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if _, twice := s.Parse(again); twice != got {
			t.Errorf("%s: parsed again it is %+v", c.name, twice)
		}
		if b, err := io.ReadAll(again.Body); err != nil || string(b) != c.body {
			t.Errorf("%s: the body reads %q, %v afterwards", c.name, b, err)
		}
	}
}

// TestKeys: an x-api-key comes before a bearer, and no key is said of Basic.
func TestKeys(t *testing.T) {
	s := server(t, "anthropic", pace.Instant(), nil)
	r := request(t.Context(), "GET", "/v1/models", "")
	r.Header.Set("X-Api-Key", "sk-ant")
	if _, req := s.Parse(r); req.Key != "sk-ant" {
		t.Errorf("got key %q", req.Key)
	}
	r = request(t.Context(), "GET", "/v1/models", "")
	r.Header.Set("Authorization", "Basic dTpw")
	if got := do(s, r); got.status != 401 {
		t.Errorf("got %d without a key", got.status)
	}
}

func TestServed(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	var got []mockllm.Served
	var paths []string
	served := func(r *http.Request, s mockllm.Served) {
		paths = append(paths, r.URL.Path)
		s.Request = mockllm.Request{Endpoint: s.Request.Endpoint, Nonce: s.Request.Nonce}
		if s.First.IsZero() != (s.TokensOut == 0) {
			t.Errorf("first token at %v of %d", s.First, s.TokensOut)
		}
		s.First = time.Time{}
		got = append(got, s)
	}
	for _, dialect := range []string{"openai", "anthropic"} {
		s := server(t, dialect, pace.Model{TTFT: pace.Spread{P50: 1}, Gap: pace.Spread{P50: 1}, Tokens: pace.Length{P50: 9}}, served)
		do(s, request(t.Context(), "POST", path(dialect), chat(nonce, "")))
		do(s, request(t.Context(), "POST", path(dialect), chat(nonce, `,"stream":true`)))
		do(s, request(t.Context(), "GET", "/v1/models", ""))
		do(s, request(t.Context(), "GET", "/nothing", ""))
	}
	asked := mockllm.Request{Endpoint: "chat", Nonce: nonce}
	listed := mockllm.Served{Request: mockllm.Request{Endpoint: "models"}, Status: 200, Agent: "test/1"}
	lost := mockllm.Served{Request: mockllm.Request{Endpoint: "unknown"}, Status: 404, Agent: "test/1"}
	chatted := mockllm.Served{Request: asked, Status: 200, TokensIn: 9, TokensOut: 9, Finish: "stop", Agent: "test/1"}
	messaged := chatted
	messaged.Request.Endpoint, messaged.Finish = "messages", "end_turn"
	want := []mockllm.Served{chatted, chatted, listed, lost, messaged, messaged, listed, lost}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if paths[0] != "/v1/chat/completions" || paths[3] != "/nothing" {
		t.Errorf("told of %q", paths)
	}
}

// TestMaxTokens: answers are as long as allowed and still whole; only where nothing
// can be proved are they cut.
func TestMaxTokens(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	for _, dialect := range []string{"openai", "anthropic"} {
		s := server(t, dialect, pace.Instant(), nil)
		for _, c := range []struct {
			max    string
			tokens int
			whole  bool
			finish []string
		}{
			{"1", 1, false, []string{"length", "max_tokens"}},
			{"11", 11, false, []string{"length", "max_tokens"}},
			{"12", 12, true, []string{"stop", "end_turn"}},
			{"17", 17, true, []string{"stop", "end_turn"}},
		} {
			body := `{"model":"m","max_tokens":` + c.max + `,"messages":[{"role":"user","content":"` + nonce + `"}]}`
			reply := do(s, request(t.Context(), "POST", path(dialect), body)).body()
			text := wholeText(t, dialect, reply)
			if n := len(strings.Fields(text)); n != c.tokens || wholeAnswer(text, nonce) != c.whole {
				t.Errorf("%s, at most %s: got %d tokens: %s", dialect, c.max, n, text)
			}
			if !c.whole && len(answer.Read(text).Pieces) > 0 {
				t.Errorf("%s, at most %s: %s claims something", dialect, c.max, text)
			}
			if !slices.ContainsFunc(c.finish, func(f string) bool { return strings.Contains(reply, `"`+f+`"`) }) {
				t.Errorf("%s, at most %s: no %v in %s", dialect, c.max, c.finish, reply)
			}
		}
	}
}

func TestWithoutANonceNothingIsClaimed(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	text := wholeText(t, "openai", do(s, request(t.Context(), "POST", "/v1/chat/completions", chat("", ""))).body())
	if r := answer.Read(text); text == "" || len(r.Pieces)+len(r.Nonces) > 0 {
		t.Errorf("%q reads as %+v", text, r)
	}
}

func TestModelsOfTheSpecAreListed(t *testing.T) {
	for _, dialect := range []string{"openai", "anthropic"} {
		s, err := mockllm.New("primary", mockllm.Spec{Dialect: dialect, Models: map[string]pace.Model{"b": {}, "a": {}}}, mockllm.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var list struct{ Data []struct{ ID string } }
		unmarshal(t, []byte(do(s, request(t.Context(), "GET", "/v1/models", "")).body()), &list)
		if diff := cmp.Diff([]struct{ ID string }{{"a"}, {"b"}}, list.Data); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dialect, diff)
		}
	}
}

// wrapped is a writer around another, as middleware has them.
type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestTheLengthIsToldThroughMiddleware(t *testing.T) {
	s := server(t, "openai", short(), nil)
	c := newCapture()
	s.ServeHTTP(wrapped{wrapped{c}}, request(t.Context(), "POST", "/v1/chat/completions", chat(answer.Nonce(1, 1), `,"stream":true`)))
	if !slices.Equal(c.expected, []int{6}) {
		t.Errorf("told %v; want [6]", c.expected)
	}
}

func TestDialects(t *testing.T) {
	for _, d := range mockllm.Dialects() {
		if d.Name == "" || d.Doc == "" || len(d.Endpoints()) == 0 {
			t.Errorf("the row %q lacks something", d.Name)
		}
	}
	if got := mockllm.BaseURL("openai", "http://h:1/"); got != "http://h:1/v1" {
		t.Errorf("openai's base URL is %q", got)
	}
	if got := mockllm.BaseURL("anthropic", "http://h:1"); got != "http://h:1" {
		t.Errorf("anthropic's base URL is %q", got)
	}
	for dialect, want := range map[string][]string{
		"openai":    {"OPENAI_API_BASE=http://h:1/v1", "OPENAI_API_KEY=k", "OPENAI_BASE_URL=http://h:1/v1"},
		"anthropic": {"ANTHROPIC_API_BASE=http://h:1", "ANTHROPIC_API_KEY=k", "ANTHROPIC_API_URL=http://h:1", "ANTHROPIC_BASE_URL=http://h:1"},
		"nobody":    nil,
	} {
		if diff := cmp.Diff(want, mockllm.Env(dialect, "http://h:1", "k")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dialect, diff)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	model := func(m pace.Model) mockllm.Spec {
		return mockllm.Spec{Dialect: "openai", Models: map[string]pace.Model{"m": m}}
	}
	for _, c := range []struct {
		spec mockllm.Spec
		want string
	}{
		{mockllm.Spec{}, `unknown dialect ""; there are openai, anthropic, azure-openai, gemini, tools`},
		{mockllm.Spec{Dialect: "opnai"}, `unknown dialect "opnai"; there are openai, anthropic, azure-openai, gemini, tools`},
		{model(pace.Model{TTFT: pace.Spread{P50: -1}}), `model "m": ttft: neither percentile can be negative`},
		{model(pace.Model{Gap: pace.Spread{P50: 9, P99: 8}}), `model "m": gap: p99 is below p50; it must be at least that`},
		{model(pace.Model{Tokens: pace.Length{P50: 1e9}}), `model "m": tokens: too long; at most an hour, or 100000 tokens`},
	} {
		if _, err := mockllm.New("primary", c.spec, mockllm.Options{}); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v; want %s", c.spec, err, c.want)
		}
	}
}
