package scorecard

import (
	"slices"
	"sort"
	"time"
)

// settledMeasure turns a settled sequence of n requests into spans from start.
func settledMeasure(r settled, start float64, n int) Measure {
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
func (l *ledger) exercised(w window) (*outage, Measure) {
	o := &l.outages[w.outage]
	primary := l.journey(w.journey).primary
	switch {
	case o.onset == never:
		return o, unmeasured("no request met the outage")
	case w.journey != none && primary != none && l.providers.word(primary) != o.provider:
		return o, unmeasured("this journey's primary is not %s", o.provider)
	case !l.whole(l.setup.Providers, o.span):
		return o, unmeasured("no provider was whole throughout the outage")
	}
	return o, Measure{}
}

// failoverTime measures, for one journey, how long it took from the outage's
// onset until its users were served well again while the outage went on.
func failoverTime(l *ledger, w window) Measure {
	o, refusal := l.exercised(w)
	switch {
	case refusal.Reason != "":
		return refusal
	case !l.joined() && !o.total():
		return unmeasured("only %s of the attempts can be joined, so nobody knows which requests the fault spared",
			percent(l.join.Share))
	}
	f := failoverRun{ledger: l, outage: o, index: w.outage, provider: l.providers.find(o.provider)}
	for _, v := range w.visits {
		if v.due >= o.onset && v.due < o.to {
			f.add(v)
		}
	}
	switch {
	case f.met == 0 && l.joined():
		return unmeasured("no request of this journey met the outage")
	case len(f.points) < settleLeft:
		return unmeasured("%d requests counted, and it takes %d", len(f.points), settleLeft)
	}
	r := settle(f.points, settleOptions{
		Start: o.onset.Float(), End: o.to.Float(), Share: 0.9, Near: f.allServed, Rest: f.allServed,
	})
	m := settledMeasure(r, o.onset.Float(), len(f.points))
	if m.Value != nil {
		m.By = f.by(r.First)
	}
	return m
}

// failoverRun is one journey in one outage.
type failoverRun struct {
	*ledger
	outage   *outage
	index    int32
	provider int32
	met      int // requests that met the outage

	points []point  // of those not spared
	asked  []*visit // the same
	dues   []float64
	served []int // served[i]: how many of the first i requests were served, spared or not
}

// add takes one request, by due time. Spared is who reached the provider and was
// not hit: a success of theirs is no work of the app.
func (f *failoverRun) add(v *visit) {
	yes := v.served() && !f.waitedOut(v)
	n := 0
	if len(f.served) > 0 {
		n = f.served[len(f.served)-1]
	} else {
		f.served = append(f.served, 0)
	}
	if yes {
		n++
	}
	f.served, f.dues = append(f.served, n), append(f.dues, v.due.Float())
	met := f.metIn(v, f.index)
	if met {
		f.met++
	}
	reached := slices.ContainsFunc(v.tries, func(k int32) bool { return f.attempts[k].provider == f.provider })
	if reached && !met && f.joined() {
		return
	}
	f.points = append(f.points, point{at: v.due.Float(), yes: yes, line: v.line})
	f.asked = append(f.asked, v)
}

// waitedOut says whether the answer came from an attempt begun after the outage.
func (f *failoverRun) waitedOut(v *visit) bool {
	if v.answered != none {
		return f.attempts[v.answered].arrived >= f.outage.to
	}
	return !f.joined() && v.from == f.provider && v.ended >= f.outage.to
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
		case !f.points[first+i].yes:
		case v.from != none && v.from != f.provider:
			fallbacks++
		case v.answered != none || len(v.tries) > 0 || !f.joined():
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
func (l *ledger) healthy() float64 {
	if l.setup.Healthy > 0 {
		return l.setup.Healthy
	}
	return 0.99
}

// unseenReason is why first attempts cannot be told in an outage of the transport.
const unseenReason = "attempts at %s may not be seen while its transport is down"

// switchTime measures when one journey's first attempts had left the faulted
// provider.
func switchTime(l *ledger, w window) Measure {
	o, refusal := l.exercised(w)
	switch {
	case refusal.Reason != "":
		return refusal
	case o.blind():
		return unmeasured(unseenReason, o.provider)
	}
	provider := l.providers.find(o.provider)
	var points []point
	for _, v := range w.visits {
		if v.due >= o.onset && v.due < o.to {
			first := l.firstAt(v)
			points = append(points, point{v.due.Float(), first != none && first != provider, v.line})
		}
	}
	r := settle(points, settleOptions{Start: o.onset.Float(), End: o.to.Float(), Share: 0.9})
	return settledMeasure(r, o.onset.Float(), len(points))
}

// failoverFirst measures when the first user saw a fallback answer begin.
func failoverFirst(l *ledger, w window) Measure {
	o, refusal := l.exercised(w)
	if refusal.Reason != "" {
		return refusal
	}
	provider := l.providers.find(o.provider)
	first, n := never, 0
	for _, v := range w.visits {
		if v.outcome != fallback || v.from == provider || v.first < o.onset {
			continue
		}
		n++
		if first == never || v.first < first {
			first = v.first
		}
	}
	if n == 0 {
		return unmeasured("no answer by another provider")
	}
	return numberMeasure((first - o.onset).Float(), n)
}

// detectionTime measures how long calls that met the outage took to go to
// another provider.
func detectionTime(q float64) func(*ledger, window) Measure {
	return func(l *ledger, w window) Measure {
		o, refusal := l.exercised(w)
		if refusal.Reason != "" {
			return refusal
		}
		provider := l.providers.find(o.provider)
		var values []float64
		for _, v := range w.visits {
			values = append(values, l.detections(v, provider, w.outage)...)
		}
		if len(values) == 0 {
			return unmeasured("no call that met the outage went to another provider")
		}
		return quantileMeasure(values, q)
	}
}

// detections gives, for each call of a visit that was hit in the outage and then
// went elsewhere, the time between.
func (l *ledger) detections(v *visit, provider, outage int32) []float64 {
	var values []float64
	for at, first := range l.callsAt(v, provider) {
		if !first.hit {
			continue
		}
		other := never
		for _, k := range v.tries {
			b := &l.attempts[k]
			if b.provider == provider || b.arrived < first.arrived || b.endpoint != at.endpoint {
				continue
			}
			// Prompts worded differently for two providers still are one call
			// where the request has one alone.
			if (b.print == at.print || first.alone) && (other == never || b.arrived < other) {
				other = b.arrived
			}
		}
		if other != never {
			values = append(values, (other - first.arrived).Float())
		}
	}
	slices.Sort(values)
	return values
}

// firstTry is the first attempt of a call at a provider.
type firstTry struct {
	arrived Seconds
	hit     bool // it, or a retry of it, was hit
	alone   bool // the visit has no other call there
}

// callsAt gives a visit's calls at a provider.
func (l *ledger) callsAt(v *visit, provider int32) map[callAt]firstTry {
	calls := map[callAt]firstTry{}
	for _, k := range v.tries {
		a := &l.attempts[k]
		if a.provider != provider {
			continue
		}
		at := callAt{provider, a.endpoint, a.print}
		first, ok := calls[at]
		if !ok {
			first.arrived = a.arrived
		}
		first.hit = first.hit || a.hit()
		calls[at] = first
	}
	if len(calls) == 1 {
		for at, first := range calls {
			first.alone = true
			calls[at] = first
		}
	}
	return calls
}

// settledIn is how long into an outage an app should have noticed a dead provider.
const settledIn = Seconds(10 * time.Second)

// deadAttempts measures the share of requests that still try a provider first
// which has answered nobody for ten seconds.
func deadAttempts(l *ledger, w window) Measure {
	o := &l.outages[w.outage]
	if o.onset == never {
		return unmeasured("no request met the outage")
	}
	if o.blind() {
		return unmeasured(unseenReason, o.provider)
	}
	provider := l.providers.find(o.provider)
	k, n := 0, 0
	for _, v := range w.visits {
		if v.due < o.onset+settledIn || !o.down(v.due) {
			continue
		}
		n++
		if l.firstAt(v) == provider {
			k++
		}
	}
	return shareMeasure(k, n, o.provider+" was not wholly down 10 s into the outage")
}

// flaps counts how often one journey's route changed in an outage, beyond once.
// The route is the provider of two thirds of the first attempts in 2 s, if there
// are ten; else it stays.
func flaps(l *ledger, w window) Measure {
	const (
		block  = Seconds(2 * time.Second)
		enough = 10
	)
	o, refusal := l.exercised(w)
	route := l.journey(w.journey).primary
	switch {
	case refusal.Reason != "":
		return refusal
	case o.blind():
		return unmeasured(unseenReason, o.provider)
	case route == none:
		return unmeasured("the journey has no primary")
	}
	blocks := map[Seconds]map[int32]int{}
	for _, v := range w.visits {
		first := l.firstAt(v)
		if v.due < o.onset || v.due >= o.to || first == none {
			continue
		}
		b := (v.due - o.onset) / block
		if blocks[b] == nil {
			blocks[b] = map[int32]int{}
		}
		blocks[b][first]++
	}
	changes, seen := 0, 0
	for b := Seconds(0); b*block < o.to-o.onset && len(blocks) > 0; b++ {
		next, n := leading(blocks[b])
		if n < enough || next == none {
			continue
		}
		seen++
		if next != route {
			route, changes = next, changes+1
		}
	}
	if seen == 0 {
		return unmeasured("too few requests to tell the route: it takes 10 in 2 s")
	}
	return numberMeasure(float64(max(changes-1, 0)), seen)
}

// leading gives the provider with two thirds of the attempts, or none, and how
// many attempts there are.
func leading(counts map[int32]int) (provider int32, n int) {
	for _, k := range counts {
		n += k
	}
	for p, k := range counts {
		if 3*k >= 2*n {
			return p, n
		}
	}
	return none, n
}
