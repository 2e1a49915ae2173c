package scenarios

import (
	"math"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// What retries can hide: an app that tries so often sees so little of a fault
// that its failover need not act.
const (
	tries  = 4 // the first and three retries
	hidden = 0.10
)

// moments are the edges of windows in a stretch and their middles: between two
// edges shares are linear, so nothing else can be the highest.
func (p *Plan) moments(s span) []time.Duration {
	edges := []time.Duration{s.from, s.to - 1}
	for _, w := range p.Windows {
		for _, t := range []time.Duration{w.From, w.From + w.Fault.Share.Rise, w.To - 1, w.To} {
			if t >= s.from && t < s.to {
				edges = append(edges, t)
			}
		}
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

// failing is the share of a provider's requests that some fault keeps from being
// answered as they should at a moment: each takes its share of what the faults
// before it left. Faults that touch some requests only are left out unless narrow
// is set.
func (p *Plan) failing(provider string, t time.Duration, narrow bool) float64 {
	left := 1.0
	for _, w := range p.Windows {
		if w.Provider == provider && !slowing(w.Fault.Kind) && (narrow || w.Fault.Match == (faults.Match{})) {
			left *= 1 - w.ShareAt(t)
		}
	}
	return 1 - left
}

// worst is the largest share that fails at any moment of an outage.
func (p *Plan) worst(o outage, narrow bool) float64 {
	var worst float64
	for _, t := range p.moments(o.span) {
		worst = max(worst, p.failing(o.provider, t, narrow))
	}
	return worst
}

// slowing says whether a fault only makes answers late.
func slowing(kind string) bool { return kind == "slow" || kind == "latency" }

// touching is the largest share of requests that an outage takes at any moment,
// slow answers included.
func (p *Plan) touching(o outage) float64 {
	var highest float64
	for _, t := range p.moments(o.span) {
		left := 1.0
		for _, w := range o.windows {
			left *= 1 - w.ShareAt(t)
		}
		highest = max(highest, 1-left)
	}
	return highest
}

// warnHidden speaks of failover bars on an outage that retries ride through.
func (b *builder) warnHidden(d *barDraft, bar scorecard.Bar, s stretch) {
	if bar.By == "any" || slices.ContainsFunc(s.outage.windows, func(w faults.Window) bool { return slowing(w.Fault.Kind) }) {
		return
	}
	share := b.plan.worst(*s.outage, true)
	if left := math.Pow(share, tries); left < hidden {
		b.problems.Warn(d.At("metric"), "hidden-fault", "retries can hide the outage of %s in %s: %s of its requests fail, so %d tries leave %s; no failover need be seen (by: any accepts that)",
			s.outage.provider, s.name, percent(share), tries, percent(left))
	}
}

// warnFailover speaks of an availability bar that leaves less time than the
// failover bar gives.
func (b *builder) warnFailover(d *barDraft, bar scorecard.Bar, s stretch) {
	for _, other := range b.plan.Bars {
		if other.Metric != "failover_time" || other.Journey != "" && bar.Journey != "" && other.Journey != bar.Journey {
			continue
		}
		for _, o := range b.plan.stretches(other, metric(other.Metric)) {
			if o.phase != s.phase {
				continue
			}
			hit := b.plan.worst(*o.outage, false)
			lost := min(1, other.Threshold/s.length().Seconds()*hit)
			if best := 1 - lost; bar.Threshold > best+1e-9 {
				b.problems.Warn(d.At(d.key("min")...), "bars-disagree", "%s available in %s, but the failover_time bar gives %s of its %s: 1 − %.3g/%.3g × %s hit = %s",
					threshold(bar), s.name, show(seconds(other.Threshold)), show(s.length()),
					other.Threshold, s.length().Seconds(), percent(hit), percent(best))
				return
			}
		}
	}
}

// warnAllDown speaks of an availability bar on a stretch in which, for too long,
// no provider answers anybody.
func (b *builder) warnAllDown(d *barDraft, bar scorecard.Bar, s stretch) {
	moments := append(b.plan.moments(s.span), s.to)
	var down time.Duration
	for i, t := range moments[:len(moments)-1] {
		all := !slices.ContainsFunc(b.plan.Providers, func(p Provider) bool { return b.plan.failing(p.Name, t, false) < 1 })
		if all {
			down += moments[i+1] - t
		}
	}
	best := 1 - down.Seconds()/s.length().Seconds()
	if down > 0 && bar.Threshold > best+1e-9 {
		b.problems.Warn(d.At(d.key("min")...), "all-down", "%s available in %s, but all providers are down for %s of its %s: at most %s can be served",
			threshold(bar), s.name, show(down), show(s.length()), percent(max(0, best)))
	}
}
