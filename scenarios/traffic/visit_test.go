package traffic_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// leaving is an app that is silent to the first few who ask, and counts those
// who go away.
func leaving(silent int64, then http.HandlerFunc, left *atomic.Int64) http.HandlerFunc {
	var asked atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > silent {
			then(w, r)
			return
		}
		<-r.Context().Done()
		left.Add(1)
	}
}

func TestImpatience(t *testing.T) {
	hi := func(w http.ResponseWriter, _ *http.Request) { time.Sleep(time.Second); io.WriteString(w, "hi") }
	type row struct {
		How   string
		Text  string
		Sent  time.Duration
		Again []time.Duration
		Ended time.Duration
		Left  int64
	}
	s := time.Second
	for _, c := range []struct {
		name   string
		silent int64
		want   row
	}{
		{"answered in time", 0, row{"complete", "hi", 0, nil, s, 0}},
		{"at the second try", 1, row{"complete", "hi", 0, []time.Duration{2 * s}, 3 * s, 1}},
		{"at the last", 2, row{"complete", "hi", 0, []time.Duration{2 * s, 4 * s}, 5 * s, 2}},
		{"never: the last time they stay", 9, row{"timeout", "", 0, []time.Duration{2 * s, 4 * s}, 10 * s, 3}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var left atomic.Int64
			app := serve(t, leaving(c.silent, hi, &left))
			r := app.get(t, traffic.Journey{Timeout: 10 * s, Impatience: traffic.Impatience{After: 2 * s, Again: 2}})
			synctest.Wait()
			got := row{r.How, r.Text, r.Sent, r.SentAgain, r.Ended, left.Load()}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		})
	}
}

// Whoever sees that something is coming stays.
func TestPatienceWithASignOfLife(t *testing.T) {
	for name, c := range map[string]struct {
		first string
		again int
	}{
		"the first words": {"data: {\"delta\":\"hm\"}\n\n", 0},
		"progress":        {"event: status\ndata: {}\n\n", 0},
		"a comment":       {": ping\n\n", 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			app := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				io.WriteString(w, c.first)
				w.(http.Flusher).Flush()
				time.Sleep(4 * time.Second)
				io.WriteString(w, "data: {\"delta\":\"hi\"}\n\n")
			})
			r := app.get(t, traffic.Journey{
				Timeout: 10 * time.Second, Answer: reply.Rule{SSE: "$.delta"}, Progress: &reply.Matcher{Event: "status"},
				Impatience: traffic.Impatience{After: 2 * time.Second, Again: 2},
			})
			if len(r.SentAgain) != c.again || r.How != "complete" {
				t.Errorf("%s: sent again at %v, ended %s", name, r.SentAgain, r.How)
			}
			if sign := r.Progress != nil && *r.Progress == 0; sign != (name == "progress") {
				t.Errorf("%s: progress is %v", name, r.Progress)
			}
		})
	}
}

// shop is an app that puts answers off and has them after a while.
func shop(after time.Duration, pending func(w http.ResponseWriter), seen *[]string) http.HandlerFunc {
	ready := time.Now().Add(after)
	return func(w http.ResponseWriter, r *http.Request) {
		*seen = append(*seen, fmt.Sprint(time.Now().Second(), " ", r.Method, " ", r.URL.Path, " ", r.Header.Get("X-Session")))
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusAccepted)
			io.WriteString(w, `{"id":17}`)
		case time.Now().Before(ready):
			pending(w)
		default:
			io.WriteString(w, `{"reply":"hi"}`)
		}
	}
}

