package measure_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

func TestFailoverTax(t *testing.T) {
	card := synth.Judge(t, synth.Surge("hang", 1).Play(func(q *synth.Ask) {
		if !q.TryWithin("primary", 1.2).OK {
			q.Try("secondary")
		}
		q.Answer()
	}))
	synth.Exactly(t, synth.Measure(t, card, "failover_tax_p50", "surge", ""), synth.Want(1.2, synth.None, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, card, "failover_tax_p95", "surge", ""), synth.Want(1.2, synth.None, synth.None, ""))
	if m := synth.Measure(t, card, "failover_tax_p50", "calm", ""); m.Measured || m.Reason != "no answer by a fallback" {
		t.Errorf("in the calm: %v, %q", synth.Show(m.Value), m.Reason)
	}
}

func TestCriticalFirst(t *testing.T) {
	drill := func() *synth.Drill {
		d := synth.Surge("server_error", 1)
		d.Journey("batch", 10).Priority = "deferrable"
		return d
	}
	serving := func(journeys ...string) func(*synth.Ask) {
		return func(q *synth.Ask) {
			for _, name := range journeys {
				if q.Journey.Name == name || !synth.InSurge(q) {
					synth.Resilient(q)
					return
				}
			}
			q.Fail(503)
		}
	}
	critical := synth.Judge(t, drill().Play(serving("chat")))
	synth.Exactly(t, synth.Measure(t, critical, "critical_first", "surge", ""), synth.Want(1, synth.None, synth.None, ""))
	deferrable := synth.Judge(t, drill().Play(serving("batch")))
	synth.Exactly(t, synth.Measure(t, deferrable, "critical_first", "surge", ""), synth.Want(-1, synth.None, synth.None, ""))
	const all = "not exercised: 100 % of the users were served well, so nobody had to give way"
	if m := synth.Measure(t, critical, "critical_first", "calm", ""); m.Measured || m.Reason != all {
		t.Errorf("where all were served: %v, %q", synth.Show(m.Value), m.Reason)
	}
	one := synth.Judge(t, synth.Surge("server_error", 1).Play(synth.PrimaryOnly))
	if m := synth.Measure(t, one, "critical_first", "surge", ""); m.Measured || m.Reason != "no journey is deferrable" {
		t.Errorf("with one journey: %v, %q", synth.Show(m.Value), m.Reason)
	}
}
