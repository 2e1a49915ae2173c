package findings

import (
	"fmt"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// How retries are spaced: alike, all at once, or several for one.

// noJitter looks for calls whose first retry always comes after the same pause.
func noJitter(l *looker) (s sighting) {
	m := l.Measure(measure.Query{Metric: "backoff_jitter"})
	if m.Value == nil || *m.Value >= 0.05 {
		return sighting{}
	}
	b := l.Backoff(l.Window(measure.Query{}, ledger.None))
	for _, k := range b.Lines {
		a := &l.Attempts[k]
		// What no retry can change should not be retried, with or without jitter.
		if prev := &l.Attempts[a.Prev]; prev.Prev == ledger.None && !l.Hopeless(prev) {
			s.see(l, a.Line, a.Visit)
		}
	}
	s.sentence = fmt.Sprintf("%d first retries all came %s after the error, give or take %s: who fails together comes back together",
		s.count, words.Figure(stats.Quantile(b.Firsts, 0.5), "s"), words.Percent(*m.Value))
	return s
}

// synchronised looks at the phase and provider where first retries crowd most.
func synchronised(l *looker) (s sighting) {
	var worst measure.Measure
	for _, p := range l.Setup.Phases {
		m := l.Measure(measure.Query{Metric: "synchrony", Phase: p.Name})
		if m.Value != nil && (worst.Value == nil || *m.Value > *worst.Value) {
			worst = m
		}
	}
	if worst.Value == nil || *worst.Value <= 5 {
		return sighting{}
	}
	for _, k := range slices.Sorted(l.Made(l.Window(measure.Query{Phase: worst.Phase}, ledger.None))) {
		if a := &l.Attempts[k]; a.Prev != ledger.None && l.Attempts[a.Prev].Prev == ledger.None {
			s.see(l, a.Line, a.Visit)
		}
	}
	s.sentence = fmt.Sprintf("in %s the retries of many requests came in the same moments: their number per 100 ms varies %s as much as chance would have it",
		worst.Phase, words.Decimals(*worst.Value, 1)+" times")
	return s
}

// doublesRequests looks for errors that the app answered with several attempts of
// the same call at once.
func doublesRequests(l *looker) (s sighting) {
	if !l.Joined() {
		return sighting{}
	}
	for k := range l.Made(l.Window(measure.Query{}, ledger.None)) {
		if l.doubled(k) {
			s.see(l, l.Attempts[k].Line, l.Attempts[k].Visit)
		}
	}
	s.sentence = fmt.Sprintf("after an error the app sent the same call several times at once: %d attempts beside another that was not answered yet", s.count)
	return s
}

// doubled says whether an attempt came beside another of the same call at the same
// provider, after one of that call had failed already.
func (l *looker) doubled(k int32) bool {
	a := &l.Attempts[k]
	if a.Prev == ledger.None {
		return false
	}
	beside := &l.Attempts[a.Prev]
	// The end may be written down a little late, so the second must have come well
	// before it. An answer that took no time has nothing beside it.
	if a.Arrived >= beside.Ended || a.Arrived-beside.Arrived > (beside.Ended-beside.Arrived)/2 {
		return false
	}
	for i := beside.Prev; i != ledger.None; i = l.Attempts[i].Prev {
		if before := &l.Attempts[i]; before.Refused() && before.Ended <= a.Arrived+ledger.Slop {
			return true
		}
	}
	return false
}
