package findings

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// When the app goes to another provider, and when it does not.

// A failing is one way in which a provider failed a request, and what the app
// did about it: of so many some were tried elsewhere, others let the user down.
type failing struct {
	elsewhere int
	stuck     []int32 // visits
}

// failings sorts what a journey met at a faulted provider by how it failed, by the
// last attempt there: by status, or "no answer"; and what broke after its first
// token.
func (l *looker) failings(outage, journey int32) (before map[string]*failing, after failing) {
	provider := l.Providers.Find(l.Outages[outage].Provider)
	before = map[string]*failing{}
	for i, v := range l.Counted {
		if v.Journey != journey || !l.MetIn(v, outage) {
			continue
		}
		last := ledger.None
		for _, k := range l.TriesOf(v) {
			if l.Attempts[k].Provider == provider && l.Attempts[k].Outage == outage {
				last = k
			}
		}
		if last == ledger.None {
			continue
		}
		f := &after
		if how := l.failedHow(last); how != "" {
			if f = before[how]; f == nil {
				f = &failing{}
				before[how] = f
			}
		} else if !l.brokeOff(last) {
			continue
		}
		switch {
		case l.WentElsewhere(v, provider):
			f.elsewhere++
		case v.Outcome == ledger.Failed || v.Outcome == ledger.Hang:
			f.stuck = append(f.stuck, i)
		}
	}
	return before, after
}

// failedHow says how an attempt failed before the first token of its answer, ""
// when it did not.
func (l *looker) failedHow(k int32) string {
	a := &l.Attempts[k]
	switch {
	case a.Begun:
		return ""
	case a.Refused():
		return fmt.Sprint(a.Status)
	case !l.Answers(k):
		return "no answer"
	}
	return ""
}

// brokeOff says whether an answer ended early after its first token.
func (l *looker) brokeOff(k int32) bool {
	a := &l.Attempts[k]
	return a.Begun && slices.ContainsFunc(l.Setup.Windows, func(w record.Window) bool {
		return w.Breaks && w.Kind == l.Kinds.Word(a.Kind)
	})
}

// someFallback looks for journeys that fall back on some failures and not on others.
func someFallback(l *looker) (s sighting) {
	went, stuck := map[string]int{}, map[string]int{}
	l.eachFailing(func(before map[string]*failing, _ failing) {
		falls := 0
		for _, f := range before {
			falls += f.elsewhere
		}
		for _, how := range slices.Sorted(maps.Keys(before)) {
			f := before[how]
			went[how] += f.elsewhere
			if falls-f.elsewhere < measure.LeastInstances || f.elsewhere > 0 || len(f.stuck) < measure.LeastInstances {
				continue
			}
			stuck[how] += len(f.stuck)
			for _, i := range f.stuck {
				s.see(l, l.Visits[i].Line, i)
			}
		}
	})
	maps.DeleteFunc(went, func(_ string, n int) bool { return n == 0 })
	s.sentence = fmt.Sprintf("the app falls back only on some failures: not on %s, of which none of %s went to another provider; on %s it does",
		named(stuck), requests(s.count), named(went))
	return s
}

// named lists what was counted, the most frequent first: "429, 500 and no answer".
func named(n map[string]int) string {
	names := slices.SortedFunc(maps.Keys(n), func(a, b string) int {
		return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b))
	})
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// eachFailing goes through every outage with another provider whole, and every
// journey in it.
func (l *looker) eachFailing(look func(before map[string]*failing, after failing)) {
	if !l.Joined() {
		return
	}
	for i := range l.Outages {
		if !l.Whole(l.Setup.Providers, l.Outages[i].Span) {
			continue
		}
		for _, name := range l.JourneyNames() {
			look(l.failings(int32(i), l.Journeys.Find(name)))
		}
	}
}

// earlyFallback looks for journeys that fall back on failures before the first
// token, and leave the user alone with those after it.
func earlyFallback(l *looker) (s sighting) {
	went := 0
	l.eachFailing(func(before map[string]*failing, after failing) {
		falls := 0
		for _, f := range before {
			falls += f.elsewhere
		}
		if falls < measure.LeastInstances || after.elsewhere > 0 || len(after.stuck) < measure.LeastInstances {
			return
		}
		went += falls
		for _, i := range after.stuck {
			s.see(l, l.Visits[i].Line, i)
		}
	})
	s.sentence = fmt.Sprintf("the app falls back only before the first token (%s): %s whose answer broke off later ended in an error, and none was asked elsewhere",
		requests(went), requests(s.count))
	return s
}

// fallbackSaturated looks for a fallback that refused what came to it for want of
// room of its own, not by a fault of the drill.
func fallbackSaturated(l *looker) (s sighting) {
	refused, all := map[string]int{}, 0
	for i := range l.Attempts {
		a := &l.Attempts[i]
		o := l.fallenFrom(a)
		if o == nil || a.Visit == ledger.None {
			continue
		}
		all++
		if !a.Hit() && slices.Contains([]int32{429, 503, 529}, a.Status) {
			refused[l.Providers.Word(a.Provider)]++
			s.see(l, a.Line, a.Visit)
		}
	}
	s.sentence = fmt.Sprintf("the fallback had no room for all: %s turned away %d of %s attempts by its own limits",
		named(refused), s.count, words.Count(float64(all)))
	return s
}

// fallenFrom gives the outage that an attempt fled: it is at a provider without
// faults, for a request whose primary has some. nil: none.
func (l *looker) fallenFrom(a *ledger.Attempt) *ledger.Outage {
	if a.Visit == ledger.None || l.outageOf(a.Provider, a.Arrived) != nil {
		return nil
	}
	primary := l.Journey(l.Visits[a.Visit].Journey).Home
	if primary == ledger.None || primary == a.Provider {
		return nil
	}
	return l.outageOf(primary, a.Arrived)
}
