package scorecard

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// tail is the end of the drill in which users must be served again.
const tail = record.Seconds(10 * time.Second)

// zeroNeeds is how many answers must be judged before none bad among them
// passes a "max: 0".
const zeroNeeds = 100

// DefaultBars are the bars of a scenario that names none: no harm in the whole
// drill, and users served again in the last 10 s of the last phase.
func DefaultBars(last string) []record.Bar {
	return []record.Bar{
		{Metric: "harm", Op: "max", Threshold: 0},
		{Metric: "availability", Phase: last, Op: "min", Threshold: 0.95, Last: tail},
	}
}

// judgeBars judges each bar of the setup on its windows, and the drill by its
// bars: it sets Bars, DefaultBars, Verdict and Reasons of the card.
func judgeBars(card *Card, setup *record.Setup, ev evidence) {
	bars := setup.Bars
	if setup.Control {
		bars = slices.DeleteFunc(slices.Clone(bars), aboutOutages)
	}
	card.DefaultBars = setup.DefaultBars
	if len(bars) == 0 {
		bars = DefaultBars(lastPhase(setup))
		card.DefaultBars = true
	}
	court := court{setup: setup, ev: ev}
	for _, bar := range bars {
		card.Bars = append(card.Bars, court.results(bar)...)
	}
	card.Verdict, card.Reasons = verdictOf(card.Bars, ev)
}

// aboutOutages says whether a bar asks how an outage was met, of which a control
// run has none.
func aboutOutages(bar record.Bar) bool {
	return slices.ContainsFunc(measure.Metrics(), func(m measure.Metric) bool {
		return m.Name == bar.Metric && (m.Scope == "outage" || m.Scope == "after")
	})
}

// verdictOf makes the drill's verdict of its bars, by METRICS §4: stopped early
// is aborted, unfit evidence inconclusive, then the worst bar decides. Bars of
// severity warn decide nothing.
func verdictOf(bars []BarResult, ev evidence) (Verdict, []string) {
	if ev.Interrupted != "" {
		return Aborted, []string{ev.Interrupted}
	}
	if len(ev.Unfit) > 0 {
		return Inconclusive, slices.Clone(ev.Unfit)
	}
	var open []string
	passed := false
	for _, b := range bars {
		switch {
		case b.Severity == "warn":
		case b.Verdict == Fail:
			return Fail, nil
		case b.Verdict == Pass:
			passed = true
		default:
			open = append(open, b.title()+": "+b.Reason)
		}
	}
	if len(open) == 0 && !passed {
		open = append(open, "no bar decides this drill")
	}
	if len(open) > 0 {
		return Inconclusive, open
	}
	return Pass, nil
}

// title names a bar's metric and window in words: "availability of chat in surge".
func (b BarResult) title() string {
	s := b.Metric
	if b.Journey != "" {
		s += " of " + b.Journey
	}
	if b.Provider != "" {
		s += " at " + b.Provider
	}
	if b.Phase != "" {
		s += " in " + b.Phase
	}
	return s
}

// court judges the bars of one drill.
type court struct {
	setup *record.Setup
	ev    evidence
}

// results judges a bar on each of its windows. A bar that finds no window is
// not dropped: it comes out inconclusive.
func (c *court) results(bar record.Bar) []BarResult {
	metrics := measure.Metrics()
	i := slices.IndexFunc(metrics, func(m measure.Metric) bool { return m.Name == bar.Metric })
	if i < 0 {
		return []BarResult{c.blank(bar, "", fmt.Sprintf("this version knows no metric %q", bar.Metric))}
	}
	phases, none := c.windows(bar, metrics[i].Scope)
	if len(phases) == 0 {
		return []BarResult{c.blank(bar, metrics[i].Unit, none)}
	}
	var results []BarResult
	for _, phase := range phases {
		b := bar
		b.Phase = phase
		results = append(results, c.result(b, metrics[i]))
	}
	return results
}

