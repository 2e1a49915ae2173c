package scorecard

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// What the app's work weighs on providers: attempts in flight, arrivals in
// bursts, keys that carry the traffic.

func loadMetrics() []metricRow {
	return []metricRow{
		{
			Metric: Metric{
				Name: "retry_amplification_peak", Unit: "x", Scope: "window", Better: "low", Join: true,
				Doc: "Highest 10 s of arrivals at one provider (50 or more) ÷ what 10 s of baseline bring to all providers.",
			},
			per: perAttempts, measure: amplificationPeak,
		},
		{
			Metric: Metric{
				Name: "pressure", Unit: "x", Scope: "outage", Better: "low",
				Doc: "Mean attempts in flight at the faulted provider, from 5 s into the outage to its end, ÷ the baseline's. Above 1 after 429s the app sheds no load.",
			},
			per: perOutage, measure: pressure,
		},
		{
			Metric: Metric{
				Name: "key_spread", Unit: "share", Scope: "window", Better: "low", Join: true,
				Doc: "Largest share of attempts on one API key, at the provider with the most attempts.",
			},
			per: perAttempts, measure: keySpread,
		},
	}
}

// What a peak of arrivals is.
const (
	peakSpan  = record.Seconds(10 * time.Second)
	peakNeeds = 50
)

// amplificationPeak measures the worst ten seconds that any provider had.
func amplificationPeak(l *ledger, w window) Measure {
	usual := l.usualArrivals(w.journey) * peakSpan.Float()
	if usual == 0 {
		return unmeasured("the baseline has fewer than %d requests, or no attempt", baselineNeeds)
	}
	most := l.mostArrivals(slices.Sorted(l.made(w))) // attempts stand by arrival
	if most < peakNeeds {
		return unmeasured("at most %d arrivals in 10 s, it takes %d", most, peakNeeds)
	}
	return numberMeasure(float64(most)/usual, most)
}

// mostArrivals is the most arrivals in any peakSpan at one provider.
func (l *ledger) mostArrivals(made []int32) int {
	most := 0
	first := make([]int, len(l.providers.list))  // made[first[p]:] is what may be within the span at p …
	recent := make([]int, len(l.providers.list)) // … and recent[p] of them are at p
	for _, k := range made {
		a := &l.attempts[k]
		recent[a.provider]++
		for ; ; first[a.provider]++ {
			b := &l.attempts[made[first[a.provider]]]
			if b.arrived > a.arrived-peakSpan {
				break
			}
			if b.provider == a.provider {
				recent[a.provider]--
			}
		}
		most = max(most, recent[a.provider])
	}
	return most
}

// usualArrivals is how many attempts per second the baseline brings to all
// providers, 0: nobody knows.
func (l *ledger) usualArrivals(journey int32) float64 {
	n := 0
	for i := range l.visits[:l.dueBy(l.calm.to)] {
		if v := &l.visits[i]; l.isCalm(v) && v.outcome != unknown && (journey == none || v.journey == journey) {
			n++
		}
	}
	if length := l.calm.length().Float(); length > 0 {
		return l.usualAttempts(journey) * float64(n) / length
	}
	return 0
}

// pressureFrom is how long an app may take to learn that a provider is in trouble.
const pressureFrom = record.Seconds(5 * time.Second)

// pressure measures how many attempts are under way at a provider in trouble.
func pressure(l *ledger, w window) Measure {
	o := &l.outages[w.outage]
	switch {
	case o.onset == never:
		return unmeasured("no request met the outage")
	case o.blind():
		return unmeasured(unseenReason, o.provider)
	case o.onset+pressureFrom >= o.to:
		return unmeasured("the outage is over 5 s after its first hit")
	}
	provider := l.providers.find(o.provider)
	usual, _ := l.inFlight(provider, l.calm, w.journey)
	if usual == 0 {
		return unmeasured("%s was not called in the baseline", o.provider)
	}
	mean, n := l.inFlight(provider, span{o.onset + pressureFrom, o.to}, w.journey)
	return numberMeasure(mean/usual, max(n, 1))
}

// inFlight gives the mean number of attempts under way at a provider in a stretch,
// and of how many.
func (l *ledger) inFlight(provider int32, s span, journey int32) (mean float64, n int) {
	if s.length() == 0 {
		return 0, 0
	}
	var busy record.Seconds
	for i := range l.attempts[:l.arrivedBy(s.to)] {
		a := &l.attempts[i]
		if a.ended <= s.from || !l.isArrival(a, provider, journey) {
			continue
		}
		busy += min(a.ended, s.to) - max(a.arrived, s.from)
		n++
	}
	return busy.Float() / s.length().Float(), n
}

// keySpread measures how much of the traffic one key carries.
func keySpread(l *ledger, w window) Measure {
	type keyAt struct{ provider, key int32 }
	keys, all := map[keyAt]int{}, map[int32]int{}
	for k := range l.made(w) {
		if a := &l.attempts[k]; a.key != none {
			keys[keyAt{a.provider, a.key}]++
			all[a.provider]++
		}
	}
	busiest, most := none, 0
	for provider, n := range all {
		if n > all[busiest] || n == all[busiest] && l.providers.word(provider) < l.providers.word(busiest) {
			busiest = provider
		}
	}
	for at, n := range keys {
		if at.provider == busiest {
			most = max(most, n)
		}
	}
	return shareMeasure(most, all[busiest], "no attempt carried a key")
}
