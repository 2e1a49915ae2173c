package compare

import (
	"fmt"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Pairing says which runs and requests stand side by side.
type Pairing struct {
	Runs     int `json:"runs"`     // pairs of runs
	Requests int `json:"requests"` // pairs of requests, all runs together
	// AloneA and AloneB are requests of paired runs of which the other side does not
	// know what became.
	AloneA int `json:"alone_a"`
	AloneB int `json:"alone_b"`
}

// pairs are the requests of paired runs, and what of time they belong to.
type pairs struct {
	Pairing
	all []*pairOf
	on  map[window][]*pairOf // the same, by window
}

// A window is where a metric is measured; "" is the whole drill, or all journeys.
type window struct{ phase, journey string }

// A pairOf is one planned request as both sides saw it.
type pairOf struct {
	run   int // the n-th pair of runs, from 0
	a, b  scorecard.Fate
	phase string
}

// witness is what the pair testifies for: see signFlip.
type witness struct{ run, stretch int }

// shared is how long users share what an app has just made up its mind to.
const shared = 1 // s

func (p *pairOf) witness() witness {
	// The moments were planned, but a turn of a session may wait for the one before.
	return witness{p.run, int(min(p.a.Due, p.b.Due).Float() / shared)}
}

// question is a request as the plan knows it. A repeated question has the nonce of
// the first, so that its place among those with that nonce is part of it.
type question struct {
	nonce string
	nth   int
}

// pair pairs each run of a with the first run of b that has its seed and is not
// taken, and their requests by nonce.
func pair(a, b []Run) pairs {
	p := pairs{on: map[window][]*pairOf{}}
	taken := map[int]bool{}
	for _, left := range a {
		for i, right := range b {
			if taken[i] || left.Fates == nil || right.Fates == nil || left.Card.Scenario.Seed != right.Card.Scenario.Seed {
				continue
			}
			taken[i] = true
			p.add(left, right)
			break
		}
	}
	return p
}

func (p *pairs) add(a, b Run) {
	order := map[string]int{"": -1}
	for i, phase := range a.Card.Phases {
		order[phase.Name] = i
	}
	other := map[question]scorecard.Fate{}
	for q, f := range asked(b.Fates) {
		other[q] = f
	}
	matched := 0
	for q, f := range asked(a.Fates) {
		g, ok := other[q]
		if !ok || g.Journey != f.Journey {
			continue
		}
		matched++
		// What was hit in a later phase on one side belongs there on both: whose side
		// it was must not decide.
		phase := f.Phase
		if order[g.Phase] > order[phase] {
			phase = g.Phase
		}
		p.file(&pairOf{run: p.Runs, a: f, b: g, phase: phase})
	}
	p.Runs++
	p.Requests += matched
	p.AloneA += len(a.Fates) - matched
	p.AloneB += len(b.Fates) - matched
}

// asked gives each request with the question that it is.
func asked(fates []scorecard.Fate) func(yield func(question, scorecard.Fate) bool) {
	return func(yield func(question, scorecard.Fate) bool) {
		seen := map[string]int{}
		for _, f := range fates {
			q := question{f.Nonce, seen[f.Nonce]}
			seen[f.Nonce]++
			if !yield(q, f) {
				return
			}
		}
	}
}

// file puts a pair into the windows that it belongs to.
func (p *pairs) file(one *pairOf) {
	p.all = append(p.all, one)
	for _, w := range []window{{}, {phase: one.phase}, {journey: one.a.Journey}, {one.phase, one.a.Journey}} {
		p.on[w] = append(p.on[w], one)
	}
}

// method says what the strongest test rests on, and why.
func method(a, b []Run, p pairs) (name, because string) {
	switch {
	case p.Requests > 0:
		return ByPairs, fmt.Sprintf("%s with the same scenario and seed: %s compared one by one, by nonce",
			plural(p.Runs, "pair", "pairs")+" of runs", plural(p.Requests, "request is", "requests are"))
	case len(a) >= enoughRuns && len(b) >= enoughRuns:
		return ByRuns, fmt.Sprintf("%d runs against %d that cannot be paired (%s), by the Mann–Whitney test", len(a), len(b), unpaired(a, b))
	}
	return ByNone, fmt.Sprintf("not statistically comparable: %s, so whole runs are compared, and that takes %d a side (here are %d and %d)",
		unpaired(a, b), enoughRuns, len(a), len(b))
}

// unpaired says why no run of a has its pair in b.
func unpaired(a, b []Run) string {
	logs := func(runs []Run) bool {
		return slices.ContainsFunc(runs, func(r Run) bool { return r.Fates != nil })
	}
	switch {
	case !logs(a) && !logs(b):
		return "no run has a log, a card alone does not tell one request from another"
	case !logs(a) || !logs(b):
		return "the runs of one side have no log, a card alone does not tell one request from another"
	}
	return "no two have the same seed, or a request in common"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return words.Figure(float64(n), "count") + " " + many
}
