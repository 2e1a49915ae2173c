package scorecard_test

import "testing"

func TestFailoverTax(t *testing.T) {
	card := judge(t, surge("hang", 1).play(func(q *ask) {
		if !q.tryWithin("primary", 1.2).ok {
			q.try("secondary")
		}
		q.answer()
	}))
	exactly(t, measureOf(t, card, "failover_tax_p50", "surge", ""), figure{1.2, nan, nan, ""})
	exactly(t, measureOf(t, card, "failover_tax_p95", "surge", ""), figure{1.2, nan, nan, ""})
	if m := measureOf(t, card, "failover_tax_p50", "calm", ""); m.Measured || m.Reason != "no answer by a fallback" {
		t.Errorf("in the calm: %v, %q", show(m.Value), m.Reason)
	}
}

func TestCriticalFirst(t *testing.T) {
	drill := func() *synth {
		d := surge("server_error", 1)
		d.journey("batch", 10).Priority = "deferrable"
		return d
	}
	serving := func(journeys ...string) func(*ask) {
		return func(q *ask) {
			for _, name := range journeys {
				if q.journey.Name == name || !inSurge(q) {
					resilient(q)
					return
				}
			}
			q.fail(503)
		}
	}
	critical := judge(t, drill().play(serving("chat")))
	exactly(t, measureOf(t, critical, "critical_first", "surge", ""), figure{1, nan, nan, ""})
	deferrable := judge(t, drill().play(serving("batch")))
	exactly(t, measureOf(t, deferrable, "critical_first", "surge", ""), figure{-1, nan, nan, ""})
	const all = "not exercised: 100 % of the users were served well, so nobody had to give way"
	if m := measureOf(t, critical, "critical_first", "calm", ""); m.Measured || m.Reason != all {
		t.Errorf("where all were served: %v, %q", show(m.Value), m.Reason)
	}
	one := judge(t, surge("server_error", 1).play(primaryOnly))
	if m := measureOf(t, one, "critical_first", "surge", ""); m.Measured || m.Reason != "no journey is deferrable" {
		t.Errorf("with one journey: %v, %q", show(m.Value), m.Reason)
	}
}
