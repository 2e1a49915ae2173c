package scorecard

import (
	"math"

	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// How a metric's value becomes a cost, 0 being the best.
type costOf func(g *grading, value float64) float64

func identity(_ *grading, v float64) float64   { return v }
func lessOne(_ *grading, v float64) float64    { return v - 1 }
func fromOne(_ *grading, v float64) float64    { return 1 - v }
func perRequest(g *grading, v float64) float64 { return v / float64(max(g.requests, 1)) }

// worst takes a metric where it cost most: of a settled time its upper end, of
// one never settled no end at all.
func worst(of costOf) func(*grading, cost) (scored, bool) {
	return func(g *grading, c cost) (scored, bool) {
		return g.worst(c.name, of, anywhere)
	}
}

// overall takes a metric of the whole drill.
func overall(of costOf) func(*grading, cost) (scored, bool) {
	return func(g *grading, c cost) (scored, bool) {
		m := g.ev.Measure(measure.Query{Metric: c.name})
		if m.Value == nil || m.N == 0 {
			return scored{}, false
		}
		return scored{of(g, *m.Value), words.Of(c.name) + " " + words.Figure(*m.Value, m.Unit), m}, true
	}
}

// worst looks through the card's measures of a metric, all journeys and
// providers pooled, and takes the one that costs most.
func (g *grading) worst(name string, of costOf, counts func(measure.Measure) bool) (most scored, ok bool) {
	for _, m := range g.card.Metrics {
		if m.Name != name || m.Journey != "" || m.Provider != "" || !counts(m) {
			continue
		}
		found := scored{text: words.Of(name), from: m}
		switch {
		case m.Value != nil && m.High != nil && m.Unit == "s":
			found.cost = of(g, *m.High)
			found.text += " " + words.Figure(*m.High, m.Unit)
		case m.Value != nil:
			found.cost = of(g, *m.Value)
			found.text += " " + words.Figure(*m.Value, m.Unit)
		case m.Low != nil && m.Measured: // "too short to tell" is not
			found.cost = math.Inf(1)
			found.text += " > " + words.Figure(*m.Low, m.Unit)
		default:
			continue
		}
		if m.Phase != "" {
			found.text += " in " + m.Phase
		}
		if !ok || found.cost > most.cost {
			most, ok = found, true
		}
	}
	return most, ok
}

// failover is the worst failover time, where it was exercised: what retries or
// the app itself carried says nothing about failing over.
func failover(g *grading, c cost) (scored, bool) {
	return g.worst(c.name, identity, func(m measure.Measure) bool { return m.Value == nil || m.By == "fallback" })
}

// worstOutage is 1 − the availability of the outage that served fewest well, of
// those that anybody could have served. Where nobody could, honesty is scored and
// not continuity.
func worstOutage(g *grading, _ cost) (most scored, ok bool) {
	for _, o := range g.ev.Outages {
		m := o.Availability
		if m.Value == nil || m.N == 0 || o.Par < servable {
			continue
		}
		text := "availability " + words.Percent(*m.Value) + " over the outage of " + o.Provider
		if par := o.Par; par < 1 {
			m.Par = &par
			text += " (par " + words.Percent(o.Par) + ")"
		}
		if c := 1 - min(1, *m.Value/o.Par); !ok || c > most.cost {
			most, ok = scored{c, text, m}, true
		}
	}
	return most, ok
}

// servable is the par below which an outage says nothing about continuity: what is
// served in it is chance.
const servable = 0.05

// integrity is harm per request, where enough requests met a fault that can
// spoil an answer.
func integrity(g *grading, c cost) (scored, bool) {
	m := g.ev.Measure(measure.Query{Metric: c.name})
	if g.ev.StreamHit < integrityNeeds || m.Value == nil {
		return scored{}, false
	}
	return scored{perRequest(g, *m.Value), words.Of(c.name) + " " + words.Count(*m.Value), m}, true
}

func anywhere(measure.Measure) bool { return true }
