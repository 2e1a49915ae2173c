package scorecard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/findings"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A MetricNote is all that there is to say about a metric.
type MetricNote struct {
	measure.Metric
	Formula    string
	Source     string // which ledger it is read from
	Unmeasured string // when there is no value
	Curve      *Curve // nil: it is not scored
	// Findings that the metric shows, the gravest first.
	Findings []FindingNote
}

// A Curve says how a metric becomes points: 90 at one cost, 50 at another, along
// the upper tail of a log-normal.
type Curve struct {
	Dimension  string
	Weight     float64 // of the dimension
	Cost       string  // what of the metric is the cost
	At90, At50 float64
	Points     func(cost float64) float64
}

// A FindingNote is all that there is to say about a finding.
type FindingNote struct {
	Code, Severity string
	Needs          int      // instances
	When           string   // what must be seen
	Metrics        []string // that show it too
	Change         string
	Effort         string
	Expect         string
}

// Explain gives the notes on every metric and every finding, in the order of
// their tables.
func Explain() ([]MetricNote, []FindingNote) {
	var notes []FindingNote
	means := findingMeanings()
	for _, row := range findings.Kinds() {
		notes = append(notes, FindingNote{
			Code: row.Code, Severity: row.Severity, Needs: row.Needs,
			When: means[row.Code].when, Metrics: means[row.Code].metrics,
			Change: row.Change, Effort: row.Effort, Expect: row.Expect,
		})
	}
	var metrics []MetricNote
	formulas := metricMeanings()
	for _, m := range measure.Metrics() {
		note := MetricNote{
			Metric: m, Formula: formulas[m.Name].formula, Source: formulas[m.Name].source,
			Unmeasured: formulas[m.Name].unmeasured, Curve: curveOf(m),
		}
		for _, f := range notes {
			if slices.Contains(f.Metrics, m.Name) {
				note.Findings = append(note.Findings, f)
			}
		}
		metrics = append(metrics, note)
	}
	return metrics, notes
}

// curveOf is how a metric is scored, nil when it is not.
func curveOf(m measure.Metric) *Curve {
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
