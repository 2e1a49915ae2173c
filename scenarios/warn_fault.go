package scenarios

import (
	"math"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// What retries can hide: an app that tries so often sees so little of a fault
// that its failover need not act.
const (
	tries  = 4 // the first and three retries
	hidden = 0.10
)

// warnHidden speaks of failover bars on an outage that retries ride through.
func (b *builder) warnHidden(d *barDraft, bar record.Bar, s stretch) {
	if bar.By == "any" || slices.ContainsFunc(s.outage.strikes, func(w strike) bool { return !w.fails }) {
		return
	}
	if left := math.Pow(s.outage.failed, tries); left < hidden {
		b.problems.Warn(d.At("metric"), "hidden-fault", "retries can hide the outage of %s in %s: %s of its requests fail, so %d tries leave %s; no failover need be seen (by: any accepts that)",
			s.outage.provider, s.name, percent(s.outage.failed), tries, percent(left))
	}
}

// allowance is the time that a failover bar gives an app in an outage.
type allowance struct {
	bar    record.Bar
	outage *outage
}

// allowances are those of all failover bars, by the phase in which the outage
// begins.
func (b *builder) allowances() map[int][]allowance {
	all := map[int][]allowance{}
	for _, bar := range b.plan.Bars {
		if bar.Metric != "failover_time" || bar.Against != "" {
			continue
		}
		for _, s := range b.course.stretches(bar, metric(bar.Metric)) {
			all[s.phase] = append(all[s.phase], allowance{bar, s.outage})
		}
	}
	return all
}

// warnFailover speaks of an availability bar that leaves less time than the
// failover bar gives.
func (b *builder) warnFailover(d *barDraft, bar record.Bar, s stretch, given []allowance) {
	for _, a := range given {
		if a.bar.Journey != "" && bar.Journey != "" && a.bar.Journey != bar.Journey {
			continue
		}
		lost := min(1, a.bar.Threshold/s.length().Seconds()*a.outage.failedForAll)
		if best := 1 - lost; bar.Threshold > best+1e-9 {
			b.problems.Warn(d.At(d.key("min")...), "bars-disagree", "%s available in %s, but the failover_time bar gives %s of its %s: 1 − %.3g/%.3g × %s hit = %s",
				threshold(bar), s.name, show(seconds(a.bar.Threshold)), show(s.length()),
				a.bar.Threshold, s.length().Seconds(), percent(a.outage.failedForAll), percent(best))
			return
		}
	}
}

// warnAllDown speaks of an availability bar on a stretch in which, for too long,
// no provider answers anybody.
func (b *builder) warnAllDown(d *barDraft, bar record.Bar, s stretch) {
	var down time.Duration
	for _, out := range b.course.down {
		down += span{max(out.from, s.from), min(out.to, s.to)}.length()
	}
	best := 1 - down.Seconds()/s.length().Seconds()
	if down > 0 && bar.Threshold > best+1e-9 {
		b.problems.Warn(d.At(d.key("min")...), "all-down", "%s available in %s, but all providers are down for %s of its %s: at most %s can be served",
			threshold(bar), s.name, show(down), show(s.length()), percent(max(0, best)))
	}
}
