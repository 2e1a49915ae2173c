package drill_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// An app that keeps what it cannot answer, and answers it when it is asked for
// after the outage; and one that accepts it and forgets.
func TestDeferredAnswers(t *testing.T) {
	const scenario = `
version: 1
name: deferred
providers:
  primary:
    dialect: openai
    models: {gpt-4o: {ttft: {p50: 100ms, p99: 100ms}, gap: {p50: 1ms, p99: 1ms}, tokens: {p50: 20, p99: 20}}}
traffic:
  journeys:
    chat:
      rate: 10/s
      request: {path: /, text: "{{prompt}}"}
      deferred: {status: 202}
      deliver: {path: "/{{ticket}}", ticket: $.id, every: 2s}
      deliver_within: 30s
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 30s}
bars: [{metric: error_rate, max: 50%}]
`
	for name, test := range map[string]struct {
		forgets bool
		want    string
	}{"keeps": {false, "deferred"}, "forgets": {true, "lost"}} {
		card, err := scorecard.Judge(record.Read(bytes.NewReader(performed(t, scenario, accepting(test.forgets)))))
		if err != nil {
			t.Fatal(err)
		}
		if n := card.Outcomes["surge"][test.want]; n < 99 || len(card.Outcomes["surge"]) > 2 {
			t.Errorf("%s: the surge has %v, want %s", name, card.Outcomes["surge"], test.want)
		}
		for _, m := range card.Metrics {
			if m.Name != "backlog_drain" || m.Journey != "" || m.Provider != "" {
				continue
			}
			// The last asks within 2 s, and the mock takes 0.1 s.
			if drained := m.Value != nil && *m.Value > 1.9 && *m.Value < 2.2; drained == test.forgets {
				t.Errorf("%s: backlog_drain is %s", name, words.Figure(*m.Value, "s"))
			}
		}
	}
}

// accepting passes questions on and takes those for later that it gets no answer
// to.
func accepting(forgets bool) func(*desk) http.Handler {
	return func(d *desk) http.Handler {
		var mu sync.Mutex
		var kept []string
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			prompt, _ := io.ReadAll(r.Body)
			id, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
			if later := err == nil; later {
				mu.Lock()
				prompt = []byte(kept[id])
				mu.Unlock()
				if forgets {
					http.NotFound(w, r)
					return
				}
			}
			text, status := d.ask(r.Context(), "PRIMARY", string(prompt))
			if status == http.StatusOK {
				_, _ = io.WriteString(w, text)
				return
			}
			mu.Lock()
			kept = append(kept, string(prompt))
			id = len(kept) - 1
			mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusAccepted)
			fmt.Fprintf(w, `{"id":%d}`, id)
		})
	}
}

// Users who leave are written down once, with when they left, and so is that the
// app's calls ended with them.
func TestImpatientUsersInTheLog(t *testing.T) {
	lines := drillIn(t, `
version: 1
name: impatience
providers: {primary: {dialect: openai}}
traffic:
  journeys:
    chat: {rate: 5/s, timeout: 10s, impatience: {after: 2s, again: 2}, request: {path: /, text: "{{prompt}}"}}
phases:
  - {name: baseline, for: 5s}
  - {name: silent, for: 3s, faults: [{provider: primary, kind: hang}]}
  - {name: recovery, for: 10s}
bars: [{metric: error_rate, max: 50%}]
`, passing)
	again, users, left := 0, map[int]bool{}, 0
	for _, l := range lines {
		switch {
		case l.User != nil:
			if users[l.User.N] {
				t.Errorf("request %d is written twice", l.User.N)
			}
			users[l.User.N] = true
			for i, at := range l.User.Again {
				again++
				if want := l.User.Due.Duration() + time.Duration(i+1)*2*time.Second; at.Duration() != want {
					t.Errorf("request %d was sent again at %v, want %v", l.User.N, at.Duration(), want)
				}
			}
		case l.Attempt != nil && l.Attempt.Left != nil:
			// The last try has what is left of the timeout.
			switch gone := (*l.Attempt.Left - l.Attempt.Arrived).Duration(); gone {
			case 2 * time.Second:
				left++
			case 6 * time.Second:
			default:
				t.Errorf("an attempt was left after %v", gone)
			}
		}
	}
	if again < 15 || again != left {
		t.Errorf("%d sent again, %d attempts left", again, left)
	}
}
