package drill_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const renewalDrill = `
version: 1
name: renewal
providers:
  primary:
    dialect: openai
    models: {gpt-4o: {ttft: {p50: 100ms, p99: 100ms}, gap: {p50: 1ms, p99: 1ms}, tokens: {p50: 20, p99: 20}}}
traffic:
  journeys:
    chat:
      rate: 10/s
      login: {path: /login, text: me, token: $.token, renew: 15s}
      request: {path: /, header: {Authorization: "Bearer {{token}}"}, text: "{{prompt}}"}
phases:
  - {name: baseline, for: 25s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: server_error, share: 50%}]}
  - {name: recovery, for: 25s}
`

// passport is an app whose tokens last 20 s.
type passport struct {
	*desk
	shut time.Duration // from here on it lets nobody in

	mu    sync.Mutex
	began time.Time
	given map[string]time.Time
}

func (p *passport) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	issued, known := p.given[r.Header.Get("Authorization")]
	shut := p.shut > 0 && time.Since(p.began) >= p.shut
	switch {
	case r.URL.Path == "/login" && shut:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.URL.Path == "/login":
		token := fmt.Sprintf("token-0123456789-%d", len(p.given))
		p.given["Bearer "+token] = time.Now()
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"token":%q}`, token)
	case !known || time.Since(issued) >= 20*time.Second:
		w.WriteHeader(http.StatusUnauthorized)
	default:
		p.mu.Unlock()
		prompt, _ := io.ReadAll(r.Body)
		text, status := p.ask(r.Context(), "PRIMARY", string(prompt))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
		return
	}
	p.mu.Unlock()
}

func checked(shut time.Duration) func(*desk) http.Handler {
	return func(d *desk) http.Handler {
		return &passport{desk: d, shut: shut, began: time.Now(), given: map[string]time.Time{}}
	}
}

// Tokens that run out in the drill are no failures of the app.
func TestRenewal(t *testing.T) {
	card := judge(t, performed(t, renewalDrill, checked(0)))
	for phase, n := range map[string]int{"baseline": 230, "recovery": 250} { // less the warmup
		if diff := cmp.Diff(map[string]int{"good": n}, card.Outcomes[phase]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", phase, diff)
		}
	}
	// With the time left out, only 401 tells of it, and who gets one keeps it.
	card = judge(t, performed(t, strings.Replace(renewalDrill, ", renew: 15s", "", 1), checked(0)))
	if got := card.Outcomes["baseline"]; got["good"] != 229 || got["error"] != 1 {
		t.Errorf("with 401 alone: %v", got)
	}
}

// An app that gives out no more tokens is told of, and the drill goes on.
func TestRenewalFails(t *testing.T) {
	log := performed(t, renewalDrill, checked(30*time.Second))
	marks := marksOf(t, log)
	if len(marks) == 0 || marks[0].Kind != "login" || marks[0].Note != "chat: status 503" {
		t.Errorf("marks: %+v", marks)
	}
	card := judge(t, log)
	if got := card.Outcomes["recovery"]; got["good"] != 0 || got["error"] != 250 {
		t.Errorf("in the recovery: %v", got)
	}
	if limits := strings.Join(card.Limits, "\n"); !strings.Contains(limits, "a user could not log in once more: chat: status 503") {
		t.Errorf("limits:\n%s", limits)
	}
}
