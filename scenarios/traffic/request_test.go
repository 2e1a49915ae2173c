package traffic_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// sent is a request as the app sees it.
type sent struct {
	Method, URI, Host, Body string
	Header                  http.Header
}

// see sends one request, the 41st, and gives what the app saw of it.
func see(t *testing.T, r ask.Request, fill ask.Words) (got sent) {
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
		s.Fill = func(traffic.Due) ask.Words { return fill }
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
	fill := ask.Words{Prompt: "a \"b\"\n/é?", Nonce: "babe", Session: "s 1", Turn: 2}
	got := see(t, ask.Request{
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
		request ask.Request
		want    sent
	}{
		{"nothing said", ask.Request{}, sent{Method: "GET", URI: "/app/", Header: http.Header{}}},
		{"query alone", ask.Request{Path: "?a=1"}, sent{Method: "GET", URI: "/app/?a=1", Header: http.Header{}}},
		{"text", ask.Request{Path: "chat", Text: "say {{session}} {{turn}}"}, sent{
			Method: "POST", URI: "/app/chat", Body: "say babe 0",
			Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Length": {"10"}},
		}},
		{"stream", ask.Request{JSON: []any{}, Stream: true, Header: map[string]string{"Content-Type": "application/x"}}, sent{
			Method: "POST", URI: "/app/", Body: "[]",
			Header: http.Header{"Content-Type": {"application/x"}, "Content-Length": {"2"}, "Accept": {"text/event-stream, application/x-ndjson;q=0.9, */*;q=0.5"}},
		}},
		{"empty POST", ask.Request{Method: "POST"}, sent{Method: "POST", URI: "/app/", Header: http.Header{"Content-Length": {"0"}}}},
		{"empty DELETE", ask.Request{Method: "DELETE"}, sent{Method: "DELETE", URI: "/app/", Header: http.Header{}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := see(t, test.request, ask.Words{Nonce: "babe"})
			trace := got.Header.Get("Traceparent")
			if want := "00-" + ask.Trace(41, "babe") + "-"; len(trace) != 55 || trace[:36] != want || !regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`).MatchString(trace) {
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

func TestRefusedJourneys(t *testing.T) {
	for _, test := range []struct {
		got  error
		want string // "": nothing
	}{
		{traffic.Journey{Request: ask.Request{Method: "?"}}.Check(), `request: "?" is not a method`},
		{traffic.Journey{Restart: &reply.Matcher{Status: 200}}.Check(), `restart: every event of a reply has the same status and header; give json, event, contains or matches too`},
		{traffic.Journey{Degraded: &reply.Matcher{}}.Check(), `degraded: no part is given; allowed: status, header, json, event, contains, matches`},
		{traffic.Journey{Answer: reply.Rule{JSON: "x"}}.Check(), `answer: path "x" does not begin with $, as in "$.reply"`},
		{traffic.Journey{}.Check(), ""},
	} {
		if got := fmt.Sprint(test.got); got != test.want && (test.got != nil || test.want != "") {
			t.Errorf("got %s\nwant %s", got, test.want)
		}
	}
}
