package compare_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/compare"
)

// aaPairs is how many pairs of alike runs are compared. A thousand take a minute or
// two; .ci/nightly asks for them.
var aaPairs = flag.Int("aa-pairs", 20, "how many pairs of runs of one law to compare, paired and unpaired each")

// claims gives the rows that a comparison claims to differ.
func claims(c *compare.Comparison) []string {
	var all []string
	for _, r := range c.Rows {
		if r.Claim == compare.Better || r.Claim == compare.Worse {
			all = append(all, fmt.Sprintf("%s %s (p %.2g)", r.Name(), r.Claim, *r.P))
		}
	}
	return all
}

// Of comparisons of an app with itself at most one in twenty may claim that anything
// differs.
func TestAlikeRunsDoNotDiffer(t *testing.T) {
	for name, l := range map[string]law{"steady": steady(), "moody": moody()} {
		t.Run(name+"/paired", func(t *testing.T) {
			wrong, claimed := 0, map[string]int{}
			for i := range uint64(*aaPairs) {
				c := compare.Of([]compare.Run{l.run(t, i, 0)}, []compare.Run{l.run(t, i, 1)})
				if c.Method != compare.ByPairs || c.Judged < 5 {
					t.Fatalf("%s: %s, %d rows judged", c.Method, c.Because, c.Judged)
				}
				if found := claims(c); len(found) > 0 {
					wrong++
					for _, claim := range found {
						claimed[claim]++
					}
				}
			}
			report(t, wrong, claimed)
		})
		t.Run(name+"/unpaired", func(t *testing.T) {
			var pool []compare.Run
			for i := range uint64(40) {
				r := l.run(t, i, i)
				r.Fates = nil
				pool = append(pool, r)
			}
			wrong, claimed := 0, map[string]int{}
			dice := rand.New(rand.NewPCG(1, 1))
			for range *aaPairs {
				dice.Shuffle(len(pool), func(i, k int) { pool[i], pool[k] = pool[k], pool[i] })
				c := compare.Of(pool[:6], pool[6:12])
				if c.Method != compare.ByRuns {
					t.Fatalf("%s: %s", c.Method, c.Because)
				}
				if found := claims(c); len(found) > 0 {
					wrong++
					for _, claim := range found {
						claimed[claim]++
					}
				}
			}
			report(t, wrong, claimed)
		})
	}
}

// report says how many comparisons claimed what is not, and fails where they are too
// many.
func report(t *testing.T, wrong int, claimed map[string]int) {
	t.Helper()
	t.Logf("%d of %d comparisons claim a difference that is none", wrong, *aaPairs)
	if wrong*20 > *aaPairs {
		t.Errorf("more than one in twenty: %v", claimed)
	}
}
