package scenarios

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
)

// comfortable is the part of its limits and of its capacity that a provider is
// asked for in health: beyond it, retries and uneven arrivals make it refuse.
const comfortable = 0.70

// warnLoad speaks of providers that refuse, or are slow, without any fault when
// all that is sent goes to them.
func (b *builder) warnLoad() {
	for i := range b.plan.Providers {
		p := &b.plan.Providers[i]
		if p.Service() {
			continue // how often tools are called is the app's affair
		}
		if i > 0 && slices.Contains(b.plan.Teaches, "fallback_saturated") {
			continue // that a fallback has no room for all is what it is about
		}
		phase, rate := b.plan.calm(p.Name)
		b.warnLimits(p, &b.draft.providers[i], phase, rate)
		b.warnCapacity(p, &b.draft.providers[i], phase, rate)
	}
}

// calm is the phase with the most traffic in which nothing is taken from a provider's
// limits and capacity on purpose, of several the first; and what is sent there.
func (p *Plan) calm(provider string) (phase string, rate float64) {
	for _, ph := range p.Phases {
		if peak := p.peak(span{ph.From, ph.To}); peak > rate && !slices.ContainsFunc(p.Windows, func(w faults.Window) bool {
			return w.Provider == provider && (w.Fault.Kind == "limits" || w.Fault.Kind == "capacity") && w.From < ph.To && ph.From < w.To
		}) {
			phase, rate = ph.Name, peak
		}
	}
	return phase, rate
}

func (b *builder) warnLimits(p *Provider, d *providerDraft, phase string, rate float64) {
	limit, at := p.Spec.Limits.Requests, d.At("limits")
	if own := p.Spec.Keys[p.Key].Requests; own > 0 {
		limit, at = own, d.keys[0].At("requests")
	}
	offered := rate * time.Minute.Seconds()
	if share := offered / float64(limit); limit > 0 && share > comfortable {
		b.problems.Warn(at, "near-limits", "%s in %s: all traffic on one of its models is %.4g/s, %.0f/min of the %d/min that a key may ask, %.0f%%; above %s it refuses without a fault",
			p.Name, phase, rate, offered, limit, 100*share, percent(comfortable))
	}
}

func (b *builder) warnCapacity(p *Provider, d *providerDraft, phase string, rate float64) {
	slots := p.Spec.Capacity.Concurrency
	each, model := b.plan.slowestModel(p.Spec)
	inFlight := rate * each.Seconds()
	if share := inFlight / float64(slots); slots > 0 && share > comfortable {
		b.problems.Warn(d.At("capacity"), "near-capacity", "%s in %s: all traffic on %s is %.4g/s of %s each, %.0f at a time of its %d, %.0f%%; above %s it is slow without a fault",
			p.Name, phase, model, rate, show(each), inFlight, slots, 100*share, percent(comfortable))
	}
}

// slowestModel is the model of a provider that takes longest over what is asked.
func (p *Plan) slowestModel(s mockllm.Spec) (each time.Duration, model string) {
	if len(s.Models) == 0 {
		return p.mean(s, ""), "a model of middling speed"
	}
	for name := range s.Models {
		if d := p.mean(s, name); d > each || d == each && name < model {
			each, model = d, name
		}
	}
	return each, model
}

// mean is how long a model takes on average for the answers that journeys ask for.
func (p *Plan) mean(s mockllm.Spec, model string) time.Duration {
	var took, asked float64
	for _, j := range p.Journeys {
		n := p.Requests(j)
		took, asked = took+n*s.Mean(model, j.Lengths.MeanOut()).Seconds(), asked+n
	}
	if asked == 0 {
		return s.Mean(model, 0)
	}
	return seconds(took / asked).Round(time.Microsecond)
}
