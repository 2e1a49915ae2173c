package drilltest_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// edge is how near a phase's beginning or end a request is too near: on sockets
// it may arrive on the other side.
const edge = 250 * time.Millisecond

// resolution is what times on sockets may differ by: a busy machine's delays.
const resolution = 100 * time.Millisecond

// The same scenario, seed and app, on real sockets in real time and in a bubble:
// every request meets the same fate and its user gets the same. A drill that the
// machine was too busy to keep the schedule of says nothing, and is played again.
func TestDrillsOnSocketsAndInMemory(t *testing.T) {
	apps := planted()
	logs, errs := make([][]byte, len(apps)), make([]error, len(apps))
	var playing sync.WaitGroup
	for i, app := range apps {
		playing.Go(func() { logs[i], errs[i] = onSockets(t.Context(), app.make) })
	}
	playing.Wait()
	for i, app := range apps {
		t.Run(app.name, func(t *testing.T) {
			for again := 0; again < 3 && errs[i] == nil && late(t, logs[i]); again++ {
				logs[i], errs[i] = onSockets(t.Context(), app.make)
			}
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			compareDrills(t, logs[i], drilltest.Run(t, agreeScenario, app.make).Log)
		})
	}
}

// late says whether a request was sent so late that it may have met another fate.
func late(t *testing.T, log []byte) bool {
	t.Helper()
	requests, _ := requestsOf(t, log)
	for _, r := range requests {
		if r.user.Sent == nil || (*r.user.Sent-r.user.Due).Float() > resolution.Seconds() {
			return true
		}
	}
	return false
}

const agreeScenario = "testdata/agree.drill.yaml"

// compareDrills compares request by request what is not too near to an edge.
func compareDrills(t *testing.T, onSockets, inMemory []byte) {
	t.Helper()
	sockets, sCard := requestsOf(t, onSockets)
	memory, mCard := requestsOf(t, inMemory)
	compared := 0
	for nonce, was := range sockets {
		is := memory[nonce]
		if was.edgy(sCard) || is.edgy(mCard) {
			continue
		}
		compared++
		if diff := gocmp.Diff(was.String(), is.String()); diff != "" {
			t.Errorf("request %s (-sockets +memory):\n%s", nonce, diff)
		}
	}
	if least := len(memory) / 2; len(sockets) != len(memory) || compared < least {
		t.Errorf("%d requests on sockets, %d in memory, %d compared; want %d or more", len(sockets), len(memory), compared, least)
	}
	compareMetrics(t, sCard, mCard, len(memory)-compared)
}

type plantedApp struct {
	name string
	make func(drilltest.Env) http.Handler
}

func planted() []plantedApp {
	return []plantedApp{
		{"trusting", func(env drilltest.Env) http.Handler { return newChain(env, 0, "primary") }},
		{"impatient", func(env drilltest.Env) http.Handler { return newChain(env, time.Second, "primary") }},
		{"retrying", func(env drilltest.Env) http.Handler {
			return newChain(env, time.Second, "primary", "primary", "primary")
		}},
		{"falling back", func(env drilltest.Env) http.Handler { return newChain(env, time.Second, "primary", "secondary") }},
		{"degrading", func(env drilltest.Env) http.Handler {
			c := newChain(env, time.Second, "primary")
			c.template = "We are busy, please come back."
			return c
		}},
	}
}

// onSockets plays the drill in real time and returns its log.
func onSockets(ctx context.Context, app func(drilltest.Env) http.Handler) ([]byte, error) {
	plan, problems := scenarios.Load(agreeScenario, scenarios.Options{AnyPorts: true, HaveApp: true})
	if plan == nil {
		return nil, fmt.Errorf("load the scenario: %v", problems)
	}
	var log bytes.Buffer
	err := drill.Run(ctx, plan, drill.Options{Log: &log, App: drill.Handler("planted", func(place drill.Place) (http.Handler, func(), error) {
		env, end := drilltest.EnvOf(place)
		return app(env), end, nil
	})})
	return log.Bytes(), err
}

// request is what became of one user request.
type request struct {
	user     record.User
	attempts []record.Attempt
}

// String is all but times.
func (r request) String() string {
	s := fmt.Sprintf("%s %d told=%v degraded=%v restarts=%d", r.user.How, r.user.Status, r.user.Told, r.user.Degraded, r.user.Restarts)
	if a := r.user.Answer; a != nil {
		s += fmt.Sprintf(" complete=%v words=%d of %s", a.Complete, a.Words, a.Provider)
	}
	// The log has them in the order in which they ended.
	byArrival := slices.SortedFunc(slices.Values(r.attempts), func(a, b record.Attempt) int {
		return cmp.Compare(a.Arrived, b.Arrived)
	})
	for _, a := range byArrival {
		s += fmt.Sprintf("\n%s %d: %d %s %s %s left=%v", a.Provider, a.Nth, a.Status, a.Kind, a.At, a.Finish, a.Left != nil)
	}
	return s
}

func (r request) edgy(card *scorecard.Card) bool {
	for _, p := range card.Phases {
		for _, a := range r.attempts {
			if math.Abs(a.Arrived.Float()-p.Start.Float()) < edge.Seconds() {
				return true
			}
		}
	}
	return false
}

func requestsOf(t *testing.T, log []byte) (map[string]request, *scorecard.Card) {
	t.Helper()
	requests := map[string]request{}
	for e, err := range record.Read(bytes.NewReader(log)) {
		if err != nil {
			t.Fatal(err)
		}
		if u := e.Line.User; u != nil {
			r := requests[u.Nonce]
			r.user = *u
			requests[u.Nonce] = r
		}
		if a := e.Line.Attempt; a != nil {
			r := requests[a.Nonce]
			r.attempts = append(r.attempts, *a)
			requests[a.Nonce] = r
		}
	}
	card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatal(err)
	}
	return requests, card
}

// compareMetrics holds the metrics of both worlds against each other: shares and
// counts differ by the requests at the edges alone, medians by the resolution.
func compareMetrics(t *testing.T, sockets, memory *scorecard.Card, edgy int) {
	t.Helper()
	for _, was := range sockets.Metrics {
		for _, is := range memory.Metrics {
			if was.Name != is.Name || was.Phase != is.Phase || was.Journey != is.Journey || was.Provider != is.Provider {
				continue
			}
			if was.Journey != "" || was.Value == nil || is.Value == nil || was.N == 0 {
				continue
			}
			var allowed float64
			switch was.Name {
			case "availability", "error_rate", "fallback_share", "degraded_share":
				allowed = float64(edgy) / float64(was.N)
			case "ttft_p50", "latency_p50":
				allowed = resolution.Seconds()
			default:
				continue
			}
			t.Logf("%-16s %-9s sockets %.4f  memory %.4f", was.Name, was.Phase, *was.Value, *is.Value)
			if math.Abs(*was.Value-*is.Value) > allowed {
				t.Errorf("%s in %q is %.4f on sockets and %.4f in memory", was.Name, was.Phase, *was.Value, *is.Value)
			}
		}
	}
}
