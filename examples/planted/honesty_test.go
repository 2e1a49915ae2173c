package main_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/examples/planted/app"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// Where no provider answers and waiting for one is no use either, par is next to
// nothing, and apps are told apart by what they say to their users.
func TestHonestyWhereNobodyIsServed(t *testing.T) {
	// Users for whom half a second is slow: who waits for the end waits too long.
	scenario := strings.ReplaceAll(app.Scenario(drillNamed(t, "dark")), "{ttft: 2500ms, total: 3s}", "{ttft: 500ms, total: 500ms}")
	honest := play(t, scenario)
	m := honest.Metric("availability", drilltest.Phase("dark"))
	if m.Par == nil || *m.Par > 0.05 {
		t.Fatalf("par is %v, want next to nothing", m.Par)
	}
	if c := dimension(t, honest, "continuity"); c.Exercised {
		t.Errorf("continuity is scored, where nobody could serve anybody: %s", c.Reason)
	}
	if d := dimension(t, honest, "degradation"); d.Score == nil || *d.Score < 90 {
		t.Errorf("the honest app has %+v", d)
	}
	for _, trait := range []string{"raw_error", "leaks_key", "hangs"} {
		worse := play(t, scenario, trait)
		if d := dimension(t, worse, "degradation"); d.Score == nil || *d.Score > 70 {
			t.Errorf("%s: %+v", trait, d)
		}
		if *worse.Score >= *honest.Score {
			t.Errorf("%s: score %g, the honest app has %g", trait, *worse.Score, *honest.Score)
		}
	}
}

func dimension(t *testing.T, p played, name string) scorecard.Dimension {
	t.Helper()
	i := slices.IndexFunc(p.Dimensions, func(d scorecard.Dimension) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("no dimension %q", name)
	}
	return p.Dimensions[i]
}
