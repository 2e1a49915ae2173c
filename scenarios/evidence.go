package scenarios

import (
	"math"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Evidence is what there will be to judge a bar by on one stretch of the drill.
type Evidence struct {
	Bar      record.Bar
	Says     string  // the bar as people write it: "availability min 97%"
	On       string  // the phase; "the drill"
	Requests float64 // due in it, of the bar's journey
	Needs    float64 // requests before the measured value decides; 0: any
	Why      string  // of Needs
	// Proves is the sharpest threshold that so many requests could decide, 0–1, of
	// shares of all requests: the least for max, the most for min. 0: not one of
	// those.
	Proves float64
}

// Evidence tells it of every bar on each of its stretches, in the plan's order. A
// bar that there is nothing to judge on has none.
func (p *Plan) Evidence() []Evidence {
	c := courseOf(p)
	var all []Evidence
	for _, bar := range p.Bars {
		m := metric(bar.Metric)
		for _, s := range c.stretches(bar, m) {
			e := Evidence{Bar: bar, Says: said(bar), On: s.name, Requests: math.Round(p.count(bar.Journey, s.span))}
			if bar.Against == "" {
				e.Needs, e.Why = needed(bar, m)
			}
			if perRequest(m.Name) {
				e.Proves = e.Requests / (e.Requests + z95squared)
				if bar.Op == "max" {
					e.Proves = 1 - e.Proves
				}
			}
			all = append(all, e)
		}
	}
	return all
}

// said is a bar in few words.
func said(bar record.Bar) string {
	s := bar.Metric + " " + bar.Op + " "
	switch {
	case bar.Against == "":
		s += threshold(bar)
	case bar.Threshold == 0:
		s += bar.Against
	case bar.Threshold < 0:
		bar.Threshold = -bar.Threshold
		s += bar.Against + " - " + threshold(bar)
	default:
		s += bar.Against + " + " + threshold(bar)
	}
	for _, of := range []string{bar.Journey, bar.Provider} {
		if of != "" {
			s += " of " + of
		}
	}
	return s
}
