package findings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// What users met: harm, errors that say too much, an app that was gone.

// requests writes a number of requests.
func requests(n int) string { return words.Count(float64(n)) + " request" + words.Plural(n) }

func appDied(l *looker) (s sighting) {
	for _, m := range l.Marks {
		if m.Kind != "app_died" {
			continue
		}
		s.see(l, m.Line, ledger.None)
		unserved := 0
		for i, v := range l.Counted {
			if v.Due >= m.At && !v.Usable() {
				unserved++
				s.see(l, v.Line, i)
			}
		}
		s.sentence = fmt.Sprintf("the app died at %s (%s); %s after that went unserved",
			words.Figure(m.At.Float(), "s"), m.Note, requests(unserved))
		s.count = 1
		return s
	}
	return s
}

func keyLeaked(l *looker) (s sighting) {
	for i, v := range l.Counted {
		if v.Leak {
			s.see(l, v.Line, i)
		}
	}
	s.sentence = fmt.Sprintf("%s showed a provider key", replies(s.count))
	return s
}

func rawError(l *looker) (s sighting) {
	for i, v := range l.Counted {
		if v.Raw && !v.Usable() {
			s.see(l, v.Line, i)
		}
	}
	s.sentence = fmt.Sprintf("%s showed users the provider's own error text", replies(s.count))
	return s
}

func replies(n int) string {
	if n == 1 {
		return "1 reply"
	}
	return words.Count(float64(n)) + " replies"
}

// harmOf looks for one sort of harm.
func harmOf(o ledger.Outcome, what string) func(*looker) sighting {
	return func(l *looker) (s sighting) {
		phases := map[string]int{}
		for i, v := range l.Counted {
			if v.Outcome == o {
				s.see(l, v.Line, i)
				phases[l.PhaseName(v.Phase)]++
			}
		}
		s.sentence = fmt.Sprintf("%s %s%s", words.People(float64(s.count)), what, l.inPhases(phases))
		return s
	}
}

// wrongContent looks for bad words passed on: those that no parser takes, or those
// that only a reader can tell.
func wrongContent(unparsed bool, what string) func(*looker) sighting {
	return func(l *looker) (s sighting) {
		kinds := map[string]int{}
		for i, v := range l.Counted {
			if kind := l.BadWords(v); v.Outcome == ledger.Wrong && kind != "" && ledger.Broken(kind) == unparsed {
				s.see(l, v.Line, i)
				kinds[kind]++
			}
		}
		s.sentence = fmt.Sprintf("%s %s (%s)", words.People(float64(s.count)), what, words.Tally(kinds))
		return s
	}
}

// inPhases tells counts per phase: " (surge 3, spread 12)".
func (l *looker) inPhases(n map[string]int) string {
	var parts []string
	for _, p := range l.Setup.Phases {
		if n[p.Name] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", p.Name, n[p.Name]))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// slowIgnored looks for requests that sat a slow provider out: the answer came,
// too late, and nobody else was asked.
func slowIgnored(l *looker) (s sighting) {
	met := 0
	for i, v := range l.Counted {
		slowed, elsewhere := l.slowed(v)
		switch {
		case slowed == ledger.None:
		case elsewhere:
			met++
		case v.Slow && v.From == slowed:
			met++
			if o := l.outageOf(slowed, v.Due); o != nil && l.Whole(l.Setup.Providers, o.Span) {
				s.see(l, v.Line, i)
			}
		}
	}
	if 2*s.count <= met {
		return sighting{}
	}
	s.sentence = fmt.Sprintf("%s waited out a slow provider: the answer was a success, too late, and no other provider was asked",
		requests(s.count))
	return s
}

// slowed gives the provider that made a visit slow, and whether another was asked.
func (l *looker) slowed(v *ledger.Visit) (provider int32, elsewhere bool) {
	provider = ledger.None
	for _, k := range l.TriesOf(v) {
		a := &l.Attempts[k]
		if a.Hit() && l.slows(a.Kind) || l.slowLine(a, v) {
			provider = a.Provider
		}
	}
	return provider, l.WentElsewhere(v, provider)
}

// slows says whether faults of a kind only make answers late.
func (l *looker) slows(kind int32) bool {
	return slices.ContainsFunc(l.Setup.Windows, func(w record.Window) bool {
		return w.Slows && w.Kind == l.Kinds.Word(kind)
	})
}

// slowLine says whether the connection to an attempt's provider was slow, which
// leaves no mark on the attempt.
func (l *looker) slowLine(a *ledger.Attempt, v *ledger.Visit) bool {
	o := l.outageOf(a.Provider, v.Due)
	return o != nil && slices.ContainsFunc(o.Windows, func(w record.Window) bool {
		return ledger.FamilyOf(w.Family).Unseen && w.Slows && w.Start <= a.Arrived && a.Arrived < w.End
	})
}

// outageOf is the outage of a provider at a moment, nil when there is none.
func (l *looker) outageOf(provider int32, t record.Seconds) *ledger.Outage {
	for i := range l.Outages {
		if o := &l.Outages[i]; o.Provider == l.Providers.Word(provider) && o.From-ledger.Edge <= t && t < o.To+ledger.Edge {
			return o
		}
	}
	return nil
}
