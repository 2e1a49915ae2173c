package measure

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// Where requests were tried first, and when that changed.

// unseenReason is why first attempts cannot be told in an outage of connections.
const unseenReason = "attempts at %s may not be seen while connections to it fail"

// detourReason is why they cannot, of an app that asks somebody else something first.
const detourReason = "in the baseline most first attempts go to another provider, for something else than what %s is asked for"

// detours says whether a journey's first attempts are mostly not at its primary when all
// is well, so that they do not tell where it is routed.
func (l *Meter) detours(journey int32) bool {
	j := l.Journey(journey)
	return j.Home != ledger.None && j.Share < 0.5
}

// switchTime measures when one journey's first attempts had left the faulted
// provider.
func switchTime(l *Meter, w Window) Measure {
	o, refusal := l.exercised(w)
	switch {
	case refusal.Reason != "":
		return refusal
	case o.Blind():
		return unmeasured(unseenReason, o.Provider)
	case l.detours(w.Journey):
		return unmeasured(detourReason, o.Provider)
	}
	provider := l.Providers.Find(o.Provider)
	points := make([]stats.Point, 0, len(w.Visits))
	for _, v := range w.Visits {
		// Whom a cache answers goes nowhere.
		if v.Due >= o.Onset && v.Due < o.To && v.Outcome != ledger.Cached {
			first := l.FirstAt(v)
			points = append(points, stats.Point{At: v.Due.Float(), Yes: first != ledger.None && first != provider, Line: v.Line})
		}
	}
	r := stats.Settle(points, stats.SettleOptions{Start: o.Onset.Float(), End: o.To.Float(), Share: 0.9})
	return settledMeasure(r, o.Onset.Float(), len(points))
}

// failoverFirst measures when the first user saw a fallback answer begin.
func failoverFirst(l *Meter, w Window) Measure {
	o, refusal := l.exercised(w)
	if refusal.Reason != "" {
		return refusal
	}
	provider := l.Providers.Find(o.Provider)
	first, n := ledger.Never, 0
	for _, v := range w.Visits {
		if v.Outcome != ledger.Fallback || v.From == provider || v.First < o.Onset {
			continue
		}
		n++
		if first == ledger.Never || v.First < first {
			first = v.First
		}
	}
	if n == 0 {
		return unmeasured("no answer by another provider")
	}
	return numberMeasure((first - o.Onset).Float(), n)
}

// detectionTime measures how long calls that met the outage took to go to
// another provider.
func detectionTime(q float64) func(*Meter, Window) Measure {
	return func(l *Meter, w Window) Measure {
		o, refusal := l.exercised(w)
		if refusal.Reason != "" {
			return refusal
		}
		provider := l.Providers.Find(o.Provider)
		var values []float64
		for _, v := range w.Visits {
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
func (l *Meter) detections(v *ledger.Visit, provider, outage int32) []float64 {
	if !l.WentElsewhere(v, provider) {
		return nil
	}
	var values []float64
	calls := l.callsAt(v, provider)
	for _, call := range calls {
		if !call.hit {
			continue
		}
		other := ledger.Never
		for _, k := range l.TriesOf(v) {
			b := &l.Attempts[k]
			if b.Provider == provider || b.Arrived < call.arrived || b.Endpoint != call.Endpoint {
				continue
			}
			// Prompts worded differently for two providers still are one call
			// where the request has one alone.
			if (b.Print == call.Print || len(calls) == 1) && (other == ledger.Never || b.Arrived < other) {
				other = b.Arrived
			}
		}
		if other != ledger.Never {
			values = append(values, (other - call.arrived).Float())
		}
	}
	return values
}

// firstTry is the first attempt of a call at a provider.
type firstTry struct {
	ledger.CallAt
	arrived record.Seconds
	hit     bool // it, or a retry of it, was hit
}

// callsAt gives a visit's calls at a provider.
func (l *Meter) callsAt(v *ledger.Visit, provider int32) []firstTry {
	var calls []firstTry
	for _, k := range l.TriesOf(v) {
		a := &l.Attempts[k]
		if a.Provider != provider {
			continue
		}
		at := ledger.CallAt{Provider: provider, Endpoint: a.Endpoint, Print: a.Print, Try: l.TryAt(v, a.Arrived)}
		i := slices.IndexFunc(calls, func(c firstTry) bool { return c.CallAt == at })
		if i < 0 {
			i, calls = len(calls), append(calls, firstTry{CallAt: at, arrived: a.Arrived})
		}
		calls[i].hit = calls[i].hit || a.Hit()
	}
	return calls
}

// SettledIn is how long into an outage an app should have noticed a dead provider.
const SettledIn = record.Seconds(10 * time.Second)

// deadAttempts measures the share of requests that still try a provider first
// which has answered nobody for ten seconds.
func deadAttempts(l *Meter, w Window) Measure {
	o := &l.Outages[w.outage]
	if o.Onset == ledger.Never {
		return unmeasured("no request met the outage")
	}
	if o.Blind() {
		return unmeasured(unseenReason, o.Provider)
	}
	provider := l.Providers.Find(o.Provider)
	k, n := 0, 0
	for _, v := range w.Visits {
		if v.Due < o.Onset+SettledIn || !o.Down(v.Due) {
			continue
		}
		n++
		if l.FirstAt(v) == provider {
			k++
		}
	}
	return shareMeasure(k, n, o.Provider+" was not wholly down 10 s into the outage")
}

// flaps counts how often one journey's route changed in an outage, beyond once.
// The route is the provider of two thirds of the first attempts in 2 s, if there
// are ten; else it stays.
func flaps(l *Meter, w Window) Measure {
	const (
		block  = record.Seconds(2 * time.Second)
		enough = 10
	)
	o, refusal := l.exercised(w)
	route := l.Journey(w.Journey).Home
	switch {
	case refusal.Reason != "":
		return refusal
	case o.Blind():
		return unmeasured(unseenReason, o.Provider)
	case route == ledger.None:
		return unmeasured("the journey has no primary")
	case l.detours(w.Journey):
		return unmeasured(detourReason, o.Provider)
	}
	blocks := map[record.Seconds]map[int32]int{}
	for _, v := range w.Visits {
		first := l.FirstAt(v)
		if v.Due < o.Onset || v.Due >= o.To || first == ledger.None {
			continue
		}
		b := (v.Due - o.Onset) / block
		if blocks[b] == nil {
			blocks[b] = map[int32]int{}
		}
		blocks[b][first]++
	}
	changes, seen := 0, 0
	for b := record.Seconds(0); b*block < o.To-o.Onset && len(blocks) > 0; b++ {
		next, n := leading(blocks[b])
		if n < enough || next == ledger.None {
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
	return ledger.None, n
}

// WentElsewhere says whether a visit made an attempt at another provider: where texts and
// what comes before them are different providers' in the first place, one of those that
// this provider is asked for.
func (l *Meter) WentElsewhere(v *ledger.Visit, provider int32) bool {
	j := l.Journey(v.Journey)
	return slices.ContainsFunc(l.TriesOf(v), func(k int32) bool {
		a := &l.Attempts[k]
		asked := !j.Apart || (a.Endpoint == ledger.EndpointText) == (j.Home == provider || j.Home == ledger.None)
		return a.Provider != provider && asked
	})
}
