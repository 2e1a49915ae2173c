package compare_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchmath"

	"github.com/seed-76a9de92/brownout/scorecard/compare"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

var updateReadme = flag.Bool("update", false, "write the table of README.md anew")

// A change is a drop of availability that a comparison is to find, on a window of so
// many requests, twenty a second.
type change struct {
	from, to float64
	requests int
	// dice is the share of failures before the change that are the app's own; the
	// others are the scenario's luck, and so the same in both runs of a pair.
	dice float64
}

// What the table is of.
const (
	perSecond = 20
	judgedRow = 5   // rows that the claims are corrected for
	tried     = 400 // comparisons to estimate a power from
	mostRuns  = 40
)

// testimony draws a run before the change and one after it, and gives what each
// second testifies, and the availability of both.
func (c change) testimony(dice *rand.Rand) (sums []int, before, after float64) {
	luck, own := (1-c.from)*(1-c.dice), (1-c.from)*c.dice
	worse := 1 - c.to - luck // its own share of failures after the change
	ok := [2]int{}
	for range c.requests / perSecond {
		sum := 0
		for range perSecond {
			lost := dice.Float64() < luck
			a, b := !lost && dice.Float64() >= own/(1-luck), !lost && dice.Float64() >= worse/(1-luck)
			switch {
			case a && !b:
				sum--
			case b && !a:
				sum++
			}
			if a {
				ok[0]++
			}
			if b {
				ok[1]++
			}
		}
		if sum != 0 {
			sums = append(sums, sum)
		}
	}
	return sums, float64(ok[0]) / float64(c.requests), float64(ok[1]) / float64(c.requests)
}

// paired is the p value of so many pairs of runs.
func (c change) paired(runs int, dice *rand.Rand) float64 {
	var all []int
	for range runs {
		sums, _, _ := c.testimony(dice)
		all = append(all, sums...)
	}
	return compare.SignFlip(all)
}

// unpaired is the p value of so many runs a side.
func (c change) unpaired(runs int, dice *rand.Rand) float64 {
	var a, b []float64
	for range runs {
		_, before, after := c.testimony(dice)
		a, b = append(a, before), append(b, after)
	}
	alpha := benchmath.DefaultThresholds
	return benchmath.AssumeNothing.Compare(benchmath.NewSample(a, &alpha), benchmath.NewSample(b, &alpha)).P
}

// needed is the smallest number of runs with which four in five comparisons claim the
// change.
func needed(from int, p func(runs int, dice *rand.Rand) float64) string {
	for runs := from; runs <= mostRuns; runs++ {
		dice := rand.New(rand.NewPCG(uint64(runs), 9))
		claimed := 0
		for i := range tried {
			if p(runs, dice)*judgedRow <= 0.05 {
				claimed++
			}
			if claimed+tried-i-1 < tried*4/5 {
				break
			}
		}
		if claimed >= tried*4/5 {
			return fmt.Sprint(runs)
		}
	}
	return fmt.Sprintf("> %d", mostRuns)
}

// row is a row of the table.
func (c change) row() string {
	own, luck := c, c
	own.dice, luck.dice = 1, 0
	return fmt.Sprintf("| %s → %s | %s | %s | %s | %s |",
		words.Figure(c.from, "share"), words.Figure(c.to, "share"), words.Figure(float64(c.requests), "count"),
		needed(4, own.unpaired), needed(1, own.paired), needed(1, luck.paired))
}

// The README says how many runs it takes to find a drop of two points. Its rows are
// drawn again: all of them with -update, else the shortest ones.
func TestRunsNeeded(t *testing.T) {
	raw, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, from := range []float64{0.99, 0.95, 0.90} {
		for _, n := range []int{300, 600, 1200, 3600, 12000} {
			if *updateReadme || n >= 1200 && n <= 3600 && from == 0.99 {
				rows = append(rows, change{from: from, to: from - 0.02, requests: n}.row())
			}
		}
	}
	if !*updateReadme {
		for _, row := range rows {
			if !strings.Contains(string(raw), row+"\n") {
				t.Errorf("README.md lacks %s (write it with -update)", row)
			}
		}
		return
	}
	table := regexp.MustCompile(`(?s)(\| availability [^\n]*\n\|[-:|]*\n).*?\n\n`)
	text := table.ReplaceAllString(string(raw), "${1}"+strings.Join(rows, "\n")+"\n\n")
	if diff := cmp.Diff(string(raw), text); diff != "" {
		t.Logf("README.md:\n%s", diff)
	}
	if err := os.WriteFile("README.md", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
