package measure

import (
	"fmt"
	"sort"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// LullAfter is the quiet that follows an outage and all that overlap it.
func (l *Meter) LullAfter(o *ledger.Outage) (ledger.Span, bool) {
	for _, lull := range l.Lulls {
		if lull.From >= o.To {
			return lull, true
		}
	}
	return ledger.Span{}, false
}

// recoveryLimit is how long a recovery may take before the app counts as caught
// in its own failure: as long as the outage, at most a minute.
func (l *Meter) recoveryLimit(lull ledger.Span) float64 {
	longest := record.Seconds(0)
	for i := range l.Outages {
		if o := &l.Outages[i]; o.To <= lull.From {
			longest = max(longest, o.Length())
		}
	}
	return min(longest, record.Seconds(time.Minute)).Float()
}

// recoveryLag measures, for one journey, how long after the end of all outages
// its users were served well again.
func recoveryLag(l *Meter, w Window) Measure {
	o := &l.Outages[w.outage]
	lull, ok := l.LullAfter(o)
	switch {
	case !ok:
		return unmeasured("the drill ends with the outage")
	case o.Onset == ledger.Never:
		return unmeasured("no request met the outage")
	}
	points := make([]stats.Point, 0, len(w.Visits))
	for _, v := range l.Recovering(w, lull) {
		points = append(points, stats.Point{At: v.Due.Float(), Yes: v.Served(), Line: v.Line})
	}
	r := stats.Settle(points, stats.SettleOptions{
		Start: lull.From.Float(), End: lull.To.Float(), Share: l.healthy() - 0.05,
		Near: func(from, to float64) bool {
			return l.Load(ledger.Span{From: secondsOf(from), To: secondsOf(to)}) <= 1.1*l.Load(l.Calm)
		},
	})
	m := settledMeasure(r, lull.From.Float(), len(points))
	if limit := l.recoveryLimit(lull); r.Never && lull.Length().Float() < limit {
		m.Measured = false
		m.Reason = "too short to tell: it is judged over " + words.Figure(limit, "s")
	}
	return m
}

// Recovering gives the window's journey in the quiet after the outage.
func (l *Meter) Recovering(w Window, quiet ledger.Span) []*ledger.Visit {
	var visits []*ledger.Visit
	for i := l.dueBy(quiet.From); i < l.dueBy(quiet.To); i++ {
		v := &l.Visits[i]
		if v.Warm || w.Journey != ledger.None && v.Journey != w.Journey && v.Journey != ledger.None {
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
func (l *Meter) dueBy(t record.Seconds) int {
	return sort.Search(len(l.Visits), func(i int) bool { return l.Visits[i].Due >= t })
}

// arrivedBy is how many attempts arrived before a moment.
func (l *Meter) arrivedBy(t record.Seconds) int {
	return sort.Search(len(l.Attempts), func(i int) bool { return l.Attempts[i].Arrived >= t })
}

// Load is attempts arriving ÷ requests due in a stretch, 0 without requests.
func (l *Meter) Load(s ledger.Span) float64 {
	requests := l.dueBy(s.To) - l.dueBy(s.From)
	if requests == 0 {
		return 0
	}
	return float64(l.arrivals(s)) / float64(requests)
}

// arrivals counts the attempts with a prompt that arrived in a stretch.
func (l *Meter) arrivals(s ledger.Span) int {
	n := 0
	for i := l.arrivedBy(s.From); i < l.arrivedBy(s.To); i++ {
		if l.Attempts[i].Endpoint.Prompted() {
			n++
		}
	}
	return n
}

// backlogDrain measures how long after an outage the last of its answers came
// that had been put off.
func backlogDrain(l *Meter, w Window) Measure {
	end := l.Outages[w.outage].To
	last, n, gone := end, 0, 0
	for _, v := range w.Visits {
		if l.Extra(v).PutOff == ledger.Never || v.Ended == ledger.Never {
			continue
		}
		n++
		last = max(last, v.Ended)
		if !v.Delivered {
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
func failbackTime(l *Meter, w Window) Measure {
	o := &l.Outages[w.outage]
	j := l.Journey(w.Journey)
	provider := l.Providers.Find(o.Provider)
	switch {
	case o.Onset == ledger.Never:
		return unmeasured("no request met the outage")
	case j.Home == ledger.None:
		return unmeasured("the journey has no primary")
	case j.Home != provider:
		return unmeasured("this journey's primary is not %s", o.Provider)
	case l.detours(w.Journey):
		return unmeasured(detourReason, o.Provider)
	case !l.switched(w.Visits, provider):
		return unmeasured("first attempts never left %s", o.Provider)
	}
	after := l.Until(w.outage)
	points := make([]stats.Point, 0, len(w.Visits))
	for _, v := range l.Recovering(w, after) {
		if v.Outcome != ledger.Cached { // whom a cache answers goes nowhere
			points = append(points, stats.Point{At: v.Due.Float(), Yes: l.FirstAt(v) == provider, Line: v.Line})
		}
	}
	r := stats.Settle(points, stats.SettleOptions{Start: after.From.Float(), End: after.To.Float(), Share: 0.95 * j.Share})
	return settledMeasure(r, after.From.Float(), len(points))
}

// switched says whether five requests in a row made their first attempt away
// from a provider.
func (l *Meter) switched(visits []*ledger.Visit, provider int32) bool {
	run := 0
	for _, v := range visits {
		switch first := l.FirstAt(v); {
		case v.Outcome == ledger.Cached:
		case first == ledger.None, first == provider:
			run = 0
		default:
			if run++; run == stats.SettleRun {
				return true
			}
		}
	}
	return false
}

// Until is the stretch from an outage's end to the next one of the same provider,
// or the end of the drill.
func (l *Meter) Until(outage int32) ledger.Span {
	o := &l.Outages[outage]
	s := ledger.Span{From: o.To, To: max(l.Setup.Length, o.To)}
	for i := range l.Outages {
		if next := &l.Outages[i]; next.Provider == o.Provider && next.From >= o.To {
			s.To = min(s.To, next.From)
		}
	}
	return s
}

// overshoot measures the herd on return: the highest second of arrivals at the
// provider after its outage ÷ the highest in the baseline.
func overshoot(l *Meter, w Window) Measure {
	o := &l.Outages[w.outage]
	if o.Onset == ledger.Never {
		return unmeasured("no request met the outage")
	}
	provider := l.Providers.Find(o.Provider)
	before, _ := l.Highest(provider, l.Calm, w.Journey)
	after, n := l.Highest(provider, l.Until(w.outage), w.Journey)
	switch {
	case before == 0:
		return unmeasured("%s was not called in the baseline", o.Provider)
	case n == 0:
		return unmeasured("%s was not called after the outage", o.Provider)
	}
	return numberMeasure(float64(after)/float64(before), n)
}

// Highest gives the most arrivals at a provider within any second of a stretch,
// and how many there are in all of it.
func (l *Meter) Highest(provider int32, s ledger.Span, journey int32) (most, n int) {
	at := stretch{provider, s, journey}
	p := once(l.peaks, at, func() peak { return l.highestIn(at) })
	return p.most, p.n
}

// peak is the most arrivals within any second, of n in all.
type peak struct{ most, n int }

func (l *Meter) highestIn(at stretch) (p peak) {
	var recent []record.Seconds
	for i, end := l.arrivedBy(at.span.From), l.arrivedBy(at.span.To); i < end; i++ {
		a := &l.Attempts[i]
		if !l.IsArrival(a, at.provider, at.journey) {
			continue
		}
		p.n++
		recent = append(recent, a.Arrived)
		for recent[0] <= a.Arrived-record.Seconds(time.Second) {
			recent = recent[1:]
		}
		p.most = max(p.most, len(recent))
	}
	return p
}
