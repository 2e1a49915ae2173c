package control_test

import (
	"bytes"
	"context"
	"encoding/json"
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

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A fixture is a test of an app, which it calls by itself: the app asks the primary,
// and if that fails the secondary.
type fixture struct {
	*leader
	urls map[string]string
}

// tested serves the scenario's mocks alone, in a bubble, to a fixture, and judges the log.
func tested(t *testing.T, play bool, test func(*fixture)) *scorecard.Card {
	t.Helper()
	var log written
	plan := plan(t)
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		tail := control.NewTail()
		server, err := control.New(control.Options{Tail: tail, Card: func() (*scorecard.Card, error) {
			return scorecard.Judge(record.Read(bytes.NewReader(log.Bytes())))
		}})
		if err != nil {
			t.Fatal(err)
		}
		listener, err := network.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server.Serve(listener)
		transport := &http.Transport{DialContext: network.Dial}
		f := &fixture{&leader{t, server, &http.Client{Transport: transport}, &log}, map[string]string{}}
		ctx, stop := context.WithCancel(t.Context())
		var testing sync.WaitGroup
		err = drill.Serve(ctx, plan, drill.ServeOptions{
			Log: tail.Onto(&log), Play: play,
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
			Ready: func(list []drill.Endpoint) error {
				for _, e := range list {
					f.urls[e.Name] = e.BaseURL
				}
				return nil
			},
			Watch: func(ctx context.Context, live *drill.Live) {
				testing.Go(func() {
					synctest.Wait() // until the server has the drill
					test(f)
					transport.CloseIdleConnections()
					stop()
				})
				server.Watch(ctx, live)
			},
		})
		testing.Wait()
		if err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	card, err := scorecard.Judge(record.Read(bytes.NewReader(log.Bytes())))
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// ask is what a user of the app gets.
func (f *fixture) ask(prompt string) (status int, text string) {
	for _, name := range []string{"primary", "secondary"} {
		body := fmt.Sprintf(`{"model": "gpt-4o", "messages": [{"role": "user", "content": %q}]}`, prompt)
		req, _ := http.NewRequestWithContext(f.Context(), http.MethodPost, f.urls[name]+"/chat/completions", strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer sk-test-of-a-fixture")
		req.Header.Set(drill.ServiceHeader, "search")
		resp, err := f.client.Do(req)
		if err != nil {
			f.Fatal(err)
		}
		raw, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		var answer struct {
			Choices []struct{ Message struct{ Content string } }
		}
		if json.Unmarshal(raw, &answer) == nil && resp.StatusCode == http.StatusOK {
			return resp.StatusCode, answer.Choices[0].Message.Content
		}
	}
	return http.StatusBadGateway, ""
}

// questions asks for some.
func (f *fixture) questions(n int) []control.Question {
	var all control.Questions
	a := f.call("POST", "/v1/questions", fmt.Sprintf(`{"count": %d}`, n))
	f.wants(http.StatusOK, a)
	if err := json.Unmarshal(a.body, &all); err != nil || len(all.Questions) != n {
		f.Fatalf("%v: %s", err, a.body)
	}
	return all.Questions
}

// users asks the app as so many users, half a second after each other, and gives what
// is to be reported.
func (f *fixture) users(n int) []map[string]any {
	var all []map[string]any
	for _, q := range f.questions(n) {
		began := time.Now()
		status, text := f.ask(q.Prompt)
		all = append(all, map[string]any{
			"id": q.Nonce, "nonce": q.Nonce, "sent": began.UTC().Format(time.RFC3339Nano), "took_s": time.Since(began).Seconds(),
			"status": status, "text": text,
		})
		time.Sleep(500 * time.Millisecond)
	}
	return all
}

func (f *fixture) report(all []map[string]any) control.Reported {
	raw, err := json.Marshal(all)
	if err != nil {
		f.Fatal(err)
	}
	a := f.call("POST", "/v1/requests", string(raw))
	f.wants(http.StatusOK, a)
	var r control.Reported
	if err := json.Unmarshal(a.body, &r); err != nil {
		f.Error(err)
	}
	return r
}

func (f *fixture) counters() control.Counters {
	var c control.Counters
	if err := json.Unmarshal(f.call("GET", "/v1/counters", "").body, &c); err != nil {
		f.Error(err)
	}
	return c
}

// What a fixture reports is judged as our own sender's requests are; what reached each
// provider is counted by phase meanwhile.
func TestFixtureReportsItsRequests(t *testing.T) {
	card := tested(t, false, func(f *fixture) {
		f.state("POST", "/v1/phases/jump", `{"phase": "baseline"}`)
		f.report(f.users(30))
		f.state("POST", "/v1/phases/jump", `{"phase": "surge"}`)
		during := f.users(30)
		if r := f.report(during); r.Taken != 30 || r.Known != 0 {
			t.Errorf("reported: %+v", r)
		}
		if r := f.report(during); r.Taken != 0 || r.Known != 30 {
			t.Errorf("reported again: %+v", r)
		}
		f.state("POST", "/v1/phases/jump", `{"phase": "recovery"}`)
		f.report(f.users(30))

		got := map[string][]control.PhaseArrivals{}
		for _, p := range f.counters().Phases {
			got[p.Phase] = p.Providers
		}
		want := map[string][]control.PhaseArrivals{
			"baseline": {{"primary", 30, 0, 0, 0}, {"secondary", 0, 0, 0, 0}},
			"surge":    {{"primary", 30, 30, 0, 0}, {"secondary", 30, 0, 0, 0}},
			"recovery": {{"primary", 30, 0, 0, 0}, {"secondary", 0, 0, 0, 0}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("what reached the providers, by phase (-want +got):\n%s", diff)
		}
		var soFar struct{ Card struct{ Join account.Join } }
		if err := json.Unmarshal(f.call("GET", "/v1/card?fresh=true", "").body, &soFar); err != nil || soFar.Card.Join.Attempts != 120 {
			t.Errorf("a fresh card knows %+v (%v), want 120 attempts", soFar.Card.Join, err)
		}
	})
	if card.Verdict != scorecard.Pass {
		t.Errorf("%s: %q", card.Verdict, card.Reasons)
	}
	// Two stand in the warm-up.
	want := map[string]map[string]int{"baseline": {"good": 28}, "surge": {"fallback": 30}, "recovery": {"good": 30}}
	if diff := cmp.Diff(want, card.Outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if !slices.ContainsFunc(card.Limits, func(l string) bool { return strings.HasPrefix(l, "90 requests were reported") }) {
		t.Errorf("the limits do not tell of reports: %q", card.Limits)
	}
}

// Without a report only the providers' side is measured, and nothing is said of users.
func TestFixtureThatReportsNothing(t *testing.T) {
	card := tested(t, true, func(f *fixture) {
		for i, n := range []int{4, 8, 4} {
			f.state("POST", "/v1/phases/hold", "")
			if s := f.state("GET", "/v1/state", ""); s.PhaseNo != i || !s.Held {
				t.Errorf("phase %d: %+v", i, s)
			}
			f.users(n)
			f.ask("a question without a nonce, that is asked in each phase")
			time.Sleep(time.Hour)
			f.state("POST", "/v1/phases/next", "")
		}
		var counted []string
		for _, p := range f.counters().Phases {
			counted = append(counted, fmt.Sprintf("%s %d, %d retries", p.Phase, p.Providers[0].Attempts, p.Providers[0].Retries))
		}
		if diff := cmp.Diff([]string{"baseline 5, 0 retries", "surge 9, 1 retries", "recovery 5, 1 retries", "healthy 0, 0 retries"}, counted); diff != "" {
			t.Errorf("what reached the primary (-want +got):\n%s", diff)
		}
	})
	if card.Verdict != scorecard.Inconclusive || card.Grade != "" {
		t.Errorf("verdict %s, grade %q: %q", card.Verdict, card.Grade, card.Reasons)
	}
	if want := []string{"the log has no user's request: all that is measured is what reached the providers"}; !slices.Equal(card.Reasons, want) {
		t.Errorf("reasons %q, want %q", card.Reasons, want)
	}
	measured := map[string]bool{}
	for _, m := range card.Metrics {
		measured[m.Name] = measured[m.Name] || m.Measured
	}
	for name, want := range map[string]bool{"availability": false, "ttft_p95": false, "error_rate": false, "failover_time": false, "pressure": true} {
		if measured[name] != want {
			t.Errorf("%s is measured: %v, want %v", name, measured[name], want)
		}
	}
}

// Who asks again before the Retry-After is over is counted, and who waits is not.
func TestEarlyRetriesAreCounted(t *testing.T) {
	tested(t, false, func(f *fixture) {
		f.call("POST", "/v1/faults", `{"provider": "primary", "kind": "rate_limit", "retry_after": "1m"}`)
		patient, hasty := f.questions(1)[0].Prompt, f.questions(1)[0].Prompt
		for _, pause := range []time.Duration{0, time.Minute, time.Hour} {
			time.Sleep(pause)
			f.ask(patient)
		}
		for range 3 {
			f.ask(hasty)
			time.Sleep(time.Second / 2)
		}
		want := control.PhaseArrivals{Provider: "primary", Attempts: 6, Faulted: 6, Retries: 4, Early: 2}
		if diff := cmp.Diff(want, f.counters().Phases[0].Providers[0]); diff != "" {
			t.Errorf("what reached the primary (-want +got):\n%s", diff)
		}
	})
}

// The steps of a tool loop share a nonce and are no retries, and what is asked again word
// for word is one, whichever step it is.
func TestStepsOfAToolLoopAreNoRetries(t *testing.T) {
	tested(t, false, func(f *fixture) {
		for _, question := range f.questions(2) {
			f.ask(question.Prompt)
			f.ask(question.Prompt + " The tool said: nothing found.")
			f.ask(question.Prompt + " The tool said: nothing found. And then: two.")
		}
		again := f.questions(1)[0].Prompt + " The tool said: three."
		f.ask(again)
		f.ask(again)
		want := control.PhaseArrivals{Provider: "primary", Attempts: 8, Retries: 1}
		if diff := cmp.Diff(want, f.counters().Phases[0].Providers[0]); diff != "" {
			t.Errorf("what reached the primary (-want +got):\n%s", diff)
		}
	})
}

// What cannot be is refused with its place, and nothing of it is taken.
func TestRefusedReports(t *testing.T) {
	const line = "Content-Type: application/x-ndjson"
	tested(t, false, func(f *fixture) {
		time.Sleep(10 * time.Second)
		nonce := f.questions(1)[0].Nonce
		for _, c := range []struct{ body, status, says string }{
			{`[{"took_s": 1, "status": 200}, {"tok_s": 1}]`, "422 requests", `request 2: unknown field "tok_s"; did you mean "took_s"?`},
			{`{"took_s": 1, "status": 200}` + "\n\n" + `{"took_s": "1s"}`, "422 requests", "line 3: took_s takes: number; found: string"},
			{`[3]`, "422 requests", "request 1: a request is a JSON object"},
			{`[{]`, "400 json", "the body:"},
			{``, "422 requests", "there is no request in the body"},
			{`[]`, "422 requests", "there is no request in the body"},
			{`[{"status": 200}]`, "422 requests", "neither sent nor took_s"},
			{`[{"sent": 1, "ended": 2, "took_s": 1, "status": 200}]`, "422 requests", "two of them"},
			{`[{"sent": 1, "ended": 999, "status": 200}]`, "422 requests", "is in the future"},
			{`[{"sent": "2999-01-01T00:00:00Z", "took_s": 1, "status": 200}]`, "422 requests", "is in the future"},
			{`[{"sent": "1999-01-01T00:00:00Z", "took_s": 1, "status": 200}]`, "422 requests", "before the drill"},
			{`[{"took_s": 60, "status": 200}]`, "422 requests", "before the drill"},
			{`[{"took_s": -1, "status": 200}]`, "422 requests", "took_s is -1"},
			{`[{"sent": 5, "ended": 4, "status": 200}]`, "422 requests", "ended 1s before it was sent"},
			{`[{"sent": 5, "ended": 6, "ttft_s": 3, "status": 200}]`, "422 requests", "its text began at 8s"},
			{`[{"took_s": 1}]`, "422 requests", "how is missing: there is no status"},
			{`[{"took_s": 1, "status": 200, "error": "oops"}]`, "422 requests", "how is missing: there is an error"},
			{`[{"took_s": 1, "how": "exploded"}]`, "422 requests", "there are complete, timeout"},
			{`[{"took_s": 1, "how": "complete"}]`, "422 requests", "has no status"},
			{`[{"took_s": 1, "status": 1000}]`, "422 requests", "none of HTTP"},
			{`[{"took_s": 1, "status": 200, "nonce": "42"}]`, "422 requests", "POST /v1/questions gives some"},
			{`[{"took_s": 1, "status": 200, "journey": "chess"}]`, "422 requests", "there are chat"},
			{`[{"took_s": 1, "status": 200, "id": "` + strings.Repeat("x", 201) + `"}]`, "422 requests", "id has 201 bytes"},
			{"[" + strings.Repeat(`{"took_s": 1, "status": 200},`, 1000) + `{"took_s": 1, "status": 200}]`, "413 requests", "1001 requests at once"},
			{`[{"took_s": 1, "status": 200, "text": "` + strings.Repeat("x", 4<<20) + `"}]`, "413 body", "allowed: 4194304"},
		} {
			headers := []string{}
			if strings.Contains(c.body, "\n") {
				headers = append(headers, line)
			}
			a := f.call("POST", "/v1/requests", c.body, headers...)
			code := f.wants(a.status, a)
			if got := fmt.Sprint(a.status, " ", code); got != c.status || !strings.Contains(string(a.body), strings.ReplaceAll(c.says, `"`, `\"`)) {
				t.Errorf("%.80s: %s %s; want %s %q", c.body, got, a.body, c.status, c.says)
			}
		}
		f.wants(http.StatusUnprocessableEntity, f.call("POST", "/v1/questions", `{"count": 1001}`))
		f.wants(http.StatusUnprocessableEntity, f.call("POST", "/v1/questions", `{"journey": "chess"}`))
		f.wants(http.StatusUnprocessableEntity, f.call("GET", "/v1/card?fresh=maybe", ""))
		if bytes.Contains(f.log.Bytes(), []byte(`"user"`)) {
			t.Error("something of what was refused was written down")
		}
		if f.ask("hello " + nonce); !bytes.Contains(f.log.Bytes(), []byte(`"service":"search"`)) {
			t.Error("which service called is not in the log")
		}
		// What is hidden elsewhere is hidden here.
		status, _ := f.ask("hello " + nonce)
		a := f.call("POST", "/v1/requests", fmt.Sprintf(
			`{"nonce": %q, "took_s": 0.1, "how": "cut", "status": %d, "error": "bad key sk-test-of-a-fixture", "text": "sk-test-of-a-fixture"}`, nonce, status), line)
		f.wants(http.StatusOK, a)
		if log := f.log.Bytes(); bytes.Contains(log, []byte("sk-test")) || !bytes.Contains(log, []byte(`"leak":true`)) {
			t.Errorf("the log shows a key, or not that the app did: %s", log)
		}
	})
}

// A drill that sends its users' requests itself takes no others.
func TestOwnTrafficTakesNoReports(t *testing.T) {
	led(t, func(l *leader) {
		time.Sleep(2 * time.Second)
		a := l.call("POST", "/v1/requests", `[{"took_s": 1, "status": 200}]`)
		l.wants(http.StatusUnprocessableEntity, a)
		if !strings.Contains(string(a.body), "sends its users' requests itself") {
			l.Errorf("%s", a.body)
		}
		l.wants(http.StatusUnprocessableEntity, l.call("POST", "/v1/questions", ""))
		l.state("POST", "/v1/stop", "")
	})
}
