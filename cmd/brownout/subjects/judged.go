package subjects

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/explain"
)

// explainMetric writes all that the judge's tables say about a metric.
func explainMetric(w io.Writer, m explain.Metric, width int) {
	fmt.Fprintf(w, "metric.%s (%s)\n%s\n", m.Name, unitOf(m.Unit), filled(m.Doc, "", width))
	for _, part := range [][2]string{
		{"Formula", m.Formula},
		{"Read from", m.Source},
		{"Measured on", scopeOf(m.Scope)},
		{"Not measured", m.Unmeasured},
	} {
		fmt.Fprintf(w, "\n%s\n%s\n", part[0], filled(part[1], "  ", width))
	}
	fmt.Fprintf(w, "\nScored\n")
	if c := m.Curve; c == nil {
		fmt.Fprintf(w, "  No.\n")
	} else {
		fmt.Fprintf(w, "%s\n", filled(fmt.Sprintf("In %s (weight %g), by its cost: %s.", c.Dimension, c.Weight, c.Cost), "  ", width))
		for _, at := range []float64{c.At90, c.At50, 2 * c.At50} {
			fmt.Fprintf(w, "  %-24s %.0f of 100\n", c.Said(m.Unit, at), c.Points(at))
		}
	}
	bound := "max"
	if m.Better == "high" {
		bound = "min"
	}
	fmt.Fprintf(w, "\nIn a scenario\n  bars: [{metric: %s, %s: …}]\n", m.Name, bound)
	if len(m.Findings) > 0 {
		fmt.Fprintf(w, "\nWhen it is bad\n")
	}
	for _, f := range m.Findings {
		fmt.Fprintf(w, "  finding.%s (%s)\n%s\n", f.Code, f.Severity, filled(f.Change+".", "      ", width))
	}
}

// unitOf names a metric's unit.
func unitOf(unit string) string {
	switch unit {
	case "s":
		return "seconds"
	case "x":
		return "times"
	case "CV":
		return "coefficient of variation"
	case "Fano":
		return "Fano factor"
	}
	return unit
}

// scopeOf says on what a metric is measured.
func scopeOf(scope string) string {
	switch scope {
	case "outage":
		return "each outage; a bar names the phase in which it begins"
	case "after":
		return "what follows each outage; a bar names the phase in which it has ended"
	case "drill":
		return "the whole drill"
	}
	return "any phase, and the whole drill"
}

// explainFinding writes all that the judge's tables say about a finding.
func explainFinding(w io.Writer, f explain.Finding, width int) {
	fmt.Fprintf(w, "finding.%s (%s)\n%s\n", f.Code, f.Severity, filled(f.When, "", width))
	needs := "one instance is enough"
	if f.Needs > 1 {
		needs = fmt.Sprintf("%d instances: fewer may be chance", f.Needs)
	}
	fmt.Fprintf(w, "\nNeeds\n  %s\n", needs)
	if len(f.Metrics) > 0 {
		fmt.Fprintf(w, "\nSeen in\n  metric.%s\n", strings.Join(f.Metrics, ", metric."))
	}
	for _, part := range [][2]string{{"What to change", f.Change + "."}, {"Effort", f.Effort}, {"What to expect", f.Expect}} {
		fmt.Fprintf(w, "\n%s\n%s\n", part[0], filled(part[1], "  ", width))
	}
}
