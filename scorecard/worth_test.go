package scorecard_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// priced is a surge between a dear, good model and a cheap, lesser one. Every
// answered attempt of a synth has no tokens, so each is given 100 and 50.
func priced(app func(*ask)) *synth {
	d := surge("server_error", 1)
	d.setup.SLO = 0.99
	d.setup.Worth = []record.Worth{
		{Provider: "primary", Model: "m", Quality: 0.9, Input: 2, Output: 10},
		{Provider: "secondary", Model: "m", Quality: 0.72, Input: 1, Output: 1},
	}
	d.play(app)
	for i := range d.lines {
		if a := d.lines[i].Attempt; a != nil {
			a.Model, a.TokensIn, a.TokensOut = "m", 100, 50
		}
	}
	return d
}

// dollars of one answer by each.
const (
	dear  = (100*2 + 50*10) / 1e6
	cheap = (100*1 + 50*1) / 1e6
)

func TestWorth(t *testing.T) {
	card := judge(t, priced(resilient).log())
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
		m := measureOf(t, card, tt.metric, tt.phase, "")
		if m.Value == nil || *m.Value < tt.want*0.99-1e-9 || *m.Value > tt.want*1.01+1e-9 {
			t.Errorf("%s in %s: %v %q, want %g", tt.metric, tt.phase, show(m.Value), m.Reason, tt.want)
		}
	}
}

// What the scenario has no words for is not on the card; a bar on it says why.
func TestWorthUnsaid(t *testing.T) {
	d := surge("server_error", 1)
	d.bar("bill", "max", 2, "surge")
	card := judge(t, d.play(resilient))
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
	card := judge(t, priced(primaryOnly).log())
	want := (surgeTo - firstHit) / (0.01 * 30 * 24 * 3600)
	if m := measureOf(t, card, "budget_burn", "surge", ""); m.Value == nil || *m.Value < want*0.9 || *m.Value > want*1.1 {
		t.Errorf("burnt %v %q, want about %g", show(m.Value), m.Reason, want)
	}
	if m := measureOf(t, card, "cost_per_good", "surge", ""); m.Measured {
		t.Errorf("a price for nobody: %v", show(m.Value))
	}
}
