package traffic_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

// lease is an app whose tokens and cookies run out.
type lease struct {
	lasts time.Duration
	slow  time.Duration // a login
	most  int           // so many logins are let in; 0: all
	moody bool          // 401 is for anybody, as where a provider's is passed on

	mu     sync.Mutex
	began  time.Time
	logins []time.Duration // when they came, since the app's beginning
	given  map[string]time.Time
	asked  int      // requests that were no logins
	failed []string // what the sender told of
}

func (l *lease) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/login" {
		l.enter(w, r)
		return
	}
	shown := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if c, err := r.Cookie("sid"); err == nil {
		shown = c.Value
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	if given, ok := l.given[shown]; !ok || time.Since(given) >= l.lasts || l.moody {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	io.WriteString(w, shown)
}

func (l *lease) enter(w http.ResponseWriter, r *http.Request) {
	who, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	l.logins = append(l.logins, time.Since(l.began))
	n := len(l.logins)
	l.mu.Unlock()
	select {
	case <-time.After(l.slow):
	case <-r.Context().Done():
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.most > 0 && n > l.most || r.Header.Get("Cookie") != "" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	token := fmt.Sprintf("%s/%d", who, n)
	l.given[token] = time.Now()
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: token})
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"access":{"token":%q}}`, token)
}

// play has the journey's users ask the app, as often as in the schedule.
func (l *lease) play(t *testing.T, j traffic.Journey, due []traffic.Due) []traffic.Result {
	l.began, l.given = time.Now(), map[string]time.Time{}
	s := serve(t, l.ServeHTTP).sender(j)
	s.Fill = func(d traffic.Due) ask.Words {
		return ask.Words{Nonce: fmt.Sprintf("nonce%d", d.N), Session: j.Session(d.Session), Turn: d.Turn}
	}
	s.NotRenewed = func(d traffic.Due, why error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.failed = append(l.failed, fmt.Sprintf("%d: %v", d.Journey, why))
	}
	results := run(t.Context(), s, due)
	for _, r := range results {
		if r.Sent != r.At {
			t.Errorf("request %d was due at %v and sent at %v", r.N, r.At, r.Sent)
		}
	}
	if l.asked != len(due) {
		t.Errorf("the app was asked %d times, for %d requests", l.asked, len(due))
	}
	return results
}

// leased is a journey behind such a login; without cookies it has a token.
func leased(cookies bool) traffic.Journey {
	j := behindLogin()
	if cookies {
		j.Cookies, j.Login.Token, j.Request.Header = true, "", nil
	}
	return j
}

// statuses are how many results there are in a row of each status: "200 × 20, 401 × 3".
func statuses(results []traffic.Result) string {
	var runs []string
	for from := 0; from < len(results); {
		to := from
		for to < len(results) && results[to].Status == results[from].Status {
			to++
		}
		runs = append(runs, fmt.Sprintf("%d × %d", results[from].Status, to-from))
		from = to
	}
	return strings.Join(runs, ", ")
}

// What runs out after a minute is renewed every 50 s, and nobody sees anything of it:
// not even those who are due while the login takes 3 s.
func TestRenewalInTime(t *testing.T) {
	for _, cookies := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			app := lease{lasts: time.Minute, slow: 3 * time.Second}
			j := leased(cookies)
			j.Login.Renew = 50 * time.Second
			results := app.play(t, j, every(time.Second, 240))
			if got := statuses(results); got != "200 × 240" {
				t.Errorf("cookies %v: %s", cookies, got)
			}
			for _, r := range results {
				if want := max(r.At, 3*time.Second); r.Ended != want {
					t.Errorf("request %d, due at %v, ended at %v, want %v", r.N, r.At, r.Ended, want)
				}
			}
			// 50 s after the reply that brought what is renewed.
			want := []time.Duration{0, 53 * time.Second, 106 * time.Second, 159 * time.Second, 212 * time.Second}
			if diff := cmp.Diff(want, app.logins); diff != "" {
				t.Errorf("logins (-want +got):\n%s", diff)
			}
			// Always the same user's.
			if last := results[239].Text; last != "nonce0/5" || app.failed != nil {
				t.Errorf("the last token is %q; told: %q", last, app.failed)
			}
		})
	}
}

// Without a time it is the app's 401 that says so. Who gets one keeps it, as do those
// who are due until the new token is there.
func TestRenewalAfter401(t *testing.T) {
	for _, cookies := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			app := lease{lasts: 20 * time.Second, slow: 1500 * ms}
			results := app.play(t, leased(cookies), every(time.Second, 60))
			// Tokens are had at 1.5, 23.5 and 45.5 s.
			if got := statuses(results); got != "200 × 22, 401 × 2, 200 × 20, 401 × 2, 200 × 14" {
				t.Errorf("cookies %v: %s", cookies, got)
			}
			if diff := cmp.Diff([]time.Duration{0, 22 * time.Second, 44 * time.Second}, app.logins); diff != "" {
				t.Errorf("logins (-want +got):\n%s", diff)
			}
		})
	}
}

// An app that answers 401 whatever it is shown is asked for a token every 10 s, and not
// for each such answer.
func TestRenewalIsNoStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := lease{lasts: time.Hour, moody: true}
		if got := statuses(app.play(t, leased(false), every(100*ms, 300))); got != "401 × 300" {
			t.Error(got)
		}
		if diff := cmp.Diff([]time.Duration{0, 10 * time.Second, 20 * time.Second}, app.logins); diff != "" {
			t.Errorf("logins (-want +got):\n%s", diff)
		}
	})
}

// A renewal that fails is told, and tried again; users go on with what they have.
func TestRenewalThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := lease{lasts: time.Minute, most: 1}
		j := leased(true)
		j.Login.Renew = 40 * time.Second
		if got := statuses(app.play(t, j, every(time.Second, 90))); got != "200 × 60, 401 × 30" {
			t.Error(got)
		}
		if n := len(app.logins); n < 5 || len(app.failed) != n-1 || app.failed[0] != "0: login: status 403" {
			t.Errorf("%d logins; told: %q", n, app.failed)
		}
		for i, at := range app.logins[1:] {
			if gap := at - app.logins[i]; gap < 10*time.Second {
				t.Errorf("logins at %v, %v apart", at, gap)
			}
		}
	})
}

// Each session has its own token, and nobody logs in for those that are over. A renewal
// that does not end is over when the last request is.
func TestSessionsRenew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := lease{lasts: 20 * time.Second}
		j := leased(false)
		j.Rate, j.Login.Renew = 1, 15*time.Second
		j.Sessions = traffic.Sessions{Turns: 3, Think: 12 * time.Second}
		due := traffic.Schedule([]traffic.Journey{j}, 7, 5*time.Minute)
		results := app.play(t, j, due)
		if got := statuses(results); got != "200 × 300" {
			t.Error(got)
		}
		sessions := map[int]bool{}
		for _, r := range results {
			if who, _, _ := strings.Cut(r.Text, "/"); who != j.Session(r.Session) {
				t.Errorf("turn %d of session %d has the token %q", r.Turn, r.Session, r.Text)
			}
			sessions[r.Session] = true
		}
		// The turns are at 0, 12 and 24 s: each session renews once, but for those that
		// the drill's end cuts short, and one more who had left before.
		if n := len(app.logins); n > 2*len(sessions) || n < 2*len(sessions)-30 {
			t.Errorf("%d logins of %d sessions", n, len(sessions))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		app := lease{lasts: time.Hour}
		j := leased(false)
		j.Login.Renew, j.Timeout = 10*time.Second, time.Minute
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/login" && time.Since(app.began) > 0 {
				io.Copy(io.Discard, r.Body) // else a server does not see that the other side has left
				<-r.Context().Done()
				return
			}
			app.ServeHTTP(w, r)
		}).sender(j)
		app.began, app.given = time.Now(), map[string]time.Time{}
		s.NotRenewed = func(traffic.Due, error) { t.Error("a login that nobody waits for any more is told") }
		if got := statuses(run(t.Context(), s, every(time.Second, 20))); got != "200 × 20" {
			t.Error(got)
		}
		if took := time.Since(app.began); took != 19*time.Second {
			t.Errorf("the last request ended after %v", took)
		}
	})
}
