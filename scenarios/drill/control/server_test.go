package control_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

const scenario = `
version: 1
name: led
providers: {primary: {dialect: openai}, secondary: {dialect: openai}}
traffic: {journeys: {chat: {rate: 10/s, request: {path: /, text: "{{prompt}}"}}}}
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 10s}
bars: [{metric: error_rate, max: 50%}]
`

func plan(t *testing.T) *scenarios.Plan {
	t.Helper()
	files := fstest.MapFS{"x.yaml": {Data: []byte(scenario)}}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, HaveApp: true, AnyPorts: true})
	if plan == nil {
		t.Fatal(problems)
	}
	return plan
}

// A leader calls the API of a drill that goes on in a bubble.
type leader struct {
	*testing.T
	server *control.Server
	client *http.Client
	log    *written
}

// written is a log that is read while it grows.
type written struct {
	mu  sync.Mutex
	raw bytes.Buffer
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.raw.Write(b)
}

func (w *written) Bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.raw.Bytes())
}

// led performs the scenario in a bubble, with an API that the leader calls.
func led(t *testing.T, lead func(*leader)) []byte {
	t.Helper()
	return ledBy(t, control.Options{}, lead)
}

// ledBy does so with an API of other options.
func ledBy(t *testing.T, opts control.Options, lead func(*leader)) []byte {
	t.Helper()
	var log written
	plan := plan(t)
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		tail := control.NewTail()
		opts.Tail = tail
		opts.Card = func() (*scorecard.Card, error) {
			return scorecard.Judge(record.Read(bytes.NewReader(log.Bytes())))
		}
		server, err := control.New(opts)
		if err != nil {
			t.Fatal(err)
		}
		listener, err := network.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server.Serve(listener)
		transport := &http.Transport{DialContext: network.Dial}
		l := &leader{t, server, &http.Client{Transport: transport}, &log}
		l.wants(http.StatusServiceUnavailable, l.call("GET", "/v1/state", ""))
		var leading sync.WaitGroup
		err = drill.Run(t.Context(), plan, drill.Options{
			Log: tail.Onto(&log),
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
			App: drill.Handler("app", app),
			Watch: func(ctx context.Context, live *drill.Live) {
				leading.Go(func() {
					synctest.Wait() // until the server has the drill
					lead(l)
				})
				server.Watch(ctx, live)
			},
		})
		leading.Wait()
		if err != nil {
			t.Error(err)
		}
		l.wants(http.StatusConflict, l.call("POST", "/v1/phases/next", ""))
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return log.Bytes()
}

// app asks the primary and passes on what it said.
func app(place drill.Place) (http.Handler, func(), error) {
	env := map[string]string{}
	for _, v := range place.Env {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	transport := &http.Transport{DialContext: place.Net.Dial}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		body := fmt.Sprintf(`{"model": "gpt-4o", "messages": [{"role": "user", "content": %q}]}`, prompt)
		req, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, env["BROWNOUT_PRIMARY_URL"]+"/v1/chat/completions", strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+env["BROWNOUT_PRIMARY_KEY"])
		resp, err := transport.RoundTrip(req)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}), transport.CloseIdleConnections, nil
}

// An answer of the API.
type answer struct {
	what   string
	status int
	header http.Header
	body   []byte
}

// call calls with the token; headers are "Name: value".
func (l *leader) call(method, path, body string, headers ...string) answer {
	l.Helper()
	req, err := http.NewRequestWithContext(l.Context(), method, l.server.URL()+path, strings.NewReader(body))
	if err != nil {
		l.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+l.server.Token())
	req.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := l.client.Do(req)
	if err != nil {
		l.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		l.Fatal(err)
	}
	return answer{method + " " + path + " " + body, resp.StatusCode, resp.Header, raw}
}

// wants wants a status, of a problem in the form of one, and gives its code.
func (l *leader) wants(status int, a answer) string {
	l.Helper()
	if a.status != status {
		l.Errorf("%s: status %d, want %d: %s", a.what, a.status, status, a.body)
	}
	if a.status < 400 {
		return ""
	}
	var p control.Problem
	if err := json.Unmarshal(a.body, &p); err != nil || p.Status != a.status || p.Detail == "" || a.header.Get("Content-Type") != "application/problem+json" {
		l.Errorf("%s: %s is no problem: %s", a.what, a.header.Get("Content-Type"), a.body)
	}
	return p.Code
}

// state calls and wants a state, under its number as the ETag.
func (l *leader) state(method, path, body string, headers ...string) control.State {
	l.Helper()
	a := l.call(method, path, body, headers...)
	l.wants(http.StatusOK, a)
	var s control.State
	if err := json.Unmarshal(a.body, &s); err != nil {
		l.Errorf("%s: %s", a.what, err)
	}
	if got := a.header.Get("ETag"); got != fmt.Sprintf("%q", fmt.Sprint(s.State)) {
		l.Errorf("%s: ETag %s of state %d", a.what, got, s.State)
	}
	return s
}

