package traffic_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

func TestExpect(t *testing.T) {
	for _, c := range []struct {
		name   string
		expect reply.Expect
		kind   string
		body   string
		unmet  bool
	}{
		{"status", reply.Expect{Matcher: reply.Matcher{Status: 200}}, "text/plain", "hi", false},
		{"another status", reply.Expect{Matcher: reply.Matcher{Status: 201}}, "text/plain", "hi", true},
		{"header", reply.Expect{Matcher: reply.Matcher{Header: map[string]string{"X-App": "yes"}}}, "text/plain", "hi", false},
		{"JSONPath", reply.Expect{Matcher: reply.Matcher{JSON: map[string]any{"$.class": "refund"}}}, "application/json", `{"class":"refund"}`, false},
		{"another class", reply.Expect{Matcher: reply.Matcher{JSON: map[string]any{"$.class": "refund"}}}, "application/json", `{"class":"sale"}`, true},
		{"broken JSON", reply.Expect{Matcher: reply.Matcher{JSON: map[string]any{"$.class": "refund"}}}, "application/json", `{"class":"ref`, true},
		{"nothing", reply.Expect{Matcher: reply.Matcher{Matches: "."}}, "application/json", "", true},
		{"regular expression", reply.Expect{Matcher: reply.Matcher{Matches: `^(refund|sale)$`}}, "text/plain", "sale", false},
		{"no match", reply.Expect{Matcher: reply.Matcher{Matches: `^(refund|sale)$`}}, "text/plain", "sale!", true},
		{"contains", reply.Expect{Matcher: reply.Matcher{Contains: "fun"}}, "text/plain", "refund", false},
		{"an event", reply.Expect{Matcher: reply.Matcher{Event: "done"}}, "text/event-stream", "data: hi\n\nevent: done\ndata: {}\n\n", false},
		{"no such event", reply.Expect{Matcher: reply.Matcher{Event: "done"}}, "text/event-stream", "data: hi\n\n", true},
		{"short", reply.Expect{MaxLength: 2}, "text/plain", "né", false},
		{"long", reply.Expect{MaxLength: 2}, "text/plain", "née", true},
		{"long, and right", reply.Expect{Matcher: reply.Matcher{Contains: "n"}, MaxLength: 2}, "text/plain", "née", true},
	} {
		synctest.Test(t, func(t *testing.T) {
			app := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.Header().Set("X-App", "yes")
				_, _ = io.WriteString(w, c.body)
			})
			if r := app.get(t, traffic.Journey{Expect: &c.expect}); r.Unmet != c.unmet {
				t.Errorf("%s: unmet is %t, want %t: %+v", c.name, r.Unmet, c.unmet, r)
			}
			if r := app.get(t, traffic.Journey{}); r.Unmet {
				t.Errorf("%s: unmet without an expectation", c.name)
			}
		})
	}
}

func TestExpectChecked(t *testing.T) {
	for _, e := range []reply.Expect{{}, {Matcher: reply.Matcher{Status: 9}, MaxLength: 3}, {Matcher: reply.Matcher{Matches: "("}}} {
		if err := (traffic.Journey{Expect: &e}).Check(); err == nil || !strings.HasPrefix(err.Error(), "expect: ") {
			t.Errorf("%+v: %v", e, err)
		}
	}
}
