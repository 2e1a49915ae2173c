package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A fact is one line of how a drill was made.
type fact struct{ Name, Value string }

// facts says what was played, on what, and how much of it was seen.
func (v *view) facts() []fact {
	c := v.card
	facts := []fact{
		{"scenario", v.Scenario},
		{"sha256 of it", cmp.Or(plain.Text(c.Scenario.Hash), "unknown")},
		{"seed", strconv.FormatUint(c.Scenario.Seed, 10)},
		{"app", v.App},
		{"started", v.Started},
		{"length", v.Length},
		{"brownout", cmp.Or(plain.Text(c.Brownout), "of unknown version") + ", card format " + strconv.Itoa(c.Schema)},
	}
	if c.Machine != "" {
		facts = append(facts, fact{"machine", plain.Text(c.Machine)})
	}
	var offered []string
	for _, j := range v.Journeys {
		offered = append(offered, j.Name+" "+j.Offered)
	}
	facts = append(facts, fact{"requests", strings.Join(append([]string{v.Requests}, offered...), " · ")})
	if j := c.Join; j.Attempts > 0 {
		facts = append(facts, fact{
			"attempts",
			words.Figure(float64(j.Attempts), "count") + " reached a provider; " + words.Figure(j.Share, "share") +
				" of them were joined to the request that they were made for",
		})
	}
	return facts
}

// A term is a metric and what it means.
type term struct{ Name, Doc string }

// terms explains the metrics that the page shows bars on or rests a dimension on.
func (v *view) terms() []term {
	shown := map[string]bool{}
	for _, b := range v.card.Bars {
		shown[b.Metric] = true
	}
	for _, d := range v.card.Dimensions {
		for _, m := range d.Rests {
			shown[m.Name] = true
		}
	}
	var terms []term
	for _, m := range measure.Metrics() {
		if shown[m.Name] {
			terms = append(terms, term{m.Name, m.Doc})
		}
	}
	return terms
}

// longestSource is how many lines of a scenario a page shows.
const longestSource = 1000

// source is the resolved scenario, each line made fit to be shown.
func (v *view) source() (text string, more int) {
	if v.card.Resolved == "" {
		return "", 0
	}
	lines := strings.Split(strings.TrimRight(v.card.Resolved, "\n"), "\n")
	if more = len(lines) - longestSource; more > 0 {
		lines = lines[:longestSource]
	}
	return strings.Join(plain.Texts(lines), "\n"), max(more, 0)
}

// mostMeasures bounds the table of measures; card.json has them all.
const mostMeasures = 1200

// shownMeasures picks the measures for a page: those of everything pooled before
// those of a journey or provider alone, what was measured before what was not, in
// the order of the card.
func (v *view) shownMeasures() []measureView {
	rank := func(m measureView) int {
		switch {
		case m.pooled && m.measured:
			return 0
		case m.measured:
			return 1
		case m.pooled:
			return 2
		}
		return 3
	}
	room := mostMeasures
	var kept [4]int // of each rank
	for r := range kept {
		for _, m := range v.Measures {
			if rank(m) == r && room > 0 {
				kept[r]++
				room--
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(v.Measures), func(m measureView) bool {
		r := rank(m)
		kept[r]--
		return kept[r] < 0
	})
}