func TestDeferred(t *testing.T) {
	accepted := func(w http.ResponseWriter) { w.WriteHeader(http.StatusAccepted); io.WriteString(w, `{"reply":"wait"}`) }
	missing := func(w http.ResponseWriter) {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"reply":"what?"}`)
	}
	empty := func(http.ResponseWriter) {}
	s := time.Second
	for _, c := range []struct {
		name      string
		after     time.Duration
		pending   func(http.ResponseWriter)
		delivered bool
		ended     time.Duration
	}{
		{"put off again", 3 * s, accepted, true, 4 * s},
		{"not there yet", 3 * s, missing, true, 4 * s},
		{"nothing yet", 3 * s, empty, true, 4 * s},
		{"too late", 30 * s, accepted, false, 9 * s},
	} {
		synctest.Test(t, func(t *testing.T) {
			var seen []string
			app := serve(t, shop(c.after, c.pending, &seen))
			sender := app.sender(traffic.Journey{
				Name:    "chat",
				Request: ask.Request{Path: "/ask", JSON: map[string]any{"m": "{{prompt}}"}}, Answer: reply.Rule{JSON: "$.reply"}, Timeout: 5 * s,
				Deferred: &reply.Matcher{Status: 202},
				Deliver: traffic.Deliver{
					Path: "/result/{{ticket}}", Header: map[string]string{"X-Session": "{{session}}"}, Ticket: "$.id", Every: 2 * s, Within: 9 * s,
				},
			})
			r := sender.Once(t.Context(), traffic.Due{})
			if r.Delivered != c.delivered || r.Ended != c.ended || r.Deferred == nil || *r.Deferred != 0 || r.How != "complete" {
				t.Errorf("%s: %+v", c.name, r)
			}
			if c.delivered && (r.Text != "hi" || r.First != c.ended) {
				t.Errorf("%s: the answer is %q at %v", c.name, r.Text, r.First)
			}
			want := []string{"0 POST /ask ", "2 GET /result/17 nonce0", "4 GET /result/17 nonce0", "6 GET /result/17 nonce0", "8 GET /result/17 nonce0"}
			if c.delivered {
				want = want[:3]
			}
			if diff := cmp.Diff(want, seen); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		})
	}
}

// An answer that comes at once was not put off, and without a ticket there is
// nothing to ask with.
func TestDeferredOrNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := `{"reply":"hi"}`
		app := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, body)
		})
		j := traffic.Journey{
			Answer: reply.Rule{JSON: "$.reply"}, Deferred: &reply.Matcher{JSON: map[string]any{"$.state": "queued"}},
			Deliver: traffic.Deliver{Path: "/", Ticket: "$.id", Every: time.Second, Within: 5 * time.Second},
		}
		if r := app.get(t, j); r.Deferred != nil || r.Delivered || r.Text != "hi" || r.Ended != 0 {
			t.Errorf("at once: %+v", r)
		}
		body = `{"state":"queued"}`
		if r := app.get(t, j); r.Deferred == nil || r.Delivered {
			t.Errorf("without a ticket: %+v", r)
		}
	})
}

// A drill that stops waits for no delivery.
func TestDeferredStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		app := serve(t, shop(time.Hour, func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }, &seen))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		s := app.sender(traffic.Journey{
			Request: ask.Request{Text: "hi"}, Deferred: &reply.Matcher{Status: 202},
			Deliver: traffic.Deliver{Path: "/", Every: time.Second, Within: time.Minute},
		})
		if r := s.Once(ctx, traffic.Due{}); r.How != "stopped" || r.Ended != 3*time.Second {
			t.Errorf("got %+v", r)
		}
	})
}

func TestVisitsChecked(t *testing.T) {
	deferred := &reply.Matcher{Status: 202}
	var errs []string
	for _, j := range []traffic.Journey{
		{Deferred: &reply.Matcher{}},
		{Deferred: deferred},
		{Deferred: deferred, Deliver: traffic.Deliver{Path: "/{{id}}", Every: 1, Within: 1}},
		{Deferred: deferred, Deliver: traffic.Deliver{Path: "/{{ticket}}", Ticket: "id", Every: 1, Within: 1}},
		{Progress: &reply.Matcher{Matches: "("}},
		{Request: ask.Request{Path: "/{{ticket}}"}},
		{Deferred: deferred, Deliver: traffic.Deliver{Path: "/{{ticket}}", Ticket: "$.id", Every: 1, Within: 1}},
	} {
		errs = append(errs, fmt.Sprint(j.Check()))
	}
	want := []string{
		"deferred: no part is given; allowed: status, header, json, event, contains, matches",
		"deliver: every 0s within 0s; both take some time",
		`deliver: path: unknown placeholder "{{id}}"; allowed: {{prompt}}, {{nonce}}, {{n}}, {{session}}, {{turn}}, {{ticket}}`,
		`deliver: ticket: path "id" does not begin with $, as in "$.reply"`,
		"progress: matches: error parsing regexp: missing closing ): `(`",
		`request: path: unknown placeholder "{{ticket}}"; allowed: {{prompt}}, {{nonce}}, {{n}}, {{session}}, {{turn}}`,
		"<nil>",
	}
	if !slices.Equal(errs, want) {
		t.Error(cmp.Diff(want, errs))
	}
}
