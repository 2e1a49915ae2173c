package scorecard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// What users met: harm, errors that say too much, an app that was gone.

// counted goes through the visits that count, by due time.
func (l *ledger) counted(yield func(i int32, v *visit) bool) {
	for i := range l.visits {
		if v := &l.visits[i]; !v.warm && v.outcome != unknown && !yield(int32(i), v) {
			return
		}
	}
}

// requests writes a number of requests.
func requests(n int) string { return words.Count(float64(n)) + " request" + words.Plural(n) }

func appDied(l *ledger) (s sighting) {
	for _, m := range l.marks {
		if m.Kind != "app_died" {
			continue
		}
		s.see(l, m.line, none)
		unserved := 0
		for i, v := range l.counted {
			if v.due >= m.At && !v.usable() {
				unserved++
				s.see(l, v.line, i)
			}
		}
		s.sentence = fmt.Sprintf("the app died at %s (%s); %s after that went unserved",
			words.Figure(m.At.Float(), "s"), m.Note, requests(unserved))
		s.count = 1
		return s
	}
	return s
}

func keyLeaked(l *ledger) (s sighting) {
	for i, v := range l.counted {
		if v.leak {
			s.see(l, v.line, i)
		}
	}
	s.sentence = fmt.Sprintf("%s showed a provider key", replies(s.count))
	return s
}

func rawError(l *ledger) (s sighting) {
	for i, v := range l.counted {
		if v.raw && !v.usable() {
			s.see(l, v.line, i)
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
func harmOf(o outcome, what string) func(*ledger) sighting {
	return func(l *ledger) (s sighting) {
		phases := map[string]int{}
		for i, v := range l.counted {
			if v.outcome == o {
				s.see(l, v.line, i)
				phases[l.phaseName(v.phase)]++
			}
		}
		s.sentence = fmt.Sprintf("%s %s%s", words.People(float64(s.count)), what, l.inPhases(phases))
		return s
	}
}

// wrongContent looks for bad words passed on: those that no parser takes, or those
// that only a reader can tell.
func wrongContent(unparsed bool, what string) func(*ledger) sighting {
	return func(l *ledger) (s sighting) {
		kinds := map[string]int{}
		for i, v := range l.counted {
			if kind := l.badWords(v); v.outcome == wrong && kind != "" && broken(kind) == unparsed {
				s.see(l, v.line, i)
				kinds[kind]++
			}
		}
		s.sentence = fmt.Sprintf("%s %s (%s)", words.People(float64(s.count)), what, tally(kinds))
		return s
	}
}

// inPhases tells counts per phase: " (surge 3, spread 12)".
func (l *ledger) inPhases(n map[string]int) string {
	var parts []string
	for _, p := range l.setup.Phases {
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
func slowIgnored(l *ledger) (s sighting) {
	met := 0
	for i, v := range l.counted {
		slowed, elsewhere := l.slowed(v)
		switch {
		case slowed == none:
		case elsewhere:
			met++
		case v.slow && v.from == slowed:
			met++
			if o := l.outageOf(slowed, v.due); o != nil && l.whole(l.setup.Providers, o.span) {
				s.see(l, v.line, i)
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
func (l *ledger) slowed(v *visit) (provider int32, elsewhere bool) {
	provider = none
	for _, k := range l.triesOf(v) {
		a := &l.attempts[k]
		if a.hit() && l.slows(a.kind) || l.slowLine(a, v) {
			provider = a.provider
		}
	}
	return provider, l.wentElsewhere(v, provider)
}

// slows says whether faults of a kind only make answers late.
func (l *ledger) slows(kind int32) bool {
	return slices.ContainsFunc(l.setup.Windows, func(w record.Window) bool {
		return w.Slows && w.Kind == l.kinds.word(kind)
	})
}

// slowLine says whether the connection to an attempt's provider was slow, which
// leaves no mark on the attempt.
func (l *ledger) slowLine(a *attempt, v *visit) bool {
	o := l.outageOf(a.provider, v.due)
	return o != nil && slices.ContainsFunc(o.windows, func(w record.Window) bool {
		return familyOf(w.Family).unseen && w.Slows && w.Start <= a.arrived && a.arrived < w.End
	})
}

// outageOf is the outage of a provider at a moment, nil when there is none.
func (l *ledger) outageOf(provider int32, t record.Seconds) *outage {
	for i := range l.outages {
		if o := &l.outages[i]; o.provider == l.providers.word(provider) && o.from-edge <= t && t < o.to+edge {
			return o
		}
	}
	return nil
}
