package explain_test

import (
	"math"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/explain"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// Whatever the card may name can be explained, and curves are those of the score.
func TestEverythingIsExplained(t *testing.T) {
	metrics, findings := explain.Notes()
	if len(metrics) != len(measure.Metrics()) {
		t.Errorf("%d metrics explained of %d", len(metrics), len(measure.Metrics()))
	}
	known := map[string]bool{}
	scored := 0
	for _, m := range metrics {
		known[m.Name] = true
		if m.Formula == "" || m.Source == "" || m.Unmeasured == "" {
			t.Errorf("%s has no meaning: metricMeanings says how it is computed, from what, and when not", m.Name)
		}
		if c := m.Curve; c != nil {
			scored++
			if p90, p50 := c.Points(c.At90), c.Points(c.At50); math.Abs(p90-90) > 1e-9 || math.Abs(p50-50) > 1e-9 {
				t.Errorf("%s: %g points at %g, %g at %g", m.Name, p90, c.At90, p50, c.At50)
			}
		}
	}
	if scored != 14 {
		t.Errorf("%d metrics have a curve", scored)
	}
	for _, f := range findings {
		if f.When == "" {
			t.Errorf("%s has no meaning: findingMeanings says what it is told by", f.Code)
		}
		for _, name := range f.Metrics {
			if !known[name] {
				t.Errorf("%s is seen in %s, which is no metric", f.Code, name)
			}
		}
	}
}
