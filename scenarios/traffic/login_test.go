package traffic_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

// door is an app behind a login. It gives out a token for each, and answers those
// alone who have one.
type door struct {
	mu     sync.Mutex
	slow   time.Duration // the login
	shut   int           // so many logins are refused first
	given  []string      // tokens
	asked  []string      // who asked for them
	told   []string      // what the sender told of secrets
	logins int           // under way, by what the sender told
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/login" {
		time.Sleep(d.slow)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); {
	case r.URL.Path != "/login" && slices.Contains(d.given, token):
		io.WriteString(w, "yes "+token)
	case r.URL.Path != "/login":
		w.WriteHeader(http.StatusUnauthorized)
	case d.shut > 0:
		d.shut--
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `{"access":{"token":"not-for-you"}}`)
	default:
		who, _ := io.ReadAll(r.Body)
		d.asked = append(d.asked, string(who))
		d.given = append(d.given, fmt.Sprintf("token-%d", len(d.given)))
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access":{"token":%q}}`, d.given[len(d.given)-1])
	}
}

// tokens is how many it has given out.
func (d *door) tokens() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.given)
}

func (d *door) sender(t *testing.T, journeys ...traffic.Journey) *traffic.Sender {
	s := serve(t, d.ServeHTTP).sender(journeys...)
	s.Secret = func(value string) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.told = append(d.told, value)
		if d.logins == 0 {
			t.Errorf("%q is told with no login under way", value)
		}
	}
	s.Login = func() func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.logins++
		return func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.logins--
		}
	}
	s.Fill = func(due traffic.Due) ask.Words {
		return ask.Words{Nonce: fmt.Sprintf("nonce%d", due.N), Session: journeys[due.Journey].Session(due.Session), Turn: due.Turn}
	}
	return s
}

func behindLogin() traffic.Journey {
	return traffic.Journey{
		Name: "chat", Rate: 10, Timeout: 5 * time.Second,
		Login:   traffic.Login{Request: ask.Request{Path: "/login", Text: "{{session}}"}, Token: "$.access.token"},
		Request: ask.Request{Path: "/chat", Header: map[string]string{"Authorization": "Bearer {{token}}"}},
	}
}

// Each session has its own login, before its first turn and no other.
func TestSessionsLogIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := behindLogin()
		j.Sessions = traffic.Sessions{Turns: 3, Think: time.Second}
		d := door{slow: 300 * ms}
		s := d.sender(t, j)
		tokens := map[int]string{} // by session
		for _, r := range run(t.Context(), s, traffic.Schedule(s.Journeys, 7, 10*time.Second)) {
			if r.How != "complete" || r.Status != 200 || r.Sent != r.At {
				t.Errorf("request %d: %s, status %d, due at %v, sent at %v: %v", r.N, r.How, r.Status, r.At, r.Sent, r.Err)
			}
			if first := tokens[r.Session]; first != "" && r.Text != first {
				t.Errorf("turn %d of session %d has %q, the first had %q", r.Turn, r.Session, r.Text, first)
			}
			tokens[r.Session] = r.Text
			if want := map[bool]time.Duration{true: 300 * ms}[r.Turn == 0]; r.Ended-r.At != want {
				t.Errorf("turn %d took %v, want %v", r.Turn, r.Ended-r.At, want)
			}
		}
		if d.tokens() != len(tokens) || len(tokens) < 30 {
			t.Errorf("%d logins of %d sessions", d.tokens(), len(tokens))
		}
		if diff := cmp.Diff(d.given, d.told); diff != "" {
			t.Errorf("secrets (-given +told):\n%s", diff)
		}
		for _, who := range d.asked {
			if !strings.HasPrefix(who, "chat-") {
				t.Errorf("%q logs in", who)
			}
		}
	})
}

// Without sessions one login is for all. Who is due meanwhile waits for it, and no
// longer than its time; the sender is not late for that.
func TestOneLoginForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := door{slow: 730 * ms}
		j := behindLogin()
		j.Timeout = 700 * ms
		s := d.sender(t, j)
		var hows []string
		for _, r := range run(t.Context(), s, every(100*ms, 30)) {
			if r.Sent != r.At || r.Ended > r.At+700*ms {
				t.Errorf("request %d was due at %v, sent at %v, ended at %v", r.N, r.At, r.Sent, r.Ended)
			}
			if r.How == "timeout" && (r.Err == nil || !strings.HasPrefix(r.Err.Error(), "login: ")) {
				t.Errorf("request %d: %v", r.N, r.Err)
			}
			hows = append(hows, fmt.Sprint(r.How, " ", r.Status))
		}
		// Nobody's own patience is enough for the login, so nobody ever gets in.
		if n := len(hows); slices.ContainsFunc(hows, func(how string) bool { return how != "timeout 0" }) {
			t.Errorf("of %d requests some got in: %q", n, hows)
		}
		if p99, _ := s.Lateness(); p99 != 0 {
			t.Errorf("late by %v", p99)
		}
		s.Journeys[0].Timeout = 2 * time.Second
		time.Sleep(time.Second) // until the app has done what nobody waits for
		given := d.tokens()
		for _, r := range run(t.Context(), s, every(100*ms, 30)) {
			if want := max(r.At, 730*ms); r.Ended != want || r.Status != 200 {
				t.Errorf("request %d, due at %v, ended at %v with %d, want %v", r.N, r.At, r.Ended, r.Status, want)
			}
		}
		if n := d.tokens() - given; n != 1 {
			t.Errorf("%d logins, want 1", n)
		}
	})
}

