package scorecard

import (
	"fmt"
	"sort"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// lullAfter is the quiet that follows an outage and all that overlap it.
func (l *ledger) lullAfter(o *outage) (span, bool) {
	for _, lull := range l.lulls {
		if lull.from >= o.to {
			return lull, true
		}
	}
	return span{}, false
}

// recoveryLimit is how long a recovery may take before the app counts as caught
// in its own failure: as long as the outage, at most a minute.
func (l *ledger) recoveryLimit(lull span) float64 {
	longest := record.Seconds(0)
	for i := range l.outages {
		if o := &l.outages[i]; o.to <= lull.from {
			longest = max(longest, o.length())
		}
	}
	return min(longest, record.Seconds(time.Minute)).Float()
}

// recoveryLag measures, for one journey, how long after the end of all outages
// its users were served well again.
func recoveryLag(l *ledger, w window) Measure {
	o := &l.outages[w.outage]
	lull, ok := l.lullAfter(o)
	switch {
	case !ok:
		return unmeasured("the drill ends with the outage")
	case o.onset == never:
		return unmeasured("no request met the outage")
	}
	points := make([]stats.Point, 0, len(w.visits))
	for _, v := range l.recovering(w, lull) {
		points = append(points, stats.Point{At: v.due.Float(), Yes: v.served(), Line: v.line})
	}
	r := stats.Settle(points, stats.SettleOptions{
		Start: lull.from.Float(), End: lull.to.Float(), Share: l.healthy() - 0.05,
		Near: func(from, to float64) bool { return l.load(span{secondsOf(from), secondsOf(to)}) <= 1.1*l.load(l.calm) },
	})
	m := settledMeasure(r, lull.from.Float(), len(points))
	if limit := l.recoveryLimit(lull); r.Never && lull.length().Float() < limit {
		m.Measured = false
		m.Reason = "too short to tell: it is judged over " + words.Figure(limit, "s")
	}
	return m
}

// recovering gives the window's journey in the quiet after the outage.
func (l *ledger) recovering(w window, quiet span) []*visit {
	var visits []*visit
	for i := l.dueBy(quiet.from); i < l.dueBy(quiet.to); i++ {
		v := &l.visits[i]
		if v.warm || w.journey != none && v.journey != w.journey && v.journey != none {
			continue
		}
		if v = l.taken(v, w.unknown); v != nil {
			visits = append(visits, v)
		}
	}
	return visits
}

// secondsOf turns a float of seconds back into Seconds.
func secondsOf(s float64) record.Seconds { return record.Seconds(s * float64(time.Second)) }

// dueBy is how many visits are due before a moment.
func (l *ledger) dueBy(t record.Seconds) int {
	return sort.Search(len(l.visits), func(i int) bool { return l.visits[i].due >= t })
}

// arrivedBy is how many attempts arrived before a moment.
func (l *ledger) arrivedBy(t record.Seconds) int {
	return sort.Search(len(l.attempts), func(i int) bool { return l.attempts[i].arrived >= t })
}

// load is attempts arriving ÷ requests due in a stretch, 0 without requests.
func (l *ledger) load(s span) float64 {
	requests := l.dueBy(s.to) - l.dueBy(s.from)
	if requests == 0 {
		return 0
	}
	return float64(l.arrivals(s)) / float64(requests)
}

// arrivals counts the attempts with a prompt that arrived in a stretch.
func (l *ledger) arrivals(s span) int {
	n := 0
	for i := l.arrivedBy(s.from); i < l.arrivedBy(s.to); i++ {
		if l.attempts[i].endpoint.prompted() {
			n++
		}
	}
	return n
}

// backlogDrain measures how long after an outage the last of its answers came
// that had been put off.
func backlogDrain(l *ledger, w window) Measure {
	end := l.outages[w.outage].to
	last, n, gone := end, 0, 0
	for _, v := range w.visits {
		if l.extra(v).putOff == never || v.ended == never {
			continue
		}
		n++
		last = max(last, v.ended)
		if !v.delivered {
			gone++
		}
	}
	drain := (last - end).Float()
	switch {
	case n == 0:
		return unmeasured("no answer was put off")
	case gone > 0:
		return bound(drain, n, fmt.Sprintf("%d of %d never came", gone, n))
	}
	return numberMeasure(drain, n)
}

// failbackTime measures when one journey's first attempts were back at the
// primary after its outage.
func failbackTime(l *ledger, w window) Measure {
	o := &l.outages[w.outage]
	j := l.journey(w.journey)
	provider := l.providers.find(o.provider)
	switch {
	case o.onset == never:
		return unmeasured("no request met the outage")
	case j.primary == none:
		return unmeasured("the journey has no primary")
	case j.primary != provider:
		return unmeasured("this journey's primary is not %s", o.provider)
	case !l.switched(w.visits, provider):
		return unmeasured("first attempts never left %s", o.provider)
	}
	after := l.until(w.outage)
	points := make([]stats.Point, 0, len(w.visits))
	for _, v := range l.recovering(w, after) {
		if v.outcome != cached { // whom a cache answers goes nowhere
			points = append(points, stats.Point{At: v.due.Float(), Yes: l.firstAt(v) == provider, Line: v.line})
		}
	}
	r := stats.Settle(points, stats.SettleOptions{Start: after.from.Float(), End: after.to.Float(), Share: 0.95 * j.share})
	return settledMeasure(r, after.from.Float(), len(points))
}

// switched says whether five requests in a row made their first attempt away
// from a provider.
func (l *ledger) switched(visits []*visit, provider int32) bool {
	run := 0
	for _, v := range visits {
		switch first := l.firstAt(v); {
		case v.outcome == cached:
		case first == none, first == provider:
			run = 0
		default:
			if run++; run == stats.SettleRun {
				return true
			}
		}
	}
	return false
}

// until is the stretch from an outage's end to the next one of the same provider,
// or the end of the drill.
func (l *ledger) until(outage int32) span {
	o := &l.outages[outage]
	s := span{o.to, max(l.setup.Length, o.to)}
	for i := range l.outages {
		if next := &l.outages[i]; next.provider == o.provider && next.from >= o.to {
			s.to = min(s.to, next.from)
		}
	}
	return s
}

// overshoot measures the herd on return: the highest second of arrivals at the
// provider after its outage ÷ the highest in the baseline.
func overshoot(l *ledger, w window) Measure {
	o := &l.outages[w.outage]
	if o.onset == never {
		return unmeasured("no request met the outage")
	}
	provider := l.providers.find(o.provider)
	before, _ := l.highest(provider, l.calm, w.journey)
	after, n := l.highest(provider, l.until(w.outage), w.journey)
	switch {
	case before == 0:
		return unmeasured("%s was not called in the baseline", o.provider)
	case n == 0:
		return unmeasured("%s was not called after the outage", o.provider)
	}
	return numberMeasure(float64(after)/float64(before), n)
}

// highest gives the most arrivals at a provider within any second of a stretch,
// and how many there are in all of it.
func (l *ledger) highest(provider int32, s span, journey int32) (most, n int) {
	at := stretch{provider, s, journey}
	p := once(l.peaks, at, func() peak { return l.highestIn(at) })
	return p.most, p.n
}

// peak is the most arrivals within any second, of n in all.
type peak struct{ most, n int }

func (l *ledger) highestIn(at stretch) (p peak) {
	var recent []record.Seconds
	for i, end := l.arrivedBy(at.span.from), l.arrivedBy(at.span.to); i < end; i++ {
		a := &l.attempts[i]
		if !l.isArrival(a, at.provider, at.journey) {
			continue
		}
		p.n++
		recent = append(recent, a.arrived)
		for recent[0] <= a.arrived-record.Seconds(time.Second) {
			recent = recent[1:]
		}
		p.most = max(p.most, len(recent))
	}
	return p
}
