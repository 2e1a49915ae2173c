package main_test

import (
	"cmp"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/seed-76a9de92/brownout/examples/planted/app"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scenarios/par"
)

// foresight knows the best of all courses for each request of a scenario.
func foresight(t *testing.T, scenario string) func(message string) app.Advice {
	t.Helper()
	path := filepath.Join(t.TempDir(), "planted.drill.yaml")
	if err := os.WriteFile(path, []byte(scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, problems := scenarios.Load(path, scenarios.Options{AnyPorts: true, HaveApp: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var mu sync.Mutex
	courses := map[string][]par.Course{} // that are left, by nonce
	for _, c := range par.Courses(plan) {
		courses[c.Nonce] = append(courses[c.Nonce], c)
	}
	return func(message string) app.Advice {
		mu.Lock()
		defer mu.Unlock()
		for _, nonce := range answer.Find(message) {
			if left := courses[nonce]; len(left) > 0 {
				courses[nonce] = left[1:]
				c := left[0]
				return app.Advice{Kept: c.Kept, Provider: c.Provider, Wait: c.Wait, Doomed: c.Try - 1}
			}
		}
		return app.Advice{Provider: "primary"} // the canary is in no plan
	}
}

// An app that knows all draws beforehand does as well as par says that anybody can:
// within a point, and no better.
func TestClairvoyantReachesPar(t *testing.T) {
	const both = "{provider: [primary, secondary], kind: "
	for i, d := range []app.Drill{
		{Name: "down", Faults: []string{both + "server_error, until: 10s}"}},
		{Name: "dark", Faults: []string{both + "server_error}"}},
		{Name: "refused", Faults: []string{both + "refuse, until: 6s}"}},
		{Name: "flaky", Faults: []string{both + "server_error, share: 60%}"}},
		{Name: "silent", Faults: []string{both + "hang, share: 50%}"}},
		{Name: "breaking", Faults: []string{both + "abort, at: {token: 5}, share: 50%}", "{provider: secondary, kind: slow, factor: 3}"}},
		{Name: "slow", Faults: []string{both + "slow, factor: {ttft: 30}, until: 12s}"}},
		{Name: "slow for some", Faults: []string{both + "slow, factor: {ttft: 30}, share: 70%}"}},
		{Name: "cycling", Faults: []string{both + "overloaded, cycle: {bad: 4s, ok: 1s}}"}},
		{Name: "in turns", Faults: []string{"{provider: primary, kind: rate_limit, cycle: {bad: 4s, ok: 4s}}", "{provider: secondary, kind: server_error, cycle: {bad: 3s, ok: 5s}}"}},
		{Name: "limited", Faults: []string{"{provider: primary, kind: server_error}"}, Secondary: "limits: {requests: 125/min}"},
		{Name: "crowded", Faults: []string{"{provider: primary, kind: server_error}"}, Secondary: "capacity: {concurrency: 1, queue: 10}"},
		{Name: "remembering", Faults: []string{both + "server_error}"}, Users: "repeat: 40%"},
	} {
		if i%stride != 0 {
			continue
		}
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			d.Name = "outage"
			scenario := app.Scenario(d)
			foresee := foresight(t, scenario)
			card := drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
				cfg := config(env)
				cfg.Foresee = foresee
				return build(t, cfg)
			})
			for _, phase := range []string{"calm", "outage", "after-outage"} {
				m := card.Metric("availability", drilltest.Phase(phase))
				if m.Par == nil || m.Value == nil {
					t.Fatalf("%s is %v, par %v", m, m.Value, m.Par)
				}
				t.Logf("%s: %.4f, par %.4f", phase, *m.Value, *m.Par)
				if off := *m.Value - *m.Par; math.Abs(off) > 0.01 {
					t.Errorf("%s is %.4f, par %.4f: %+.1f points", m, *m.Value, *m.Par, 100*off)
				}
			}
			notBeyondPar(t, card)
		})
	}
}

// notBeyondPar checks that no figure is better than the best of all apps could have
// had it.
func notBeyondPar(t *testing.T, card *drilltest.Card) {
	t.Helper()
	held := map[string]int{}
	for _, m := range card.Metrics {
		if m.Par == nil || !m.Measured {
			continue
		}
		got := cmp.Or(m.Value, m.Low)
		if got == nil {
			continue
		}
		held[m.Name]++
		beyond := *m.Par - *got // of times, of which less is better
		if m.Name == "availability" {
			beyond = *got - *m.Par
		}
		if beyond > 1e-6 {
			t.Errorf("%s of %q in %q is %g, beyond par %g", m.Name, m.Journey, m.Phase, *got, *m.Par)
		}
	}
	if least := len(card.Phases); held["availability"] < least || held["ttft_p50"] < least/2 || held["latency_p50"] < least/2 {
		t.Errorf("few figures were held against par: %v", held)
	}
}
