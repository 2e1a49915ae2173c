package scorecard

import (
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// What happens when a provider comes back: a breaker that does not close, a herd,
// a route that swings, users who stay without.

// A return is an outage whose end the drill shows.
func (l *ledger) returns(yield func(outage int32, o *outage) bool) {
	for i := range l.outages {
		if o := &l.outages[i]; o.after != none && !yield(int32(i), o) {
			return
		}
	}
}

// stuckOpen says whether the breaker of an outage's provider never closed though
// its probes were answered, or though nobody was served while it stayed open.
func (l *ledger) stuckOpen(outage int32) bool {
	o := &l.outages[outage]
	m := l.measure(query{Metric: "breaker_stuck", Phase: l.phaseName(o.after), Provider: o.provider})
	if m.Value == nil || *m.Value == 0 {
		return false
	}
	after := l.until(outage)
	answered, served, n := 0, 0, 0
	for _, f := range l.flurries(l.providers.find(o.provider), after, none) {
		answered += f.wholes
	}
	for _, v := range l.recovering(window{journey: none}, after) {
		n++
		if v.served() {
			served++
		}
	}
	return answered >= leastInstances || 2*served < n
}

// breakerNeverCloses looks for breakers that outlived the outage by far.
func breakerNeverCloses(l *ledger) (s sighting) {
	for i, o := range l.returns {
		if !l.stuckOpen(i) {
			continue
		}
		provider := l.providers.find(o.provider)
		for k, v := range l.counted {
			if l.until(i).has(v.due) && l.firstAt(v) != provider && l.journey(v.journey).primary == provider {
				s.see(l, v.line, k)
			}
		}
		s.sentence = fmt.Sprintf("the breaker before %s never closed: %s after the outage's end %s were still kept from it, though it was well",
			o.provider, words.Figure(l.until(i).length().Float(), "s"), requests(s.count))
	}
	return s
}

// herdOnReturn looks for a provider that met more than twice its usual traffic
// when it came back.
func herdOnReturn(l *ledger) (s sighting) {
	if retryStorm(l).count >= leastInstances {
		return sighting{} // the storm's last gust
	}
	for i, o := range l.returns {
		m := l.measure(query{Metric: "failback_overshoot", Phase: l.phaseName(o.after), Provider: o.provider})
		if m.Value == nil || *m.Value <= 2 {
			continue
		}
		provider, after := l.providers.find(o.provider), l.until(i)
		most, _ := l.highest(provider, after, none)
		from, to := l.busiest(provider, after, most)
		for k := range l.attempts {
			if a := &l.attempts[k]; l.isArrival(a, provider, none) && from <= a.arrived && a.arrived <= to {
				s.see(l, a.line, a.visit)
			}
		}
		s.sentence = fmt.Sprintf("when %s came back it got %d attempts within a second, %s the most that the baseline has",
			o.provider, most, words.Figure(*m.Value, "x"))
	}
	return s
}

// busiest gives the first and the last arrival of the first second in which so
// many came.
func (l *ledger) busiest(provider int32, s span, most int) (from, to record.Seconds) {
	var recent []record.Seconds
	for i := range l.attempts {
		a := &l.attempts[i]
		if !s.has(a.arrived) || !l.isArrival(a, provider, none) {
			continue
		}
		recent = append(recent, a.arrived)
		for recent[0] <= a.arrived-record.Of(1e9) {
			recent = recent[1:]
		}
		if len(recent) == most {
			return recent[0], a.arrived
		}
	}
	return s.to, s.to
}

// flapping looks for journeys whose route swung in an outage: those first sent
// back to the faulted provider pay for it.
func flapping(l *ledger) (s sighting) {
	var swings []string
	for i := range l.outages {
		o := &l.outages[i]
		if o.roomOnly() {
			continue // it answers what it has room for: to come back is no mistake
		}
		provider := l.providers.find(o.provider)
		for _, name := range l.journeyNames() {
			m := l.measure(query{Metric: "flaps", Phase: l.phaseName(o.begins), Journey: name, Provider: o.provider})
			if m.Value == nil || *m.Value < 2 {
				continue
			}
			swings = append(swings, fmt.Sprintf("the route of %s changed %s times", name, words.Count(*m.Value+1)))
			away := false
			for k, v := range l.counted {
				if v.journey != l.journeys.find(name) || v.due < o.onset || v.due >= o.to {
					continue
				}
				first := l.firstAt(v)
				away = away || first != provider && first != none
				if away && first == provider {
					s.see(l, v.line, k)
				}
			}
		}
	}
	s.sentence = fmt.Sprintf("%s within one outage: %s were sent back to a provider still in trouble",
		strings.Join(swings, ", "), requests(s.count))
	return s
}

// notRecovered looks for users who went without long after every fault was gone.
func notRecovered(l *ledger) (s sighting) {
	if len(l.unfitBaseline()) > 0 {
		return sighting{} // nobody knows what being served looks like
	}
	for i := range l.outages {
		o := &l.outages[i]
		if !l.metastable(int32(i)) || l.stuckOpen(int32(i)) {
			continue
		}
		lull, _ := l.lullAfter(o)
		before := s.count
		for k, v := range l.counted {
			if lull.has(v.due) && !v.served() {
				s.see(l, v.line, k)
			}
		}
		s.sentence = fmt.Sprintf("the app did not recover by itself: after the outage of %s was over %s went unserved, with %s attempts per request (baseline %s)",
			o.provider, requests(s.count-before), words.Decimals(l.load(lull), 2), words.Decimals(l.load(l.calm), 2))
	}
	return s
}