// A leader does everything that can be done, and the log has it.
func TestLead(t *testing.T) {
	log := led(t, func(l *leader) {
		ann := "Brownout-Actor: ann"
		time.Sleep(2 * time.Second)
		if s := l.state("GET", "/v1/state", ""); s.State != 1 || s.Phase != "baseline" || s.ElapsedS != 2 || s.LengthS != 30 || len(s.Open) != 0 {
			l.Errorf("at the beginning: %+v", s)
		}
		l.state("POST", "/v1/phases/hold", "", ann)
		time.Sleep(20 * time.Second)
		if s := l.state("GET", "/v1/state", ""); !s.Held || s.Phase != "baseline" {
			l.Errorf("held: %+v", s)
		}
		l.state("POST", "/v1/phases/release", "", ann)
		l.state("POST", "/v1/phases/extend", `{"for": "5s"}`, ann)
		if s := l.state("POST", "/v1/phases/next", "", ann); s.Phase != "surge" || len(s.Open) != 1 || s.Open[0].Kind != "server_error" {
			l.Errorf("next: %+v", s)
		}
		l.state("POST", "/v1/heal", "", ann)
		s := l.state("POST", "/v1/faults", `{"provider": ["primary", "secondary"], "kind": "overloaded", "share": "50%"}`, ann)
		if len(s.Open) != 2 || s.Open[0].Share != 0.5 || s.Open[1].Key != s.Open[0].Key {
			l.Errorf("opened: %+v", s.Open)
		}
		l.state("POST", "/v1/faults/close", fmt.Sprintf(`{"key": %q}`, s.Open[0].Key), ann)
		time.Sleep(3 * time.Second)
		l.state("POST", "/v1/marks", `{"kind": "alert", "note": "p1", "at": 23.5}`, ann)
		l.state("POST", "/v1/phases/jump", `{"phase": "recovery"}`, ann)
		time.Sleep(time.Second)
		l.state("POST", "/v1/stop", `{"reason": "enough"}`, ann)
	})
	card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range card.Events {
		switch e.Kind {
		case "course", "mark", "stopped":
			got = append(got, fmt.Sprintf("%g %s", e.AtS, e.Text))
		}
	}
	want := []string{
		"2 ann: hold",
		"22 ann: extend 5s", "22 ann: heal", "22 ann: next",
		"22 ann: open primary, secondary: overloaded 50%", "22 ann: release", "22 ann: shut opened/primary+secondary/overloaded",
		"23.5 alert by ann: p1",
		"25 ann: jump recovery",
		"26 the drill was stopped by ann at 26 s: enough",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if card.Verdict != scorecard.Aborted {
		t.Errorf("verdict %s", card.Verdict)
	}
}

// Of two leaders who have seen the same state the second is told so.
func TestIfMatch(t *testing.T) {
	led(t, func(l *leader) {
		seen := l.call("GET", "/v1/state", "").header.Get("ETag")
		l.wants(http.StatusOK, l.call("POST", "/v1/phases/extend", `{"for": "1s"}`, "If-Match: "+seen))
		if code := l.wants(http.StatusConflict, l.call("POST", "/v1/phases/next", "", "If-Match: "+seen)); code != "stale_state" {
			l.Errorf("code %q", code)
		}
		l.wants(http.StatusUnprocessableEntity, l.call("POST", "/v1/phases/next", "", "If-Match: now"))
		l.wants(http.StatusOK, l.call("POST", "/v1/phases/extend", `{"for": "1s"}`, "If-Match: *"))
	})
}

// What cannot be done, or is said wrongly, is refused with what would be right.
func TestRefusedActions(t *testing.T) {
	led(t, func(l *leader) {
		time.Sleep(time.Second)
		for _, c := range []struct {
			path, body string
			status     int
			says       string
		}{
			{"/v1/phases/jump", `{"phase": "surgery"}`, 422, `"surge"`},
			{"/v1/phases/jump", `{"fase": "surge"}`, 400, "fase"},
			{"/v1/phases/jump", `{"phase": "surge"} {}`, 400, "more than one"},
			{"/v1/phases/jump", `{"phase": `, 400, "body"},
			{"/v1/phases/extend", `{"for": 30}`, 400, "number"},
			{"/v1/phases/extend", `{"for": "30"}`, 422, "unit"},
			{"/v1/phases/extend", `{"for": "-1s"}`, 422, "more than nothing"},
			{"/v1/phases/extend", `{"for": "900h"}`, 422, "at most"},
			{"/v1/phases/release", ``, 422, "not held"},
			{"/v1/faults", `{"provider": "primary", "kind": "hnag"}`, 422, "hang"},
			{"/v1/faults", `kind: hang`, 400, "not JSON"},
			{"/v1/faults", `{"provider": "primary", "kind": "refuse"}`, 422, "proxy"},
			{"/v1/faults/close", `{"key": "x"}`, 422, "no fault"},
			{"/v1/marks", `{"kind": "alarm"}`, 422, "acknowledged"},
			{"/v1/marks", `{"kind": "alert", "at": 1.5}`, 422, "future"},
			{"/v1/marks", `{"kind": "alert", "at": -1}`, 422, "seconds since the start"},
			{"/v1/marks", `{"kind": "alert", "at": "yesterday"}`, 422, "RFC 3339"},
			{"/v1/marks", `{"kind": "alert", "at": "1999-12-31T23:59:59Z"}`, 422, "before the drill"},
			{"/v1/marks", `{"kind": "alert", "at": "2999-12-31T23:59:59Z"}`, 422, "future"},
			{"/v1/heal", strings.Repeat(" ", 65<<10), 413, "bytes"},
			{"/v1/phases", ``, 405, "GET"},
			{"/v1/nothing", ``, 404, "openapi"},
		} {
			a := l.call("POST", c.path, c.body)
			a.what = fmt.Sprintf("%.60s", a.what)
			l.wants(c.status, a)
			if !strings.Contains(string(a.body), c.says) && !strings.Contains(strings.ReplaceAll(string(a.body), `\"`, `"`), c.says) {
				l.Errorf("%s: %s; want %q", a.what, a.body, c.says)
			}
		}
		if s := l.state("GET", "/v1/state", ""); s.State != 1 {
			l.Errorf("state %d after refusals", s.State)
		}
	})
}

// What has been written is looked at by kind, journey and provider, page by page; what
// was counted and what the judge says of it can be had while the drill goes on.
func TestLooking(t *testing.T) {
	led(t, func(l *leader) {
		time.Sleep(12*time.Second + 50*time.Millisecond)
		page := func(query string) control.Page {
			a := l.call("GET", "/v1/ledger"+query, "")
			l.wants(http.StatusOK, a)
			var p control.Page
			if err := json.Unmarshal(a.body, &p); err != nil {
				l.Error(err)
			}
			return p
		}
		first := page("?after=0&limit=3&kind=attempt&provider=primary")
		if len(first.Lines) != 3 || first.Lost != 0 || first.Next != first.Lines[2].No {
			l.Errorf("first page: %+v", first)
		}
		n, after := 3, first.Next
		for {
			p := page(fmt.Sprintf("?after=%d&limit=50&kind=attempt&provider=primary", after))
			if n += len(p.Lines); len(p.Lines) == 0 {
				break
			}
			after = p.Next
		}
		var counters control.Counters
		if err := json.Unmarshal(l.call("GET", "/v1/counters", "").body, &counters); err != nil {
			l.Error(err)
		}
		if counters.Due != 121 || counters.Sent != 121 || counters.Errors != 21 || counters.Providers[0].Faulted != 21 {
			l.Errorf("counters: %+v", counters)
		}
		if want := int(counters.Ended); n != want {
			l.Errorf("%d attempts in the ledger, %d have ended", n, want)
		}
		if p := page("?kind=attempt&provider=tertiary"); len(p.Lines) != 0 {
			l.Errorf("lines of no provider: %+v", p)
		}
		if p := page("?kind=user&journey=chat&limit=1"); len(p.Lines) != 1 || !strings.Contains(string(p.Lines[0].Line), `"due_s":12`) {
			l.Errorf("the last user: %+v", p)
		}
		l.wants(http.StatusUnprocessableEntity, l.call("GET", "/v1/ledger?page=2", ""))
		l.wants(http.StatusUnprocessableEntity, l.call("GET", "/v1/ledger?limit=100000", ""))
		l.wants(http.StatusUnprocessableEntity, l.call("GET", "/v1/ledger?after=x", ""))
		var soFar control.CardSoFar
		if err := json.Unmarshal(l.call("GET", "/v1/card", "").body, &soFar); err != nil {
			l.Error(err)
		}
		if soFar.Card == nil || soFar.Card.Verdict != scorecard.Aborted || len(soFar.Card.Phases) != 3 {
			l.Errorf("card: %+v", soFar.Card)
		}
	})
}

// A card that must be fresh is waited for by those who asked for it, and by nobody else.
func TestFreshCardKeepsNobodyElseWaiting(t *testing.T) {
	led(t, func(l *leader) {
		l.call("GET", "/v1/card", "")
		begun := time.Now()
		var waiting sync.WaitGroup
		for range 2 {
			waiting.Go(func() { l.wants(http.StatusOK, l.call("GET", "/v1/card?fresh=true", "")) })
		}
		synctest.Wait()
		l.wants(http.StatusOK, l.call("GET", "/v1/card", ""))
		if waited := time.Since(begun); waited > 0 {
			l.Errorf("who takes the last card waited for %v", waited)
		}
		waiting.Wait()
		if waited := time.Since(begun); waited == 0 || waited > 2*time.Second {
			l.Errorf("fresh cards came after %v", waited)
		}
	})
}
