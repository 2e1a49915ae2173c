package drill_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// lateApp is an app that is ready after a while and asks the primary what it is
// asked. It says when it was started and when it was first called.
func lateApp(network *memnet.Net, readyAfter time.Duration, started, called *time.Time) drill.App {
	return drill.Handler("late", func(place drill.Place) (http.Handler, func(), error) {
		*started = time.Now()
		time.Sleep(readyAfter)
		base := variable(place.Env, "OPENAI_BASE_URL")
		transport := &http.Transport{DialContext: network.Dial}
		client := &http.Client{Transport: transport}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if called.IsZero() {
				*called = time.Now()
			}
			key := variable(place.Env, "OPENAI_API_KEY")
			body := `{"model":"gpt-4o","messages":[{"role":"user","content":"` + r.URL.Query().Get("q") + `"}]}`
			req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, base+"/chat/completions", strings.NewReader(body))
			if err != nil {
				panic(err)
			}
			req.Header.Set("Authorization", "Bearer "+key)
			resp, err := client.Do(req)
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			resp.Body.Close()
		}), transport.CloseIdleConnections, nil
	})
}

const relayScenario = `
version: 1
name: relayed
providers: {primary: {dialect: openai}}
traffic:
  journeys: {chat: {rate: 1/s, request: {path: "/?q={{nonce}}"}}}
phases:
  - {name: baseline, for: 3s}
`

func loadRelayed(t *testing.T) *scenarios.Plan {
	t.Helper()
	plan, problems := load(t, relayScenario)
	if plan == nil {
		t.Fatal(problems)
	}
	return plan
}

// A drill with an appointment waits, prepares shortly before it, and its clock
// starts at that moment to the nanosecond, with a monotonic reading: whoever sets
// the machine's clock after that does not move the drill.
func TestAppointedDrillBeginsOnTime(t *testing.T) {
	plan := loadRelayed(t)
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		var started, called time.Time
		var log bytes.Buffer
		opts := drill.Options{App: lateApp(network, 4*time.Second, &started, &called), Log: &log, Net: drill.Net{Listen: network.Listen, Dial: network.Dial}}
		opts.At = time.Now().Add(10*time.Hour + 123456789).Round(0)
		var sawStart time.Time
		opts.Watch = func(context.Context, *drill.Live) { sawStart = time.Now() }
		if err := drill.Run(t.Context(), plan, opts); err != nil {
			t.Fatal(err)
		}
		if !sawStart.Equal(opts.At) {
			t.Errorf("the clock started at %v, want %v", sawStart, opts.At)
		}
		if ahead := opts.At.Sub(started); ahead <= 0 || ahead > opts.Ahead() {
			t.Errorf("the app was started %v before, want at most %v", ahead, opts.Ahead())
		}
		if !called.Before(opts.At) {
			t.Errorf("the canary came at %v, after the start", called)
		}
		for e, err := range record.Read(&log) {
			if err != nil {
				t.Fatal(err)
			}
			if s := e.Line.Setup; s != nil && !s.StartedAt.Equal(opts.At) {
				t.Errorf("the log says that it began at %v, want %v", s.StartedAt, opts.At)
			}
			if u := e.Line.User; u != nil && u.Sent.Duration() != u.Due.Duration() {
				t.Errorf("request %d was due at %v and sent at %v", u.N, u.Due.Duration(), u.Sent.Duration())
			}
		}
	})
}

// An app that takes too long to get ready does not begin late: it does not begin.
func TestAppointmentThatIsMissed(t *testing.T) {
	plan := loadRelayed(t)
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		var started, called time.Time
		err := drill.Run(t.Context(), plan, drill.Options{
			App: lateApp(network, time.Minute, &started, &called), Log: new(bytes.Buffer), Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
			At: time.Now().Add(50 * time.Second),
		})
		late, ok := errors.AsType[*drill.LateError](err)
		if !ok || late.Late < 20*time.Second {
			t.Errorf("err = %v, want that it was late by more than 20s", err)
		}
	})
}

// Nothing is started by somebody who gives up waiting.
func TestAppointmentThatIsGivenUp(t *testing.T) {
	plan := loadRelayed(t)
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		var started, called time.Time
		var log bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		err := drill.Run(ctx, plan, drill.Options{
			App: lateApp(network, 0, &started, &called), Log: &log, Net: drill.Net{Listen: network.Listen, Dial: network.Dial}, At: time.Now().Add(2 * time.Hour),
		})
		if !errors.Is(err, context.DeadlineExceeded) || !started.IsZero() || log.Len() > 0 {
			t.Errorf("err = %v, the app was started at %v, the log is %q", err, started, log.String())
		}
	})
}

// Check finds everything that keeps a drill from beginning, and starts nothing.
func TestCheck(t *testing.T) {
	plan := loadRelayed(t)
	network := memnet.New()
	var started, called time.Time
	app := lateApp(network, 0, &started, &called)
	if err := drill.Check(t.Context(), plan, drill.Options{App: app, Net: drill.Net{Listen: network.Listen, Dial: network.Dial}}); err != nil {
		t.Errorf("nothing is wrong, and it is %v", err)
	}
	if !started.IsZero() || len(network.Open()) > 0 {
		t.Errorf("the app was started at %v, open: %v", started, network.Open())
	}
	held, err := network.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	away := *plan
	away.Target = "http://elsewhere.test"
	away.Providers = slices.Clone(plan.Providers)
	away.Providers[0].Listen = held.Addr().String()
	err = drill.Check(t.Context(), &away, drill.Options{App: drill.Running(away.Target), Net: drill.Net{Listen: network.Listen, Dial: network.Dial}})
	if _, ok := errors.AsType[*drill.TargetError](err); !ok {
		t.Errorf("err = %v, want a target error", err)
	}
	if _, ok := errors.AsType[*drill.PortError](err); !ok {
		t.Errorf("err = %v, want a port error", err)
	}
	if _, ok := errors.AsType[*drill.NotReadyError](err); !ok {
		t.Errorf("err = %v, want that the app is not there", err)
	}
}
