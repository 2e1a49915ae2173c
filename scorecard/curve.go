package scorecard

import (
	"cmp"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A Curve says how a metric becomes points: 90 at one cost, 50 at another, along
// the upper tail of a log-normal.
type Curve struct {
	Dimension  string
	Weight     float64 // of the dimension
	Cost       string  // what of the metric is the cost
	At90, At50 float64
	Points     func(cost float64) float64
}

// CurveOf is how a metric is scored, nil when it is not.
func CurveOf(m measure.Metric) *Curve {
	for _, d := range costs() {
		for _, c := range d.metrics {
			if c.name == m.Name {
				return &Curve{
					Dimension: d.dimension, Weight: d.weight, Cost: cmp.Or(c.of, words.Of(m.Name)),
					At90: c.at90, At50: c.at50, Points: c.points,
				}
			}
		}
	}
	return nil
}

// Said writes a cost in the metric's unit where it has that of the metric.
func (c Curve) Said(unit string, cost float64) string {
	if strings.Contains(c.Cost, "per request") {
		return words.Decimals(cost, 4) + strings.TrimPrefix(" "+unit, " count") + " per request"
	}
	return words.Figure(cost, unit)
}
