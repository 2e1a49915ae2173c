package measure

import (
	"slices"
	"sort"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// settledMeasure turns a settled sequence of n requests into spans from start.
func settledMeasure(r stats.Settled, start float64, n int) Measure {
	switch {
	case r.TooFew:
		return unmeasured("%d requests counted, and it takes 20 and 5 s to settle", n)
	case r.Never:
		return bound(max(r.Low-start, 0), n, "never settled")
	}
	low, high := max(r.Low-start, 0), max(r.High-start, 0)
	m := Measure{Value: &high, N: n, Low: &low, High: &high}
	if r.None {
		m.Reason = "not noticeable"
	}
	return m
}

// exercised gives the reason why an outage says nothing about failing over: it
// was not met, or there was nowhere to go.
func (l *Meter) exercised(w Window) (*ledger.Outage, Measure) {
	o := &l.Outages[w.outage]
	primary := l.Journey(w.Journey).Home
	switch {
	case o.Onset == ledger.Never:
		return o, unmeasured("no request met the outage")
	case w.Journey != ledger.None && primary != ledger.None && l.Providers.Word(primary) != o.Provider:
		return o, unmeasured("this journey's primary is not %s", o.Provider)
	case !l.Whole(l.Setup.Providers, o.Span):
		return o, unmeasured("no provider was whole throughout the outage")
	}
	return o, Measure{}
}

// failoverTime measures, for one journey, how long it took from the outage's
// onset until its users were served well again while the outage went on.
func failoverTime(l *Meter, w Window) Measure {
	o, refusal := l.exercised(w)
	switch {
	case refusal.Reason != "":
		return refusal
	case !l.Joined() && !o.Total():
		return unmeasured("only %s of the attempts can be joined, so nobody knows which requests the fault spared",
			words.Percent(l.Join.Share))
	}
	n := len(w.Visits)
	f := failoverRun{
		Meter: l, outage: o, index: w.outage, provider: o.Number,
		points: make([]stats.Point, 0, n), asked: make([]*ledger.Visit, 0, n), dues: make([]float64, 0, n), served: make([]int32, 1, n+1),
	}
	for _, v := range w.Visits {
		if v.Due >= o.Onset && v.Due < o.To {
			f.add(v)
		}
	}
	switch {
	case f.met == 0 && l.Joined():
		return unmeasured("no request of this journey met the outage")
	case len(f.points) < stats.SettleLeft:
		return unmeasured("%d requests counted, and it takes %d", len(f.points), stats.SettleLeft)
	}
	r := stats.Settle(f.points, stats.SettleOptions{
		Start: o.Onset.Float(), End: o.To.Float(), Share: 0.9, Near: f.allServed, Rest: f.allServed,
	})
	m := settledMeasure(r, o.Onset.Float(), len(f.points))
	if m.Value != nil {
		m.By = f.by(r.First)
	}
	return m
}

// failoverRun is one journey in one outage.
type failoverRun struct {
	*Meter
	outage   *ledger.Outage
	index    int32
	provider int32
	met      int // requests that met the outage

	points []stats.Point   // of those not spared
	asked  []*ledger.Visit // the same
	dues   []float64
	served []int32 // served[i]: how many of the first i requests were served, spared or not
}

// add takes one request, by due time. Spared is who reached the provider and was
// not hit: a success of theirs is no work of the app.
func (f *failoverRun) add(v *ledger.Visit) {
	yes := v.Served() && !f.waitedOut(v)
	n := f.served[len(f.served)-1]
	if yes {
		n++
	}
	f.served, f.dues = append(f.served, n), append(f.dues, v.Due.Float())
	met := f.MetIn(v, f.index)
	if met {
		f.met++
	}
	reached := slices.ContainsFunc(f.TriesOf(v), func(k int32) bool { return f.Attempts[k].Provider == f.provider })
	if reached && !met && f.Joined() {
		return
	}
	f.points = append(f.points, stats.Point{At: v.Due.Float(), Yes: yes, Line: v.Line})
	f.asked = append(f.asked, v)
}

// waitedOut says whether the answer came from an attempt begun after the outage.
func (f *failoverRun) waitedOut(v *ledger.Visit) bool {
	if v.Answered != ledger.None {
		return f.Attempts[v.Answered].Arrived >= f.outage.To
	}
	return !f.Joined() && v.From == f.provider && v.Ended >= f.outage.To
}

// allServed says whether of all requests due in [from, to] as many were served
// as a healthy baseline has, less five points.
func (f *failoverRun) allServed(from, to float64) bool {
	i := sort.SearchFloat64s(f.dues, from)
	k := sort.Search(len(f.dues), func(k int) bool { return f.dues[k] > to })
	n := k - i
	return n <= 0 || float64(f.served[k]-f.served[i]) >= (f.healthy()-0.05)*float64(n)-1e-9
}

// by says who served most of those served from the first-th point on.
func (f *failoverRun) by(first int) string {
	var fallbacks, retries, app int
	for i, v := range f.asked[first:] {
		switch {
		case !f.points[first+i].Yes:
		case v.From != ledger.None && v.From != f.provider:
			fallbacks++
		case v.Answered != ledger.None || v.Tries.N > 0 || !f.Joined():
			retries++
		default:
			app++
		}
	}
	switch {
	case fallbacks > retries+app:
		return "fallback"
	case retries >= app:
		return "retry"
	}
	return "app"
}

// healthy is H.
func (l *Meter) healthy() float64 {
	if l.Setup.Healthy > 0 {
		return l.Setup.Healthy
	}
	return 0.99
}
