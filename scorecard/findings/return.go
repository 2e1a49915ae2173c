package findings

import (
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// What happens when a provider comes back: a breaker that does not close, a herd,
// a route that swings, users who stay without.

// A return is an outage whose end the drill shows.
func (l *looker) returns(yield func(outage int32, o *ledger.Outage) bool) {
	for i := range l.Outages {
		if o := &l.Outages[i]; o.After != ledger.None && !yield(int32(i), o) {
			return
		}
	}
}

// stuckOpen says whether the breaker of an outage's provider never closed though
// its probes were answered, or though nobody was served while it stayed open.
func (l *looker) stuckOpen(outage int32) bool {
	o := &l.Outages[outage]
	m := l.Measure(measure.Query{Metric: "breaker_stuck", Phase: l.PhaseName(o.After), Provider: o.Provider})
	if m.Value == nil || *m.Value == 0 {
		return false
	}
	after := l.Until(outage)
	answered, served, n := 0, 0, 0
	for _, f := range l.Flurries(l.Providers.Find(o.Provider), after, ledger.None) {
		answered += f.Wholes
	}
	for _, v := range l.Recovering(measure.Window{Journey: ledger.None}, after) {
		n++
		if v.Served() {
			served++
		}
	}
	return answered >= measure.LeastInstances || 2*served < n
}

// breakerNeverCloses looks for breakers that outlived the outage by far.
func breakerNeverCloses(l *looker) (s sighting) {
	for i, o := range l.returns {
		if !l.stuckOpen(i) {
			continue
		}
		provider := l.Providers.Find(o.Provider)
		for k, v := range l.Counted {
			if l.Until(i).Has(v.Due) && l.FirstAt(v) != provider && l.Journey(v.Journey).Home == provider {
				s.see(l, v.Line, k)
			}
		}
		s.sentence = fmt.Sprintf("the breaker before %s never closed: %s after the outage's end %s were still kept from it, though it was well",
			o.Provider, words.Figure(l.Until(i).Length().Float(), "s"), requests(s.count))
	}
	return s
}

// herdOnReturn looks for a provider that met more than twice its usual traffic
// when it came back.
func herdOnReturn(l *looker) (s sighting) {
	if retryStorm(l).count >= measure.LeastInstances {
		return sighting{} // the storm's last gust
	}
	for i, o := range l.returns {
		m := l.Measure(measure.Query{Metric: "failback_overshoot", Phase: l.PhaseName(o.After), Provider: o.Provider})
		if m.Value == nil || *m.Value <= 2 {
			continue
		}
		provider, after := l.Providers.Find(o.Provider), l.Until(i)
		most, _ := l.Highest(provider, after, ledger.None)
		from, to := l.busiest(provider, after, most)
		for k := range l.Attempts {
			if a := &l.Attempts[k]; l.IsArrival(a, provider, ledger.None) && from <= a.Arrived && a.Arrived <= to {
				s.see(l, a.Line, a.Visit)
			}
		}
		s.sentence = fmt.Sprintf("when %s came back it got %d attempts within a second, %s the most that the baseline has",
			o.Provider, most, words.Figure(*m.Value, "x"))
	}
	return s
}

// busiest gives the first and the last arrival of the first second in which so
// many came.
func (l *looker) busiest(provider int32, s ledger.Span, most int) (from, to record.Seconds) {
	var recent []record.Seconds
	for i := range l.Attempts {
		a := &l.Attempts[i]
		if !s.Has(a.Arrived) || !l.IsArrival(a, provider, ledger.None) {
			continue
		}
		recent = append(recent, a.Arrived)
		for recent[0] <= a.Arrived-record.Of(1e9) {
			recent = recent[1:]
		}
		if len(recent) == most {
			return recent[0], a.Arrived
		}
	}
	return s.To, s.To
}

// flapping looks for journeys whose route swung in an outage: those first sent
// back to the faulted provider pay for it.
func flapping(l *looker) (s sighting) {
	var swings []string
	for i := range l.Outages {
		o := &l.Outages[i]
		if o.RoomOnly() {
			continue // it answers what it has room for: to come back is no mistake
		}
		provider := l.Providers.Find(o.Provider)
		for _, name := range l.JourneyNames() {
			m := l.Measure(measure.Query{Metric: "flaps", Phase: l.PhaseName(o.Begins), Journey: name, Provider: o.Provider})
			if m.Value == nil || *m.Value < 2 {
				continue
			}
			swings = append(swings, fmt.Sprintf("the route of %s changed %s times", name, words.Count(*m.Value+1)))
			away := false
			for k, v := range l.Counted {
				if v.Journey != l.Journeys.Find(name) || v.Due < o.Onset || v.Due >= o.To {
					continue
				}
				first := l.FirstAt(v)
				away = away || first != provider && first != ledger.None
				if away && first == provider {
					s.see(l, v.Line, k)
				}
			}
		}
	}
	s.sentence = fmt.Sprintf("%s within one outage: %s were sent back to a provider still in trouble",
		strings.Join(swings, ", "), requests(s.count))
	return s
}

// notRecovered looks for users who went without long after every fault was gone.
func notRecovered(l *looker) (s sighting) {
	if len(l.UnfitBaseline()) > 0 {
		return sighting{} // nobody knows what being served looks like
	}
	for i := range l.Outages {
		o := &l.Outages[i]
		if !l.Metastable(int32(i)) || l.stuckOpen(int32(i)) {
			continue
		}
		lull, _ := l.LullAfter(o)
		before := s.count
		for k, v := range l.Counted {
			if lull.Has(v.Due) && !v.Served() {
				s.see(l, v.Line, k)
			}
		}
		s.sentence = fmt.Sprintf("the app did not recover by itself: after the outage of %s was over %s went unserved, with %s attempts per request (baseline %s)",
			o.Provider, requests(s.count-before), words.Decimals(l.Load(lull), 2), words.Decimals(l.Load(l.Calm), 2))
	}
	return s
}
