package measure

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// What the app's work weighs on providers: attempts in flight, arrivals in
// bursts, keys that carry the traffic.

func loadMetrics() []metricRow {
	return []metricRow{
		{
			Metric: Metric{
				Name: "retry_amplification_peak", Unit: "x", Scope: "window", Better: "low", Join: true,
				Doc: "Highest 10 s of arrivals at one provider (50 or more), those lost with their connections among them, ÷ what 10 s of baseline bring to all providers.",
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
func amplificationPeak(l *Meter, w Window) Measure {
	usual := l.usualArrivals(w.Journey) * peakSpan.Float()
	if usual == 0 {
		return unmeasured("the baseline has fewer than %d requests, or no attempt", baselineNeeds)
	}
	if refusal, yes := l.anybodys(w); yes {
		return refusal
	}
	most := l.mostArrivals(l.sought(w))
	if most < peakNeeds {
		return unmeasured("at most %d arrivals in 10 s, it takes %d", most, peakNeeds)
	}
	return numberMeasure(float64(most)/usual, most)
}

// An arrival is an attempt at a provider, or one that would have got there.
type arrival struct {
	at       record.Seconds
	provider int32
}

// sought gives the arrivals of a window, by moment.
func (l *Meter) sought(w Window) []arrival {
	var all []arrival
	for k := range l.Made(w) {
		all = append(all, arrival{l.Attempts[k].Arrived, l.Attempts[k].Provider})
	}
	for c := range l.Lost(w) {
		all = append(all, arrival{c.Struck, c.Provider})
	}
	slices.SortFunc(all, func(a, b arrival) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.provider, b.provider))
	})
	return all
}

// mostArrivals is the most arrivals in any peakSpan at one provider.
func (l *Meter) mostArrivals(all []arrival) int {
	most := 0
	first := make([]int, len(l.Providers.List))  // all[first[p]:] is what may be within the span at p …
	recent := make([]int, len(l.Providers.List)) // … and recent[p] of them are at p
	for _, a := range all {
		recent[a.provider]++
		for ; ; first[a.provider]++ {
			b := all[first[a.provider]]
			if b.at > a.at-peakSpan {
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
func (l *Meter) usualArrivals(journey int32) float64 {
	n := 0
	for i := range l.Visits[:l.dueBy(l.Calm.To)] {
		if v := &l.Visits[i]; l.IsCalm(v) && v.Outcome != ledger.Unknown && (journey == ledger.None || v.Journey == journey) {
			n++
		}
	}
	if length := l.Calm.Length().Float(); length > 0 {
		return l.usualAttempts(journey) * float64(n) / length
	}
	return 0
}

// pressureFrom is how long an app may take to learn that a provider is in trouble.
const pressureFrom = record.Seconds(5 * time.Second)

// pressure measures how many attempts are under way at a provider in trouble.
func pressure(l *Meter, w Window) Measure {
	o := &l.Outages[w.outage]
	switch {
	case o.Onset == ledger.Never:
		return unmeasured("no request met the outage")
	case o.Blind():
		return unmeasured(unseenReason, o.Provider)
	case o.Onset+pressureFrom >= o.To:
		return unmeasured("the outage is over 5 s after its first hit")
	}
	provider := l.Providers.Find(o.Provider)
	usual, _ := l.inFlight(provider, l.Calm, w.Journey)
	if usual == 0 {
		return unmeasured("%s was not called in the baseline", o.Provider)
	}
	mean, n := l.inFlight(provider, ledger.Span{From: o.Onset + pressureFrom, To: o.To}, w.Journey)
	return numberMeasure(mean/usual, max(n, 1))
}

// inFlight gives the mean number of attempts under way at a provider in a stretch,
// and of how many.
func (l *Meter) inFlight(provider int32, s ledger.Span, journey int32) (mean float64, n int) {
	if s.Length() == 0 {
		return 0, 0
	}
	var busy record.Seconds
	for i := range l.Attempts[:l.arrivedBy(s.To)] {
		a := &l.Attempts[i]
		if a.Ended <= s.From || !l.IsArrival(a, provider, journey) {
			continue
		}
		busy += min(a.Ended, s.To) - max(a.Arrived, s.From)
		n++
	}
	return busy.Float() / s.Length().Float(), n
}

// keySpread measures how much of the traffic one key carries.
func keySpread(l *Meter, w Window) Measure {
	type keyAt struct{ provider, key int32 }
	keys, all := map[keyAt]int{}, map[int32]int{}
	for k := range l.Made(w) {
		if a := &l.Attempts[k]; a.Key != ledger.None {
			keys[keyAt{a.Provider, a.Key}]++
			all[a.Provider]++
		}
	}
	busiest, most := ledger.None, 0
	for provider, n := range all {
		if n > all[busiest] || n == all[busiest] && l.Providers.Word(provider) < l.Providers.Word(busiest) {
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
