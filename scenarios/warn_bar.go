package scenarios

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// warnBar says what a bar can prove on each of its stretches.
func (b *builder) warnBar(d *barDraft, bar record.Bar, given map[int][]allowance) {
	if bar.Against != "" {
		return // its threshold is not known before par is
	}
	m := metric(bar.Metric)
	for _, s := range b.course.stretches(bar, m) {
		b.warnFew(d, bar, s)
		if settled(m.Name) {
			b.warnTime(d, bar, s)
		}
		if m.Name == "failover_time" {
			b.warnHidden(d, bar, s)
		}
		if m.Name == "availability" && bar.Op == "min" {
			b.warnFailover(d, bar, s, given[s.phase])
			b.warnAllDown(d, bar, s)
		}
	}
}

// at is where a bar's key is, for default bars the scenario itself.
func (d *barDraft) key(names ...string) (path []string) {
	for _, name := range names {
		if d.Node != nil && d.Has(name) {
			return []string{name}
		}
	}
	return []string{"metric"}
}

// settled says whether a metric is the time until users, or attempts, settled.
func settled(metric string) bool {
	return slices.Contains([]string{"failover_time", "switch_time", "failback_time", "recovery_lag"}, metric)
}

// perRequest says whether a share is one of all requests, so that their number
// is known before the drill.
func perRequest(metric string) bool {
	return slices.Contains([]string{"availability", "usable_share", "error_rate", "degraded_share", "fallback_share", "undeclared"}, metric)
}

// needed is how many requests a bar wants before the measured value decides,
// and why; 0 is any.
func needed(bar record.Bar, m measure.Metric) (float64, string) {
	t := bar.Threshold
	if bar.Op == "max" {
		t = 1 - t
	}
	switch {
	case bar.Op == "max" && bar.Threshold == 0 && (perRequest(m.Name) || m.Name == "harm"), perRequest(m.Name) && t == 1:
		return spotlessNeeds, "for it allows no exception"
	case perRequest(m.Name) && t > 0 && t < 1:
		return math.Ceil(z95squared * t / (1 - t)), "3.84·T/(1−T) for T = " + schema.FormatShare(t)
	case strings.HasSuffix(m.Name, "_p95") && m.Scope == "window":
		return 60, "as a 95th percentile does"
	case strings.HasSuffix(m.Name, "_p99") && m.Scope == "window":
		return 300, "as a 99th percentile does"
	}
	return 0, ""
}

// warnFew speaks of stretches with too few requests for the bar.
func (b *builder) warnFew(d *barDraft, bar record.Bar, s stretch) {
	need, why := needed(bar, metric(bar.Metric))
	if n := b.plan.count(bar.Journey, s.span); n < need {
		w := b.problems.Warn(d.At(d.key("min", "max")...), "few-requests", "too few requests for %s of %s in %s: %.4g/s for %s are %.0f; the bar needs %.0f, %s",
			bar.Metric, threshold(bar), s.name, b.plan.rate(bar.Journey, s.span), show(s.length()), n, need, why)
		if b.plan.DefaultBars {
			w.Hint = "it is a default bar, for the scenario names none"
		}
	}
}

// warnTime speaks of time bars that the requests, or the stretch, cannot
// resolve.
func (b *builder) warnTime(d *barDraft, bar record.Bar, s stretch) {
	limit := seconds(bar.Threshold)
	at := d.At(d.key("max", "min")...)
	rate, slowest := b.slowest(bar.Journey, s.span)
	share, times := 1.0, 1.0
	if s.outage != nil && metric(bar.Metric).Scope == "outage" {
		share = s.outage.touched
	}
	switch a := b.draft.traffic.arrival; {
	case a.cv > 0:
		times = 1 + 2*a.cv // two standard deviations, as it is of poisson
	case a.name == "poisson":
		times = 3
	}
	if resolution := seconds(times / (rate * share)); share > 0 && resolution > limit/5 {
		b.problems.Warn(at, "coarse", "%s of %s needs finer traffic: %s sends a request that counts every %s, and a fifth of the bar is %s",
			bar.Metric, show(limit), slowest, show(resolution), show(limit/5))
	}
	// While an outage lasts, an app must be seen to hold out; after it, only that
	// it is back.
	hold := 10 * time.Second
	if metric(bar.Metric).Scope == "after" {
		hold = max(settledLeft, seconds(settledNeeds/rate))
	}
	if s.length() < limit+hold {
		b.problems.Warn(at, "short-stretch", "%s of %s in %s: there are %s to settle in, and it needs %s (the bar and %s to see it hold)",
			bar.Metric, show(limit), s.name, show(s.length()), show(limit+hold), show(hold))
	}
}

// slowest is the lowest rate among the journeys of a bar in a stretch: times are the
// slowest journey's.
func (b *builder) slowest(journey string, s span) (rate float64, name string) {
	rate = math.Inf(1)
	for _, j := range b.plan.Journeys {
		if here := meanRate(j, s); (journey == "" || j.Name == journey) && here < rate {
			rate, name = here, j.Name
		}
	}
	return rate, name
}
