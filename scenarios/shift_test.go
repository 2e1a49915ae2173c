package scenarios_test

import (
	"math"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
)

const shiftable = `
version: 1
name: shiftable
providers: {primary: {dialect: openai}}
traffic: {target: "http://127.0.0.1:8000", journeys: {chat: {rate: 10/s, request: {path: /chat, text: "{{prompt}}"}}}}
phases:
  - {name: baseline, for: 30s}
  - {name: surge, for: 60s, faults: [{provider: primary, kind: rate_limit, until: 55s}], do: [{after: 50s, request: {path: /x}}]}
  - {name: quiet, for: 10s}
  - {name: down, for: 60s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 40s}
`

func shifted(t *testing.T, seed uint64, share float64) *scenarios.Plan {
	t.Helper()
	files := fstest.MapFS{"x.yaml": {Data: []byte(shiftable)}}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, Seed: &seed, Shift: share})
	if plan == nil {
		t.Fatal(problems)
	}
	return plan
}

// Beginnings of phases move within the share of the shorter neighbour, the drill's
// ends stay, and no phase becomes too short for what stands in it.
func TestShift(t *testing.T) {
	written := shifted(t, 1, 0)
	if written.Shifts != nil {
		t.Errorf("without a share: %v", written.Shifts)
	}
	moved, earlier, later := 0, 0, 0
	for seed := range uint64(50) {
		share := []float64{0.1, scenarios.MostShift}[seed%2]
		plan := shifted(t, seed, share)
		if plan.Length != written.Length || plan.Phases[0].From != 0 {
			t.Fatalf("seed %d: %s long", seed, plan.Length)
		}
		for i, p := range plan.Phases[1:] {
			was, before := written.Phases[i+1], written.Phases[i]
			by := p.From - was.From
			most := share * min(was.To-was.From, before.To-before.From).Seconds()
			if math.Abs(by.Seconds()) > most+1e-9 {
				t.Errorf("seed %d: %s is moved by %s, the most is %g s", seed, p.Name, by, most)
			}
			if p.From != plan.Phases[i].To || p.To-p.From < (was.To-was.From)/5 {
				t.Errorf("seed %d: %s lasts from %s to %s", seed, p.Name, p.From, p.To)
			}
			switch {
			case by < 0:
				earlier++
			case by > 0:
				later++
			}
		}
		moved += len(plan.Shifts)
		for _, s := range plan.Shifts {
			for i, p := range plan.Phases {
				if p.Name == s.Phase && (p.From != s.To || written.Phases[i].From != s.From) {
					t.Errorf("seed %d: %+v of %s", seed, s, p.From)
				}
			}
		}
	}
	if moved != earlier+later || earlier < 40 || later < 40 {
		t.Errorf("%d moves are told, %d were earlier and %d later", moved, earlier, later)
	}
}

// The same seed moves them alike, another otherwise, and what was played says so
// without being moved again.
func TestShiftBySeed(t *testing.T) {
	one, again, other := shifted(t, 7, 0.1), shifted(t, 7, 0.1), shifted(t, 8, 0.1)
	if diff := cmp.Diff(one.Phases, again.Phases); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(one.Phases, other.Phases) || one.Hash == shifted(t, 7, 0).Hash {
		t.Error("two seeds, or none, make the same phases or hash")
	}
	files := fstest.MapFS{"y.yaml": {Data: one.Resolved}}
	played, problems := scenarios.Load("y.yaml", scenarios.Options{FS: files})
	if played == nil {
		t.Fatal(problems)
	}
	if diff := cmp.Diff(one.Phases, played.Phases); diff != "" || played.Hash != one.Hash {
		t.Errorf("the resolved scenario: %s", diff)
	}
	if at := one.Phases[1].From; at%(100*time.Millisecond) != 0 {
		t.Errorf("the surge begins at %s", at)
	}
}
