package traffic_test

import (
	"io"
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// sent is a request as the app sees it.
type sent struct {
	Method, URI, Host, Body string
	Header                  http.Header
}

// see sends one request, the 41st, and gives what the app saw of it.
func see(t *testing.T, r traffic.Request, fill traffic.Words) (got sent) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			got = sent{r.Method, r.RequestURI, r.Host, string(body), r.Header}
		})
		s := app.sender(traffic.Journey{Request: r})
		s.Target += "/app/"
		s.Fill = func(traffic.Due) traffic.Words { return fill }
		if r := s.Once(t.Context(), traffic.Due{N: 41}); r.How != "complete" {
			t.Errorf("%s: %v", r.How, r.Err)
		}
	})
	if err := r.Check(); err != nil {
		t.Errorf("refused: %v", err)
	}
	return got
}

func TestPlaceholdersAreFilledIn(t *testing.T) {
	fill := traffic.Words{Prompt: "a \"b\"\n/é?", Nonce: "babe", Session: "s 1", Turn: 2}
	got := see(t, traffic.Request{
		Path:   "/chat/{{prompt}}/{{nonce}}?q={{prompt}}&n={{n}}&plain=a b",
		Header: map[string]string{"x-id": "{{session}}-{{turn}}", "X-Prompt": "{{prompt}}", "X-Plain": "{{}} {n}", "user-agent": "me", "Host": "shop"},
		JSON: map[string]any{
			"message": "{{prompt}} {{nonce}}", "z": []any{1, 2.5, true, nil, "{{n}}", map[string]any{"{{turn}}": map[string]any{}}},
			"a": "<{{session}}>",
		},
	}, fill)
	want := sent{
		Method: "POST", Host: "shop",
		URI:  "/app/chat/a%20%22b%22%0A%2F%C3%A9%3F/babe?q=a+%22b%22%0A%2F%C3%A9%3F&n=41&plain=a%20b",
		Body: `{"a":"<s 1>","message":"a \"b\"\n/é? babe","z":[1,2.5,true,null,"41",{"2":{}}]}`,
		Header: http.Header{
			"X-Id": {"s 1-2"}, "X-Prompt": {"a \"b\" /é?"}, "X-Plain": {"{{}} {n}"}, "User-Agent": {"me"},
			"Content-Type": {"application/json"}, "Content-Length": {"80"},
			"Traceparent": got.Header["Traceparent"],
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestWhatEveryRequestHas(t *testing.T) {
	for _, test := range []struct {
		name    string
		request traffic.Request
		want    sent
	}{
		{"nothing said", traffic.Request{}, sent{Method: "GET", URI: "/app/", Header: http.Header{}}},
		{"query alone", traffic.Request{Path: "?a=1"}, sent{Method: "GET", URI: "/app/?a=1", Header: http.Header{}}},
		{"text", traffic.Request{Path: "chat", Text: "say {{session}} {{turn}}"}, sent{
			Method: "POST", URI: "/app/chat", Body: "say babe 0",
			Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Length": {"10"}},
		}},
		{"stream", traffic.Request{JSON: []any{}, Stream: true, Header: map[string]string{"Content-Type": "application/x"}}, sent{
			Method: "POST", URI: "/app/", Body: "[]",
			Header: http.Header{"Content-Type": {"application/x"}, "Content-Length": {"2"}, "Accept": {"text/event-stream, application/x-ndjson;q=0.9, */*;q=0.5"}},
		}},
		{"empty POST", traffic.Request{Method: "POST"}, sent{Method: "POST", URI: "/app/", Header: http.Header{"Content-Length": {"0"}}}},
		{"empty DELETE", traffic.Request{Method: "DELETE"}, sent{Method: "DELETE", URI: "/app/", Header: http.Header{}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := see(t, test.request, traffic.Words{Nonce: "babe"})
			trace := got.Header.Get("Traceparent")
			if want := "00-" + traffic.Trace(41, "babe") + "-"; len(trace) != 55 || trace[:36] != want || !regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`).MatchString(trace) {
				t.Errorf("traceparent is %q, want %q and a span", trace, want)
			}
			if agent := got.Header.Get("User-Agent"); agent != "brownout" {
				t.Errorf("user agent is %q", agent)
			}
			delete(got.Header, "Traceparent")
			delete(got.Header, "User-Agent")
			got.Host = ""
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTraceTellsTheRequest(t *testing.T) {
	if id := traffic.Trace(41, "babe"); id[:16] != "0000000000000029" || len(id) != 32 {
		t.Errorf("trace of request 41 is %q", id)
	}
	seen := map[string]bool{traffic.Trace(1, "babe"): true, traffic.Trace(2, "babe"): true, traffic.Trace(1, "bebe"): true}
	for id := range seen {
		delete(seen, id)
		for other := range seen {
			if id[16:] == other[16:] {
				t.Errorf("%s and %s have one span", id, other)
			}
		}
	}
}

func TestRefusedWords(t *testing.T) {
	message := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	for _, test := range []struct {
		got  error
		want string
	}{
		{traffic.Request{Path: "/{{name}}"}.Check(), `path: unknown placeholder "{{name}}"; allowed: {{prompt}}, {{nonce}}, {{n}}, {{session}}, {{turn}}`},
		{traffic.Request{JSON: map[string]any{"a": []any{"{{ n }}"}}}.Check(), `body: unknown placeholder "{{ n }}"; allowed: {{prompt}}, {{nonce}}, {{n}}, {{session}}, {{turn}}`},
		{traffic.Request{Header: map[string]string{"X": "{{Prompt}}"}}.Check(), `header "X": unknown placeholder "{{Prompt}}"; allowed: {{prompt}}, {{nonce}}, {{n}}, {{session}}, {{turn}}`},
		{traffic.Request{Header: map[string]string{"X Y": ""}}.Check(), `"X Y" is not a header name; letters, digits and - are`},
		{traffic.Request{Method: "GET IT"}.Check(), `"GET IT" is not a method`},
		{traffic.Request{JSON: 1, Text: "a"}.Check(), `json and text are both given; a request has one body`},
		{traffic.Request{Path: "/%zz"}.Check(), `path "/%zz": invalid URL escape "%zz"`},
		{traffic.Request{JSON: func() {}}.Check(), `json: json: unsupported type: func()`},
		{traffic.CheckPath("delta"), `path "delta" does not begin with $, as in "$.reply"`},
		{traffic.CheckPath("$.a["), `path "$.a[": jsonpath: unexpected eof at position 5`},
		{traffic.CheckPath("$..a[?@.b == 'c']"), ""},
		{traffic.Rule{SSE: "$.delta", JSON: "$["}.Check(), `path "$[": jsonpath: unexpected eof at position 3`},
		{traffic.Rule{Text: true, SSE: "$.delta"}.Check(), `text is the whole body; no path goes with it`},
		{traffic.Rule{SSE: "$.delta", JSON: "$.reply"}.Check(), ""},
		{traffic.Matcher{}.Check(), `no part is given; allowed: status, header, json, event, contains, matches`},
		{traffic.Matcher{Status: 42}.Check(), `status 42 is out of range; allowed: 100 to 599`},
		{traffic.Matcher{Header: map[string]string{"": "a"}}.Check(), `"" is not a header name; letters, digits and - are`},
		{traffic.Matcher{JSON: map[string]any{"a": 1}}.Check(), `json: path "a" does not begin with $, as in "$.reply"`},
		{traffic.Matcher{Matches: "("}.Check(), "matches: error parsing regexp: missing closing ): `(`"},
		{traffic.Journey{Request: traffic.Request{Method: "?"}}.Check(), `request: "?" is not a method`},
		{traffic.Journey{Restart: &traffic.Matcher{Status: 200}}.Check(), `restart: every event of a reply has the same status and header; give json, event, contains or matches too`},
		{traffic.Journey{Degraded: &traffic.Matcher{}}.Check(), `degraded: no part is given; allowed: status, header, json, event, contains, matches`},
		{traffic.Journey{Answer: traffic.Rule{JSON: "x"}}.Check(), `answer: path "x" does not begin with $, as in "$.reply"`},
		{traffic.Journey{}.Check(), ""},
	} {
		if diff := cmp.Diff(test.want, message(test.got)); diff != "" {
			t.Errorf("message (-want +got):\n%s", diff)
		}
	}
}