// windows gives the phases that a bar holds for, each alone, or why there is
// none. The phase "" stands for the whole drill.
func (c *court) windows(bar record.Bar, scope string) (phases []string, none string) {
	switch {
	case bar.Phase != "":
		return []string{bar.Phase}, ""
	case bar.Last != 0:
		return []string{lastPhase(c.setup)}, ""
	case scope == "drill":
		return []string{""}, ""
	case scope == "outage":
		for _, o := range c.ev.Outages {
			phases = append(phases, o.Begins)
		}
		none = "there was no outage"
	case scope == "after":
		for _, o := range c.ev.Outages {
			if o.After != "" {
				phases = append(phases, o.After)
			}
		}
		none = "the drill has no phase after an outage"
	default:
		for _, p := range c.setup.Phases {
			if p.Faulty(c.setup.Windows) {
				phases = append(phases, p.Name)
			}
		}
		none = "no phase has a fault"
	}
	// Outages of two providers may begin together; their phase is judged once.
	var unique []string
	for _, p := range phases {
		if !slices.Contains(unique, p) {
			unique = append(unique, p)
		}
	}
	return unique, none
}

// lastPhase is the name of the last phase, "" when there is none.
func lastPhase(setup *record.Setup) string {
	if len(setup.Phases) == 0 {
		return ""
	}
	return setup.Phases[len(setup.Phases)-1].Name
}

// blank is the result of a bar that nothing could be said about.
func (c *court) blank(bar record.Bar, unit, reason string) BarResult {
	r := BarResult{
		Metric: bar.Metric, Phase: bar.Phase, Journey: bar.Journey, Provider: bar.Provider,
		Op: bar.Op, Threshold: bar.Threshold, Unit: unit, Severity: bar.Severity, Reason: reason,
	}
	if r.Severity == "" {
		r.Severity = "fail"
	}
	return r
}

// result judges a bar on one window: three times, for what is unknown may have
// been good or bad, and must not decide.
func (c *court) result(bar record.Bar, metric measure.Metric) BarResult {
	q := measure.Query{
		Metric: bar.Metric, Phase: bar.Phase, Journey: bar.Journey, Provider: bar.Provider, Last: bar.Last,
	}
	r := c.blank(bar, metric.Unit, "")
	if bar.Against == "par" {
		b, ok := againstPar(c.setup, bar, metric.Unit)
		if !ok {
			r.Reason = "there is no par to hold it against"
			return r
		}
		bar, r.Threshold = b, b.Threshold
	}
	if bar.Provider == "" {
		r.Par = measure.ParOf(c.setup, bar.Metric, bar.Phase, bar.Journey)
	}
	m := c.ev.Measure(q)
	r.Value, r.Low, r.High, r.N = m.Value, m.Low, m.High, m.N
	if c.ev.Interrupted != "" && c.end(bar, metric.Scope) > c.ev.Played {
		r.Verdict, r.Reason = Aborted, "not played to its end"
		return r
	}
	shown := decide(bar, metric.Unit, m)
	r.Verdict, r.Close, r.Reason = shown.verdict, shown.close, cmp.Or(shown.reason, m.Reason)
	for _, as := range []measure.UnknownAs{measure.AsServed, measure.AsUnserved} {
		q.Unknown = as
		if other := decide(bar, metric.Unit, c.ev.Measure(q)); other.verdict != shown.verdict {
			r.Verdict, r.Reason = Inconclusive, "the requests of unknown outcome decide it"
		}
	}
	return r
}

// end is when the window of a bar ends, s since the start.
func (c *court) end(bar record.Bar, scope string) float64 {
	var end float64
	if scope == "outage" {
		for _, o := range c.ev.Outages {
			if o.Begins == bar.Phase {
				end = max(end, o.To)
			}
		}
	}
	for _, p := range c.setup.Phases {
		if p.Name == bar.Phase {
			return max(end, p.End.Float())
		}
	}
	return c.setup.Length.Float()
}

// againstPar makes the threshold of a bar that is held against par, false where
// there is none to hold it against.
func againstPar(s *record.Setup, bar record.Bar, unit string) (record.Bar, bool) {
	p := measure.ParOf(s, bar.Metric, bar.Phase, bar.Journey)
	if p == nil || bar.Provider != "" {
		return bar, false
	}
	bar.Threshold = max(0, *p+bar.Threshold)
	if unit == "share" {
		bar.Threshold = min(1, bar.Threshold)
	}
	return bar, true
}
