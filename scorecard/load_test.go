package scorecard_test

import (
	"fmt"
	"testing"
)

// In the worst ten seconds four attempts were made for each request.
func TestAmplificationPeak(t *testing.T) {
	card := judge(t, surge("server_error", 1).play(func(q *ask) {
		if q.Due >= 30 {
			breaker(q)
			return
		}
		steadily(0.01, 0.01, 0.01)(q)
	}))
	exactly(t, measureOf(t, card, "retry_amplification_peak", "surge", ""), figure{4, nan, nan, ""})
	exactly(t, measureOf(t, card, "retry_amplification_peak", "calm", ""), figure{1, nan, nan, ""})
	d := surge("server_error", 1)
	d.journey("chat", 4)
	if m := measureOf(t, judge(t, d.play(resilient)), "retry_amplification_peak", "calm", ""); m.Measured || m.Reason != "at most 40 arrivals in 10 s, it takes 50" {
		t.Errorf("with 40 arrivals: %v, %q", show(m.Value), m.Reason)
	}
}

// Attempts of 0.5 s in the baseline; in the outage each request holds one for 2 s.
func TestPressure(t *testing.T) {
	patient := judge(t, surge("hang", 1).play(func(q *ask) {
		if !q.tryWithin("primary", 2).ok {
			q.try("secondary")
		}
		q.answer()
	}))
	near(t, measureOf(t, patient, "pressure", "surge", "").Value, 4, 0.2, "pressure")
	gone := judge(t, surge("hang", 1).play(func(q *ask) {
		if q.Due < 18 {
			q.tryWithin("primary", 1)
			q.try("secondary")
			q.answer()
			return
		}
		breaker(q)
	}))
	near(t, measureOf(t, gone, "pressure", "surge", "").Value, 0, 1e-9, "pressure of an app that left")
}

func TestKeySpread(t *testing.T) {
	n := 0
	card := judge(t, surge("server_error", 0.5).play(func(q *ask) {
		q.try("primary").line.Key = fmt.Sprint("key", n%4/3) // three in four on one key
		q.last.ok = true
		n++
		q.answer()
	}))
	near(t, measureOf(t, card, "key_spread", "surge", "").Value, 0.75, 0.01, "key spread")
	none := judge(t, surge("server_error", 0.5).play(resilient))
	if m := measureOf(t, none, "key_spread", "", ""); m.Measured || m.Reason != "no attempt carried a key" {
		t.Errorf("without keys: %v, %q", show(m.Value), m.Reason)
	}
}
