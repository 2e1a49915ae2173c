package drill_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/compare"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// alikeRuns is how many drills, each with a seed of its own, are compared with one of
// the same seed and with each other. Forty take a minute or two; .ci/nightly asks for
// them.
var alikeRuns = flag.Int("alike-runs", 0, "how many drills to compare with their like")

// compared is a performance as a side of a comparison.
func compared(t *testing.T, name string, p performance) compare.Run {
	t.Helper()
	fates, err := scorecard.Fates(record.Read(bytes.NewReader(p.log)))
	if err != nil {
		t.Fatal(err)
	}
	return compare.Run{Name: name, Card: p.card, Fates: slices.Collect(fates)}
}

// Drills of real apps are paired by what users ask: an app does not differ from itself,
// and a better one is better.
func TestDrillsAreCompared(t *testing.T) {
	again := compared(t, "again", perform(t, "ai-brownout", "resilient", 3))
	resilient := compared(t, "resilient", perform(t, "ai-brownout", "resilient", 3))
	naive := compared(t, "naive", perform(t, "ai-brownout", "naive", 3))
	same := compare.Of([]compare.Run{again}, []compare.Run{resilient})
	if same.Verdict != compare.NoDifference || same.Users.Lost+same.Users.Saved > 0 || same.Pairing.AloneA+same.Pairing.AloneB > 0 {
		t.Errorf("the same twice: %s, %s, %+v", same.Verdict, same.Sentence, same.Pairing)
	}
	better := compare.Of([]compare.Run{naive}, []compare.Run{resilient})
	if better.Verdict != compare.Improvement || better.Users.Saved < 100 || better.Users.Lost > 10 {
		t.Errorf("naive → resilient: %s, %s", better.Verdict, better.Sentence)
	}
	worse := compare.Of([]compare.Run{resilient}, []compare.Run{naive})
	if worse.Verdict != compare.Regression {
		t.Errorf("resilient → naive: %s, %s", worse.Verdict, worse.Sentence)
	}
}

// Drills of an app that differ by its own dice alone, and halves of drills with other
// seeds, do not differ: at most one comparison in twenty may claim that.
func TestAlikeDrillsDoNotDiffer(t *testing.T) {
	var pool []compare.Run
	claimed := 0
	for seed := range uint64(*alikeRuns) {
		one := compared(t, fmt.Sprint(seed), performedAs(t, "ai-brownout", seed, drill.Options{App: seededBot("resilient", 1)}))
		two := compared(t, fmt.Sprint(seed, "'"), performedAs(t, "ai-brownout", seed, drill.Options{App: seededBot("resilient", 2)}))
		if c := compare.Of([]compare.Run{one}, []compare.Run{two}); c.Verdict != compare.NoDifference {
			claimed++
			t.Logf("seed %d: %s", seed, c.Sentence)
		}
		pool = append(pool, one)
	}
	wanted(t, "pairs", claimed, len(pool))
	if len(pool) < 8 {
		return
	}
	dice := rand.New(rand.NewPCG(1, 1))
	const halves = 1000
	claimed = 0
	for range halves {
		dice.Shuffle(len(pool), func(i, k int) { pool[i], pool[k] = pool[k], pool[i] })
		n := min(len(pool)/2, 6)
		if c := compare.Of(pool[:n], pool[n:2*n]); c.Verdict != compare.NoDifference {
			claimed++
		}
	}
	wanted(t, "halves", claimed, halves)
}

// wanted says how many comparisons claim what is not, and wants few.
func wanted(t *testing.T, what string, claimed, of int) {
	t.Helper()
	t.Logf("%d of %d %s claim a difference that is none", claimed, of, what)
	if claimed*20 > of {
		t.Error("more than one in twenty")
	}
}
