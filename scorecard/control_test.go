package scorecard_test

import (
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// controlled is a drill whose outage was planned and not played.
func controlled() *synth {
	d := newSynth("baseline 15", "surge 30", "recovery 30")
	d.setup.Control = true
	d.fault("surge", "primary", "server_error", 1)
	d.bar("availability", "min", 0.9, "surge")
	d.bar("failover_time", "max", 5, "surge")
	return d
}

func TestControlRun(t *testing.T) {
	card := judge(t, controlled().play(resilient))
	if card.Verdict != scorecard.Pass || len(card.Bars) != 1 || card.Bars[0].Metric != "availability" {
		t.Errorf("%s, bars %+v; want the bar on failover left out and a pass", card.Verdict, card.Bars)
	}
	if card.Grade != "" || len(card.Findings) != 0 {
		t.Errorf("grade %q, findings %+v; want neither", card.Grade, card.Findings)
	}
	if want := "without any fault, 100 % of users were served well"; !strings.HasPrefix(card.Sentence, want) {
		t.Errorf("sentence %q, want %q …", card.Sentence, want)
	}
	if !strings.Contains(strings.Join(card.Limits, "\n"), "control run") {
		t.Errorf("limits %q do not say that it was a control run", card.Limits)
	}
}

// An app that fails by itself fails its control run too.
func TestControlRunOfASickApp(t *testing.T) {
	d := controlled()
	card := judge(t, d.play(func(q *ask) {
		if q.Due > 15 && q.luck.Float64() < 0.5 {
			q.try("primary")
			q.fail(500)
			return
		}
		resilient(q)
	}))
	if card.Verdict != scorecard.Fail {
		t.Errorf("verdict %s, want fail: %s", card.Verdict, card.Sentence)
	}
}
