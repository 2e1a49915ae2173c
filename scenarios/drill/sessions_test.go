package drill_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A fault that is meant for one session meets all attempts of that user's turns
// and nobody else's, and one that is sticky by session meets all turns of a user
// or none.
func TestFaultsOfASession(t *testing.T) {
	lines := drillIn(t, `
version: 1
name: sessions
providers: {primary: {dialect: openai}}
traffic:
  journeys:
    chat: {rate: 10/s, sessions: {turns: 3, think: 1s}, request: {path: "/{{session}}/{{turn}}", text: "{{prompt}}"}}
phases:
  - {name: baseline, for: 5s}
  - name: one
    for: 10s
    faults: [{provider: primary, kind: server_error, match: {session: chat-26}}]
  - name: some
    for: 30s
    faults: [{provider: primary, kind: overloaded, share: 40%, sticky: session}]
  - {name: recovery, for: 5s}
bars: [{metric: error_rate, max: 50%}]
`, passing)
	session := map[string]string{} // by nonce
	for _, l := range lines {
		if u := l.User; u != nil {
			session[u.Nonce] = u.Session
			if !strings.HasPrefix(u.Session, "chat-") {
				t.Fatalf("request %d is of session %q", u.N, u.Session)
			}
		}
	}
	one, hit, spared := 0, map[string]int{}, map[string]int{}
	for _, l := range lines {
		a := l.Attempt
		switch {
		case a == nil:
		case a.Kind == "server_error":
			one++
			if session[a.Nonce] != "chat-26" {
				t.Errorf("the fault of chat-26 met %s", session[a.Nonce])
			}
		case a.Kind == "overloaded":
			hit[session[a.Nonce]]++
		case a.Arrived.Float() > 15.1 && a.Arrived.Float() < 45:
			spared[session[a.Nonce]]++
		}
	}
	if one != 3 {
		t.Errorf("%d attempts of chat-26 were hit, want its three turns", one)
	}
	for s := range hit {
		if spared[s] > 0 {
			t.Errorf("%s was hit %d times and spared %d times", s, hit[s], spared[s])
		}
	}
	if len(hit) < 20 || len(spared) < 40 {
		t.Errorf("%d sessions hit, %d spared: not the 40%%", len(hit), len(spared))
	}
}

// The log says which of the turns before a prompt carries, and the card what the
// switch of providers made of it.
func TestContextOfASession(t *testing.T) {
	const scenario = `
version: 1
name: context
providers: {primary: {dialect: openai}, secondary: {dialect: openai}}
traffic:
  journeys:
    chat: {rate: 10/s, sessions: {turns: 3, think: 4s}, request: {path: "/{{session}}", text: "{{prompt}}"}}
phases:
  - {name: baseline, for: 20s}
  - name: surge
    for: 20s
    faults: [{provider: primary, kind: server_error}]
  - {name: recovery, for: 10s}
bars: [{metric: error_rate, max: 50%}]
`
	for name, test := range map[string]struct {
		keeps func(string) bool
		want  map[string]float64
	}{
		"keeps it":         {func(string) bool { return true }, map[string]float64{"primary": 1, "secondary": 1}},
		"leaves it behind": {func(provider string) bool { return provider == "PRIMARY" }, map[string]float64{"primary": 1, "secondary": 0}},
		"never sends it":   {func(string) bool { return false }, nil},
	} {
		card, err := scorecard.Judge(record.Read(bytes.NewReader(performed(t, scenario, remembering(test.keeps)))))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, m := range card.Metrics {
			if m.Name == "context_kept" && m.Provider != "" && m.Measured {
				got[m.Provider] = *m.Value
			}
		}
		if len(got) != len(test.want) || got["primary"] != test.want["primary"] || got["secondary"] != test.want["secondary"] {
			t.Errorf("%s: context_kept is %v, want %v", name, got, test.want)
		}
	}
}

// remembering asks the primary and then the secondary, with what was said before
// where it keeps that.
func remembering(keeps func(provider string) bool) func(*desk) http.Handler {
	return func(d *desk) http.Handler {
		var mu sync.Mutex
		said := map[string][]string{}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			prompt, _ := io.ReadAll(r.Body)
			mu.Lock()
			before := said[r.URL.Path]
			said[r.URL.Path] = append(before[:len(before):len(before)], string(prompt))
			all := said[r.URL.Path]
			mu.Unlock()
			text, status := "", 0
			for _, provider := range []string{"PRIMARY", "SECONDARY"} {
				messages := all[len(all)-1:]
				if keeps(provider) {
					messages = all
				}
				if text, status = d.ask(r.Context(), provider, messages...); status == http.StatusOK {
					break
				}
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
		})
	}
}

// drillIn performs a scenario in a bubble and gives the lines of its log.
func drillIn(t *testing.T, scenario string, app func(*desk) http.Handler) []record.Line {
	t.Helper()
	log := performed(t, scenario, app)
	var lines []record.Line
	for e, err := range record.Read(bytes.NewReader(log)) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e.Line)
	}
	return lines
}

// performed performs a scenario in a bubble and gives its log.
func performed(t *testing.T, scenario string, app func(*desk) http.Handler) []byte {
	t.Helper()
	files := fstest.MapFS{"x.yaml": {Data: []byte(scenario)}}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, HaveApp: true, AnyPorts: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err := drill.Run(t.Context(), plan, drill.Options{
			App: deskApp(app),
			Log: &log,
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return log.Bytes()
}

// deskApp is an app that has a desk to ask from.
func deskApp(app func(*desk) http.Handler) drill.App {
	return drill.Handler("desk", func(place drill.Place) (http.Handler, func(), error) {
		d := &desk{env: map[string]string{}, transport: &http.Transport{DialContext: place.Net.Dial}}
		for _, v := range place.Env {
			name, value, _ := strings.Cut(v, "=")
			d.env[name] = value
		}
		return app(d), d.transport.CloseIdleConnections, nil
	})
}

// A desk is what the apps of these tests are made of.
type desk struct {
	env       map[string]string
	transport *http.Transport
}

// passing passes each question on to the primary and the answer back.
func passing(d *desk) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		text, status := d.ask(r.Context(), "PRIMARY", string(prompt))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	})
}

// ask asks an OpenAI provider and gives its answer, or why there is none.
func (d *desk) ask(ctx context.Context, provider string, messages ...string) (text string, status int) {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	question := struct {
		Model    string    `json:"model"`
		Messages []message `json:"messages"`
	}{Model: "gpt-4o"}
	for _, m := range messages {
		question.Messages = append(question.Messages, message{"user", m})
	}
	body, err := json.Marshal(question)
	if err != nil {
		return err.Error(), http.StatusInternalServerError
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.env["BROWNOUT_"+provider+"_URL"]+"/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		return err.Error(), http.StatusInternalServerError
	}
	req.Header.Set("Authorization", "Bearer "+d.env["BROWNOUT_"+provider+"_KEY"])
	resp, err := d.transport.RoundTrip(req)
	if err != nil {
		return "sorry", http.StatusBadGateway
	}
	defer resp.Body.Close()
	var answer struct {
		Choices []struct{ Message message }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || len(answer.Choices) != 1 {
		return "sorry", http.StatusBadGateway
	}
	return answer.Choices[0].Message.Content, http.StatusOK
}
