// Package explain says what there is to know of every metric and every finding
// beyond a drill: how it is computed and from what, what it costs in the score, what
// it is told by, and what to do about it. `brownout explain` prints these notes; the
// table of meanings has a row for each metric and each finding.
//
//	metrics, findings := explain.Notes()
package explain

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/findings"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// A Metric is all that there is to say about a metric.
type Metric struct {
	measure.Metric
	Formula    string
	Source     string           // which ledger it is read from
	Unmeasured string           // when there is no value
	Curve      *scorecard.Curve // nil: it is not scored
	// Findings that the metric shows, the gravest first.
	Findings []Finding
}

// A Finding is all that there is to say about a finding.
type Finding struct {
	Code, Severity string
	Needs          int      // instances
	When           string   // what must be seen
	Metrics        []string // that show it too
	Change         string
	Effort         string
	Expect         string
}

// Notes gives the notes on every metric and every finding, in the order of
// their tables.
func Notes() ([]Metric, []Finding) {
	var notes []Finding
	means := findingMeanings()
	for _, row := range findings.Kinds() {
		notes = append(notes, Finding{
			Code: row.Code, Severity: row.Severity, Needs: row.Needs,
			When: means[row.Code].when, Metrics: means[row.Code].metrics,
			Change: row.Change, Effort: row.Effort, Expect: row.Expect,
		})
	}
	var metrics []Metric
	formulas := metricMeanings()
	for _, m := range measure.Metrics() {
		note := Metric{
			Metric: m, Formula: formulas[m.Name].formula, Source: formulas[m.Name].source,
			Unmeasured: formulas[m.Name].unmeasured, Curve: scorecard.CurveOf(m),
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
