package scorecard

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// Where requests were tried first, and when that changed.

// unseenReason is why first attempts cannot be told in an outage of connections.
const unseenReason = "attempts at %s may not be seen while connections to it fail"

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
	points := make([]stats.Point, 0, len(w.visits))
	for _, v := range w.visits {
		// Whom a cache answers goes nowhere.
		if v.due >= o.onset && v.due < o.to && v.outcome != cached {
			first := l.firstAt(v)
			points = append(points, stats.Point{At: v.due.Float(), Yes: first != none && first != provider, Line: v.line})
		}
	}
	r := stats.Settle(points, stats.SettleOptions{Start: o.onset.Float(), End: o.to.Float(), Share: 0.9})
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
	if !l.wentElsewhere(v, provider) {
		return nil
	}
	var values []float64
	calls := l.callsAt(v, provider)
	for _, call := range calls {
		if !call.hit {
			continue
		}
		other := never
		for _, k := range l.triesOf(v) {
			b := &l.attempts[k]
			if b.provider == provider || b.arrived < call.arrived || b.endpoint != call.endpoint {
				continue
			}
			// Prompts worded differently for two providers still are one call
			// where the request has one alone.
			if (b.print == call.print || len(calls) == 1) && (other == never || b.arrived < other) {
				other = b.arrived
			}
		}
		if other != never {
			values = append(values, (other - call.arrived).Float())
		}
	}
	return values
}

// firstTry is the first attempt of a call at a provider.
type firstTry struct {
	callAt
	arrived record.Seconds
	hit     bool // it, or a retry of it, was hit
}

// callsAt gives a visit's calls at a provider.
func (l *ledger) callsAt(v *visit, provider int32) []firstTry {
	var calls []firstTry
	for _, k := range l.triesOf(v) {
		a := &l.attempts[k]
		if a.provider != provider {
			continue
		}
		at := callAt{provider, a.endpoint, a.print, l.tryAt(v, a.arrived)}
		i := slices.IndexFunc(calls, func(c firstTry) bool { return c.callAt == at })
		if i < 0 {
			i, calls = len(calls), append(calls, firstTry{callAt: at, arrived: a.arrived})
		}
		calls[i].hit = calls[i].hit || a.hit()
	}
	return calls
}

// settledIn is how long into an outage an app should have noticed a dead provider.
const settledIn = record.Seconds(10 * time.Second)

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
		block  = record.Seconds(2 * time.Second)
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
	blocks := map[record.Seconds]map[int32]int{}
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
	for b := record.Seconds(0); b*block < o.to-o.onset && len(blocks) > 0; b++ {
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
