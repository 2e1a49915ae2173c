package scenarios

import (
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
)

// paced gives the journeys the arrival and the shape that all of them have.
func (t *trafficDraft) paced() (arrival string, cv float64, shape pace.Shape) {
	arrival, cv = t.arrival.name, t.arrival.cv
	if cv > 0 {
		arrival = "gamma"
	}
	s := &t.shape
	switch {
	case !s.Sound(): // none, or refused
	case s.ramp.Node != nil:
		shape = pace.Ramp(s.ramp.after, s.ramp.over, s.ramp.from, s.ramp.to)
	case s.steps.Node != nil:
		shape = pace.Steps(s.steps.lasts, s.steps.factors...)
	case s.day.Node != nil:
		shape = pace.Day(s.day.lasts, s.day.factors...)
	}
	return arrival, cv, shape
}

// checkProtocol refuses HTTP/2 without TLS where there is TLS.
func (b *builder) checkProtocol() {
	if b.plan.H2C && strings.HasPrefix(b.plan.Target, "https:") {
		b.problems.Error(b.draft.traffic.At("protocol"), "impossible", "h2c is HTTP/2 without TLS, and the target is %s; allowed: http1, or a target with http://", b.plan.Target)
	}
}

// checkPace refuses traffic that is none.
func (b *builder) checkPace() {
	t := &b.draft.traffic
	if len(b.plan.Journeys) == 0 || !t.shape.Sound() {
		return
	}
	if b.plan.count("", b.plan.all()) == 0 {
		b.problems.Error(t.At("shape"), "impossible", "nothing is sent: every factor that the drill comes to in %s is 0; allowed: one above 0 at least", show(b.plan.Length))
	}
}

// count is how many requests of a journey are due in a stretch, on average over all
// seeds; of all journeys together when it is "".
func (p *Plan) count(journey string, s span) float64 {
	return p.rate(journey, s) * s.length().Seconds()
}

// rate is what a journey sends per second in a stretch, on average; all journeys
// together when it is "".
func (p *Plan) rate(journey string, s span) float64 {
	var rate float64
	for _, j := range p.Journeys {
		if journey == "" || j.Name == journey {
			rate += meanRate(j, s)
		}
	}
	return rate
}

func meanRate(j traffic.Journey, s span) float64 {
	if j.Pace().Steady() || s.length() == 0 {
		return j.Pace().At(s.from)
	}
	return j.Pace().Count(s.from, s.to) / s.length().Seconds()
}

// all is the whole drill.
func (p *Plan) all() span { return span{0, p.Length} }

// Requests is how many a journey of the plan sends, on average over all seeds.
func (p *Plan) Requests(j traffic.Journey) float64 {
	return meanRate(j, p.all()) * p.Length.Seconds()
}

// Peak is the most that all journeys together send per second at any moment, bursts
// aside that are drawn.
func (p *Plan) Peak() float64 { return p.peak(p.all()) }

func (p *Plan) peak(s span) float64 {
	var rate float64
	for _, j := range p.Journeys {
		rate += j.Pace().Peak(s.from, s.to) // as if all peaked together; those of one shape do
	}
	return rate
}
