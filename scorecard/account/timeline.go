package account

import (
	"math"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// stepsMost bounds the steps of a timeline: more than that no chart shows.
const stepsMost = 360

// stepOf is the length of a timeline's steps, s: round, and not too many.
func stepOf(length float64) float64 {
	for _, step := range []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600} {
		if length/step <= stepsMost {
			return step
		}
	}
	return math.Ceil(length / stepsMost)
}

// chart is the timeline while it is drawn.
type chart struct {
	*clerk
	step   float64
	steps  int
	played int // steps that were played; after them there is nothing
}

// timeline draws the drill as curves. It shows what happened, so warm-up and all.
func (l *clerk) timeline() Timeline {
	length := l.Setup.Length.Float()
	c := chart{clerk: l, step: stepOf(length)}
	c.steps = int(math.Ceil(length/c.step - 1e-9))
	c.played = c.steps
	if l.Ended == nil || l.Ended.Reason != "done" {
		c.played = min(c.steps, max(0, int(math.Ceil(l.Last.Float()/c.step))))
	}
	return Timeline{StepS: c.step, Series: slices.Concat(
		c.byOutcome(), c.byProvider(), c.byArrival(), c.byLoss(), c.quantiles(), []Series{c.perRequest()},
	)}
}

// at is the step of a moment, -1 outside the drill.
func (c *chart) at(t record.Seconds) int {
	i := int(math.Floor(t.Float() / c.step))
	if t < 0 || i >= c.steps {
		return -1
	}
	return i
}

// counts is a count per step, for each of several names.
type counts map[string][]float64

func (c *chart) count(in counts, name string, t record.Seconds) {
	i := c.at(t)
	if i < 0 {
		return
	}
	if in[name] == nil {
		in[name] = make([]float64, c.steps)
	}
	in[name][i]++
}

// series turns counts into curves, in the order of their names.
func (c *chart) series(group string, in counts, order []string) []Series {
	var all []Series
	for _, name := range order {
		if in[name] == nil {
			continue
		}
		s := Series{Group: group, Name: name, Unit: "count", Values: make([]*float64, c.steps)}
		for i := range c.played {
			s.Values[i] = &in[name][i]
		}
		all = append(all, s)
	}
	return all
}

func (c *chart) byOutcome() []Series {
	in := counts{}
	for i := range c.Visits {
		v := &c.Visits[i]
		c.count(in, v.Name(), v.Due)
	}
	return c.series("outcome", in, outcomeOrder())
}

// outcomeOrder is every name of an outcome, the best first: the order in which a
// chart stacks them.
func outcomeOrder() []string {
	var names []string
	for _, o := range []ledger.Outcome{ledger.Good, ledger.Cached, ledger.Fallback, ledger.Degraded, ledger.Deferred, ledger.Unverified, ledger.Failed, ledger.Wrong, ledger.Truncated, ledger.Spliced, ledger.Stale, ledger.Foreign, ledger.Lost, ledger.Hang, ledger.Unknown} {
		names = append(names, o.Row().Name)
		if o.Row().Answer {
			names = append(names, "slow_"+o.Row().Name)
		}
	}
	return names
}

func (c *chart) byProvider() []Series {
	in := counts{}
	for i := range c.Visits {
		if v := &c.Visits[i]; v.Whole && v.From != ledger.None {
			c.count(in, c.Providers.Word(v.From), v.Due)
		}
	}
	return c.series("answered", in, c.providerNames())
}

func (c *chart) byArrival() []Series {
	in := counts{}
	for i := range c.Attempts {
		a := &c.Attempts[i]
		c.count(in, c.Providers.Word(a.Provider), a.Arrived)
	}
	for i := range c.Effects {
		e := &c.Effects[i]
		c.count(in, c.Providers.Word(e.Provider), e.Arrived)
	}
	return c.series("arrivals", in, c.providerNames())
}

// byLoss draws the attempts that were lost with their connections.
func (c *chart) byLoss() []Series {
	in := counts{}
	for i := range c.Conns {
		if lost := &c.Conns[i]; lost.Lost {
			c.count(in, c.Providers.Word(lost.Provider), lost.Struck)
		}
	}
	return c.series("lost", in, c.providerNames())
}

// quantiles draws the times of those who got an answer; of few a median alone.
func (c *chart) quantiles() []Series {
	const few = 5
	ttft, total := make([][]float64, c.steps), make([][]float64, c.steps)
	for i := range c.Visits {
		v := &c.Visits[i]
		if k := c.at(v.Due); k >= 0 && v.HasAnswer() {
			ttft[k] = append(ttft[k], v.Ttft().Float())
			total[k] = append(total[k], v.Latency().Float())
		}
	}
	var all []Series
	for _, curve := range []struct {
		name   string
		values [][]float64
		q      float64
	}{
		{"ttft_p50", ttft, 0.50},
		{"ttft_p95", ttft, 0.95},
		{"latency_p50", total, 0.50},
		{"latency_p95", total, 0.95},
	} {
		s := Series{Group: "quantile", Name: curve.name, Unit: "s", Values: make([]*float64, c.steps)}
		for i, values := range curve.values {
			slices.Sort(values)
			if len(values) >= few || len(values) > 0 && curve.q == 0.5 {
				v := stats.Quantile(values, curve.q)
				s.Values[i] = &v
			}
		}
		all = append(all, s)
	}
	return all
}

// perRequest draws attempts made per request due. Those that were lost with their
// connections stand where they were lost: nobody knows whose they were.
func (c *chart) perRequest() Series {
	requests, attempts := make([]float64, c.steps), make([]float64, c.steps)
	for i := range c.Visits {
		v := &c.Visits[i]
		if k := c.at(v.Due); k >= 0 && v.Outcome != ledger.Unknown {
			requests[k]++
			attempts[k] += float64(v.Tries.N)
		}
	}
	for i := range c.Conns {
		if lost := &c.Conns[i]; lost.Lost {
			if k := c.at(lost.Struck); k >= 0 {
				attempts[k]++
			}
		}
	}
	s := Series{Group: "attempts", Name: "per_request", Unit: "x", Values: make([]*float64, c.steps)}
	for i := range s.Values {
		if requests[i] > 0 {
			v := attempts[i] / requests[i]
			s.Values[i] = &v
		}
	}
	return s
}