// A login that is refused is what its request comes to, and nothing of the reply is
// told. The next one tries again.
func TestRefusedLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := door{shut: 2}
		s := d.sender(t, behindLogin())
		got := run(t.Context(), s, every(100*ms, 4))
		for i, r := range got {
			refused := i < 2
			if r.Told != refused || refused && (r.Status != 403 || r.Body != "" || r.Text != "" || r.Err.Error() != "login: status 403") {
				t.Errorf("request %d: %+v", i, r)
			}
		}
		s.Journeys[0].Login.Token = "$.elsewhere"
		if r := s.Once(t.Context(), traffic.Due{Session: 1}); r.How != "invalid" || r.Err.Error() != "login: the reply has no token" || r.Body != "" {
			t.Errorf("without a token: %+v", r)
		}
	})
}

// What a session's replies set comes back with its later requests alone, until it is
// deleted; and a reply that sets a thousand has a few kept.
func TestCookies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(w http.ResponseWriter, r *http.Request) {
			turn, who := r.Header.Get("X-Turn"), r.Header.Get("X-Session")
			seen := r.Header.Get("Cookie")
			switch turn {
			case "0":
				http.SetCookie(w, &http.Cookie{Name: "sid", Value: who})
				http.SetCookie(w, &http.Cookie{Name: "old", Value: "x"})
			case "1":
				http.SetCookie(w, &http.Cookie{Name: "old", MaxAge: -1})
				http.SetCookie(w, &http.Cookie{Name: "big", Value: strings.Repeat("x", 5000)})
			case "2":
				for i := range 1000 {
					http.SetCookie(w, &http.Cookie{Name: fmt.Sprint("n", i), Value: strings.Repeat("y", 200)})
				}
			}
			io.WriteString(w, seen)
		})
		j := traffic.Journey{
			Name: "chat", Rate: 10, Cookies: true, Sessions: traffic.Sessions{Turns: 4, Think: time.Second},
			Request: ask.Request{Header: map[string]string{"X-Turn": "{{turn}}", "X-Session": "{{session}}", "Cookie": "own=1"}},
		}
		s := app.sender(j)
		var mu sync.Mutex
		told := map[string]int{}
		s.Secret = func(value string) {
			mu.Lock()
			defer mu.Unlock()
			told[value]++
		}
		s.Fill = func(d traffic.Due) ask.Words {
			return ask.Words{Session: j.Session(d.Session), Turn: d.Turn}
		}
		for _, r := range run(t.Context(), s, traffic.Schedule(s.Journeys, 7, 10*time.Second)) {
			sid := "sid=" + j.Session(r.Session)
			want := []string{"own=1", "own=1; old=x; " + sid, "own=1; " + sid}
			switch {
			case r.Turn < 3 && r.Text != want[r.Turn]:
				t.Errorf("turn %d of session %d has %q, want %q", r.Turn, r.Session, r.Text, want[r.Turn])
			case r.Turn == 3 && strings.Count(r.Text, "=") != 51: // 50 and its own
				t.Errorf("%d cookies are sent", strings.Count(r.Text, "="))
			}
		}
		if told["chat-0"] != 1 {
			t.Errorf("the session's cookie is told %d times", told["chat-0"])
		}
	})
}

func TestUsersChecked(t *testing.T) {
	for want, change := range map[string]func(*traffic.Journey){
		"": func(*traffic.Journey) {},
		"login: no string of the request has {{token}}": func(j *traffic.Journey) { j.Request.Header = nil },
		"login: nothing of its reply is kept":           func(j *traffic.Journey) { j.Login.Token, j.Request.Header = "", nil },
		"cookies: each request is a user of its own":    func(j *traffic.Journey) { *j = traffic.Journey{Cookies: true} },
		`header "Authorization": unknown placeholder`:   func(j *traffic.Journey) { j.Login = traffic.Login{} },
		`login: path: unknown placeholder "{{token}}"`:  func(j *traffic.Journey) { j.Login.Request.Path = "/{{token}}" },
		"login: ": func(j *traffic.Journey) { j.Login.Token = "token" },
	} {
		j := behindLogin()
		change(&j)
		if err := j.Check(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
