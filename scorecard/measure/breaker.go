package measure

import (
	"slices"
	"sort"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A breaker is seen from arrivals at the provider alone. It is open while, of
// users whose first choice the provider is, ten in a row do not reach it for
// half a second or more; what arrives between two such silences is a probe.
//
//	arrivals  ||||||||||||||||          |         |         ||||||||||||
//	          closed         ^ opened   ^ probe   ^ probe   ^ closed again

// What a breaker is told by.
const (
	breakerNeeds = 5.0                                    // arrivals per second in the baseline
	silentFor    = record.Seconds(500 * time.Millisecond) // and …
	silentDue    = 10                                     // … so many requests due make a silence
	closedFor    = 2.0                                    // s of traffic in a row: the breaker has closed
	openNeeds    = record.Seconds(5 * time.Second)        // open for so long, probes have a rate
	stuckAfter   = record.Seconds(15 * time.Second)       // quiet after an outage for so long is stuck
	noBreaker    = "no breaker was seen: %s was called all the time"
	notOften     = "not exercised: %s called %s/s in the baseline, it takes %g"
)

func breakerMetrics() []metricRow {
	return []metricRow{
		{
			Metric: Metric{
				Name: "breaker_open_time", Unit: "s", Scope: "outage", Better: "low",
				Doc: "From an outage's first hit until the breaker opened: the provider's arrivals fell silent.",
			},
			per: perOutage, measure: breakerOpenTime,
		},
		{
			Metric: Metric{
				Name: "breaker_open_attempts", Unit: "count", Scope: "outage", Better: "low",
				Doc: "Attempts that met the fault until the breaker opened.",
			},
			per: perOutage, measure: breakerOpenAttempts,
		},
		{
			Metric: Metric{
				Name: "breaker_probe_rate", Unit: "1/s", Scope: "outage", Better: "low",
				Doc: "Arrivals per second at the provider while the breaker was open.",
			},
			per: perOutage, measure: breakerProbeRate,
		},
		{
			Metric: Metric{
				Name: "breaker_half_open_burst", Unit: "x", Scope: "outage", Better: "low",
				Doc: "Highest second of arrivals among the probes of an open breaker ÷ highest in the baseline.",
			},
			per: perOutage, measure: breakerBurst,
		},
		{
			Metric: Metric{
				Name: "breaker_false_opens", Unit: "count", Scope: "drill", Better: "low",
				Doc: "Times that the breaker of a provider opened though it had no fault.",
			},
			measure: breakerFalseOpens,
		},
		{
			Metric: Metric{
				Name: "breaker_stuck", Unit: "count", Scope: "after", Better: "low",
				Doc: "1 when a breaker that opened in the outage never closed after it, else 0.",
			},
			per: perOutage, measure: breakerStuck,
		},
	}
}

// A Flurry is a stretch of arrivals at a provider between two silences.
type Flurry struct {
	from, to record.Seconds
	n, hits  int
	Wholes   int // answered well, to the end
}

// closed says whether a flurry is a breaker's closing: traffic as ever, of which
// something was answered.
func (f Flurry) closed(rate float64) bool {
	return float64(f.n) >= closedFor*rate && f.Wholes > 0
}

// breakerRun is what a breaker did in one outage and after it.
type breakerRun struct {
	outage   *ledger.Outage
	provider int32
	rate     float64  // arrivals per second in the baseline
	before   Flurry   // from the onset until it opened
	probes   []Flurry // from then on
}

// breakerOf looks at the arrivals that a window's outage is about. The refusal
// says why there is nothing to see.
func (l *Meter) breakerOf(w Window) (run breakerRun, refusal Measure) {
	o := &l.Outages[w.outage]
	run = breakerRun{outage: o, provider: l.Providers.Find(o.Provider)}
	_, n := l.Highest(run.provider, l.Calm, w.Journey)
	if length := l.Calm.Length().Float(); length > 0 {
		run.rate = float64(n) / length
	}
	switch {
	case o.Onset == ledger.Never:
		return run, unmeasured("no request met the outage")
	case o.Blind():
		return run, unmeasured(unseenReason, o.Provider)
	case run.rate < breakerNeeds:
		return run, unmeasured(notOften, o.Provider, words.Decimals(run.rate, 1), breakerNeeds)
	}
	flurries := l.Flurries(run.provider, ledger.Span{From: o.Onset, To: l.Until(w.outage).To}, w.Journey)
	// What comes after the last arrival is a silence too, unless it is the end.
	if len(flurries) < 2 || flurries[0].to >= o.To {
		return run, unmeasured(noBreaker, o.Provider)
	}
	run.before, run.probes = flurries[0], flurries[1:]
	return run, Measure{}
}

// Flurries parts the arrivals at a provider by their silences. The first begins
// with the stretch and the last ends with it, with or without an arrival.
func (l *Meter) Flurries(provider int32, s ledger.Span, journey int32) []Flurry {
	return once(l.quiets, stretch{provider, s, journey}, func() []Flurry { return l.parted(provider, s, journey) })
}

func (l *Meter) parted(provider int32, s ledger.Span, journey int32) []Flurry {
	dues := l.duesFor(provider, s, journey)
	silent := func(from, to record.Seconds) bool {
		i := sort.Search(len(dues), func(i int) bool { return dues[i] > from })
		return to-from >= silentFor && i+silentDue <= len(dues) && dues[i+silentDue-1] < to
	}
	all := []Flurry{{from: s.From, to: s.From}}
	for k, end := l.arrivedBy(s.From), l.arrivedBy(s.To); k < end; k++ {
		a := &l.Attempts[k]
		if !l.IsArrival(a, provider, journey) {
			continue
		}
		f := &all[len(all)-1]
		if silent(f.to, a.Arrived) {
			all = append(all, Flurry{from: a.Arrived})
			f = &all[len(all)-1]
		}
		f.to = a.Arrived
		f.n++
		switch {
		case a.Hit():
			f.hits++
		case l.Answers(int32(k)):
			f.Wholes++
		}
	}
	if silent(all[len(all)-1].to, s.To) {
		all = append(all, Flurry{from: s.To, to: s.To})
	}
	return all
}

// IsArrival says whether an attempt counts as an arrival at a provider, of a
// journey if there is one.
func (l *Meter) IsArrival(a *ledger.Attempt, provider, journey int32) bool {
	if a.Provider != provider || !a.Endpoint.Prompted() {
		return false
	}
	return journey == ledger.None || a.Visit != ledger.None && l.Visits[a.Visit].Journey == journey
}

// duesFor gives, sorted, when requests were due that would go to a provider
// first, those left out that hung: an app that is stuck opens no breaker.
func (l *Meter) duesFor(provider int32, s ledger.Span, journey int32) []record.Seconds {
	var dues []record.Seconds
	for i, end := l.dueBy(s.From), l.dueBy(s.To); i < end; i++ {
		v := &l.Visits[i]
		if v.Outcome == ledger.Unknown || v.Outcome == ledger.Hang || journey != ledger.None && v.Journey != journey {
			continue
		}
		if l.Journey(v.Journey).Home == provider {
			dues = append(dues, v.Due)
		}
	}
	return dues
}

func breakerOpenTime(l *Meter, w Window) Measure {
	run, refusal := l.breakerOf(w)
	if refusal.Reason != "" {
		return refusal
	}
	low := (run.before.to - run.outage.Onset).Float()
	high := low + 1/run.rate // when the next one would have come
	return Measure{Value: &high, N: run.before.n, Low: &low, High: &high}
}

func breakerOpenAttempts(l *Meter, w Window) Measure {
	run, refusal := l.breakerOf(w)
	if refusal.Reason != "" {
		return refusal
	}
	return numberMeasure(float64(run.before.hits), max(run.before.n, 1))
}

// open gives the stretch in which a breaker was open while the outage lasted,
// and its probes.
func (run breakerRun) open() (s ledger.Span, probes []Flurry) {
	s = ledger.Span{From: run.before.to, To: run.outage.To}
	for _, f := range run.probes {
		if f.from >= run.outage.To {
			break
		}
		if f.closed(run.rate) {
			s.To = f.from
			break
		}
		if f.n > 0 {
			probes = append(probes, f)
		}
	}
	return s, probes
}

func breakerProbeRate(l *Meter, w Window) Measure {
	run, refusal := l.breakerOf(w)
	if refusal.Reason != "" {
		return refusal
	}
	s, probes := run.open()
	if s.Length() < openNeeds {
		return unmeasured("the breaker was open for %s, it takes %s", words.Figure(s.Length().Float(), "s"), words.Figure(openNeeds.Float(), "s"))
	}
	n := 0
	for _, f := range probes {
		n += f.n
	}
	return numberMeasure(float64(n)/s.Length().Float(), max(n, 1))
}

func breakerBurst(l *Meter, w Window) Measure {
	run, refusal := l.breakerOf(w)
	if refusal.Reason != "" {
		return refusal
	}
	_, probes := run.open()
	if len(probes) == 0 {
		return unmeasured("no probe came while the breaker was open")
	}
	usual, _ := l.Highest(run.provider, l.Calm, w.Journey)
	most, n := 0, 0
	for _, f := range probes {
		k, _ := l.Highest(run.provider, ledger.Span{From: f.from, To: min(f.to+1, run.outage.To)}, w.Journey)
		most, n = max(most, k), n+f.n
	}
	return numberMeasure(float64(most)/float64(usual), n)
}

// breakerFalseOpens counts silences of providers that were well: in the baseline,
// and after an outage once its traffic was back.
func breakerFalseOpens(l *Meter, w Window) Measure {
	opens, n := 0, 0
	var refusal Measure
	for _, provider := range l.primaries(w.Journey) {
		_, calls := l.Highest(provider, l.Calm, w.Journey)
		rate := float64(calls) / max(l.Calm.Length().Float(), 1)
		if rate < breakerNeeds {
			refusal = unmeasured(notOften, l.Providers.Word(provider), words.Decimals(rate, 1), breakerNeeds)
			continue
		}
		for _, s := range l.wellSpans(provider, rate, w.Journey) {
			s.From, s.To = max(s.From, w.From), min(s.To, w.To)
			if s.Length() > 0 {
				n += calls
				opens += len(l.Flurries(provider, s, w.Journey)) - 1
			}
		}
	}
	switch {
	case n > 0:
		return numberMeasure(float64(opens), n)
	case refusal.Reason != "":
		return refusal
	}
	return unmeasured("no journey had its primary well and in use")
}

// primaries gives the providers that are some journey's primary.
func (l *Meter) primaries(journey int32) []int32 {
	var found []int32
	for i := range l.Facts {
		p := l.Facts[i].Home
		if p != ledger.None && (journey == ledger.None || journey == int32(i)) && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return found
}

// wellSpans gives the stretches in which a provider had no fault and its traffic.
func (l *Meter) wellSpans(provider int32, rate float64, journey int32) []ledger.Span {
	spans := []ledger.Span{l.Calm}
	for i := range l.Outages {
		if l.Outages[i].Provider != l.Providers.Word(provider) {
			continue
		}
		after := l.Until(int32(i))
		for _, f := range l.Flurries(provider, after, journey) {
			if f.closed(rate) {
				spans = append(spans, ledger.Span{From: f.from, To: after.To})
				break
			}
		}
	}
	return spans
}

func breakerStuck(l *Meter, w Window) Measure {
	run, refusal := l.breakerOf(w)
	if refusal.Reason != "" {
		return refusal
	}
	after := l.Until(w.outage)
	stuck := 1.0
	for _, f := range l.Flurries(run.provider, after, w.Journey) {
		if f.closed(run.rate) {
			stuck = 0
		}
	}
	if stuck > 0 && after.Length() < stuckAfter {
		return unmeasured("too short to tell: it is judged over %s", words.Figure(stuckAfter.Float(), "s"))
	}
	return numberMeasure(stuck, run.before.n+1)
}
