package scenarios

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/stop"
)

// stops checks the rules of stop_when and puts them into the plan.
func (b *builder) stops() {
	for i := range b.draft.stops {
		d := &b.draft.stops[i]
		if !d.Sound() {
			continue
		}
		if slices.Contains(b.plan.StopWhen, d.Rule) {
			b.problems.Error(d.Pos, "contradiction", "the same rule on %s again; say it once", d.Metric)
		}
		b.plan.StopWhen = append(b.plan.StopWhen, d.Rule)
	}
}

// warnStops speaks of rules that the scenario's own faults reach: a drill that is
// meant to hurt would be stopped for hurting.
func (b *builder) warnStops() {
	for i, rule := range b.plan.StopWhen {
		for _, provider := range b.plan.models() {
			o := b.plan.outlook(provider.Name, max(finest, rule.Over/40, b.plan.Length/10_000))
			stopped, reason := o.stops(rule)
			if stopped < 0 {
				continue
			}
			b.problems.Warn(b.draft.stops[i].Pos, "stops-itself",
				"an app that asks %s alone, once each time, is stopped at %s, in %s: %s; up to %s of the %.4g/s fail by the scenario's own faults",
				provider.Name, show(stopped), b.plan.Phases[b.plan.phaseAt(stopped)].Name, reason, percent(slices.Max(o.fails)), b.plan.peak(b.plan.all()))
			break
		}
	}
}

// finest is how fine an outlook is.
const finest = 250 * time.Millisecond

// An outlook is what an app can expect that asks one provider, once for each request:
// shares of its requests, step by step.
type outlook struct {
	plan  *Plan
	step  time.Duration
	fails []float64 // that are not answered as they should be
	hangs []float64 // of those, that nobody ends but the user's patience
	each  float64   // how long an answer takes, in seconds
}

func (p *Plan) outlook(provider string, step time.Duration) outlook {
	o := outlook{plan: p, step: step}
	strikes := slices.DeleteFunc(strikesOf(p), func(s strike) bool { return s.Provider != provider })
	for t := time.Duration(0); t < p.Length; t += step {
		o.fails = append(o.fails, shareOf(strikes, t, func(s strike) bool { return s.fails }))
		o.hangs = append(o.hangs, shareOf(strikes, t, func(s strike) bool { return s.Kind().Endless }))
	}
	for _, pr := range p.Providers {
		if pr.Name == provider && pr.Upstream == "" {
			each, _ := p.slowestModel(pr.Spec)
			o.each = each.Seconds()
		}
	}
	return o
}

// stops plays a rule on the outlook; −1 is never.
func (o outlook) stops(rule stop.Rule) (time.Duration, string) {
	watch, step := stop.NewWatch(rule), o.step.Seconds()
	waited := make([]float64, len(o.hangs)+1) // seconds of hanging up to each step
	for i, share := range o.hangs {
		waited[i+1] = waited[i] + share*step
	}
	var s stop.Sample
	for i := range o.fails {
		s.At = time.Duration(i) * o.step
		s.InFlight = 0
		for _, j := range o.plan.Journeys {
			rate := j.Pace().At(s.At)
			n := rate * step
			s.Ended += n
			s.Attempts += n
			s.Errors += n * max(0, o.fails[i]-o.hangs[i])
			past := max(0, i-int(j.Timeout/o.step)) // who came then has given up now
			if past > 0 {
				s.Errors += j.Pace().At(time.Duration(past)*o.step) * step * o.hangs[past]
			}
			s.InFlight += rate * (o.each + waited[i+1] - waited[past])
		}
		if reason, stops := watch.Add(s); stops {
			return s.At, reason
		}
	}
	return -1, ""
}
