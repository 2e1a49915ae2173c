package measure_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// dollars of one answer by each.
const (
	dear  = (100*2 + 50*10) / 1e6
	cheap = (100*1 + 50*1) / 1e6
)

func TestWorth(t *testing.T) {
	card := synth.Judge(t, synth.Priced(synth.Resilient).Log())
	for _, tt := range []struct {
		metric, phase string
		want          float64
	}{
		{"quality_retention", "calm", 1},
		{"quality_retention", "surge", 0.72 / 0.9},
		{"cost_per_good", "calm", dear},
		{"cost_per_good", "surge", cheap},
		{"bill", "calm", 1},
		{"bill", "surge", cheap / dear},
		{"budget_burn", "surge", 0},
	} {
		m := synth.Measure(t, card, tt.metric, tt.phase, "")
		if m.Value == nil || *m.Value < tt.want*0.99-1e-9 || *m.Value > tt.want*1.01+1e-9 {
			t.Errorf("%s in %s: %v %q, want %g", tt.metric, tt.phase, synth.Show(m.Value), m.Reason, tt.want)
		}
	}
}

// What the scenario has no words for is not on the card; a bar on it says why.
func TestWorthUnsaid(t *testing.T) {
	d := synth.Surge("server_error", 1)
	d.Bar("bill", "max", 2, "surge")
	card := synth.Judge(t, d.Play(synth.Resilient))
	for _, m := range card.Metrics {
		switch m.Name {
		case "quality_retention", "cost_per_good", "bill", "budget_burn":
			t.Errorf("%s is on the card: %q", m.Name, m.Reason)
		}
	}
	if bar := card.Bars[0]; bar.Verdict != scorecard.Inconclusive || bar.Reason == "" {
		t.Errorf("bar on bill: %s, %q", bar.Verdict, bar.Reason)
	}
}

// An app without a fallback burns the budget: half a minute of the 7.2 h that 99 %
// leave in 30 days.
func TestBudgetBurn(t *testing.T) {
	card := synth.Judge(t, synth.Priced(synth.PrimaryOnly).Log())
	want := (synth.SurgeTo - synth.FirstHit) / (0.01 * 30 * 24 * 3600)
	if m := synth.Measure(t, card, "budget_burn", "surge", ""); m.Value == nil || *m.Value < want*0.9 || *m.Value > want*1.1 {
		t.Errorf("burnt %v %q, want about %g", synth.Show(m.Value), m.Reason, want)
	}
	if m := synth.Measure(t, card, "cost_per_good", "surge", ""); m.Measured {
		t.Errorf("a price for nobody: %v", synth.Show(m.Value))
	}
}
