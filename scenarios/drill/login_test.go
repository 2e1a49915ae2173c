package drill_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

const loginDrill = `
version: 1
name: login
providers:
  primary:
    dialect: openai
    models: {gpt-4o: {ttft: {p50: 100ms, p99: 100ms}, gap: {p50: 1ms, p99: 1ms}, tokens: {p50: 20, p99: 20}}}
traffic:
  journeys:
    chat:
      rate: 10/s
      sessions: {turns: 3, think: 1s}
      login: {path: /login, json: {user: "{{session}}"}, token: $.token}
      cookies: true
      request: {path: /, header: {Authorization: "Bearer {{token}}"}, text: "{{prompt}}"}
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: server_error, share: 50%}]}
  - {name: recovery, for: 10s}
bars: [{metric: availability, phase: recovery, min: 99%}]
`

// house is an app behind a login, which talks of nothing but its tokens and cookies:
// in its log before anybody has them, and in what it answers when it cannot answer.
type house struct {
	*desk
	log io.Writer

	mu    sync.Mutex
	given []string // tokens and cookies
}

func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/login" {
		h.mu.Lock()
		token, cookie := fmt.Sprintf("eyJhbGciOiJub25lIn0.user%05d.", len(h.given)), fmt.Sprintf("sid-0123456789-%d", len(h.given))
		h.given = append(h.given, token, cookie)
		h.mu.Unlock()
		fmt.Fprintf(h.log, "gave out %s with %s\n", token, cookie)
		time.Sleep(50 * time.Millisecond)
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: cookie})
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"token":%q}`, token)
		return
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	fmt.Fprintln(h.log, token, "asks, with", r.Header["Cookie"])
	prompt, _ := io.ReadAll(r.Body)
	text, status := h.ask(r.Context(), "PRIMARY", string(prompt))
	if status != http.StatusOK {
		text = "no answer for " + token + " " + r.Header.Get("Cookie")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// TestNoTokenInWhatADrillLeaves has everybody logged in, and then looks for what they
// were given.
func TestNoTokenInWhatADrillLeaves(t *testing.T) {
	files := fstest.MapFS{"x.yaml": {Data: []byte(loginDrill)}}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, HaveApp: true, AnyPorts: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var h house
	var log, appLog bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err := drill.Run(t.Context(), plan, drill.Options{
			App: drill.Handler("house", func(place drill.Place) (http.Handler, func(), error) {
				h.log, h.desk = place.Log, &desk{env: map[string]string{}, transport: &http.Transport{DialContext: place.Net.Dial}}
				for _, v := range place.Env {
					name, value, _ := strings.Cut(v, "=")
					h.env[name] = value
				}
				return &h, h.transport.CloseIdleConnections, nil
			}),
			Log: &log, AppLog: &appLog,
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	card := judge(t, log.Bytes())
	if n := card.Outcomes["recovery"]["good"]; n != 100 {
		t.Errorf("behind the login users got %v", card.Outcomes["recovery"])
	}
	if !strings.Contains(log.String(), "no answer for") || strings.Count(appLog.String(), "gave out") < 100 {
		t.Error("the app has not talked of its tokens; nothing is shown by their absence")
	}
	for _, secret := range h.given {
		if strings.Contains(log.String(), secret) || strings.Contains(appLog.String(), secret) {
			t.Fatalf("%q is in what the drill left", secret)
		}
	}
}
