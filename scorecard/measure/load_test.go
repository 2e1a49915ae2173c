package measure_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// In the worst ten seconds four attempts were made for each request.
func TestAmplificationPeak(t *testing.T) {
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		if q.Due >= 30 {
			synth.Breaker(q)
			return
		}
		synth.Steadily(0.01, 0.01, 0.01)(q)
	}))
	synth.Exactly(t, synth.Measure(t, card, "retry_amplification_peak", "surge", ""), synth.Want(4, synth.None, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, card, "retry_amplification_peak", "calm", ""), synth.Want(1, synth.None, synth.None, ""))
	d := synth.Surge("server_error", 1)
	d.Journey("chat", 4)
	if m := synth.Measure(t, synth.Judge(t, d.Play(synth.Resilient)), "retry_amplification_peak", "calm", ""); m.Measured || m.Reason != "at most 40 arrivals in 10 s, it takes 50" {
		t.Errorf("with 40 arrivals: %v, %q", synth.Show(m.Value), m.Reason)
	}
}

// Attempts of 0.5 s in the baseline; in the outage each request holds one for 2 s.
func TestPressure(t *testing.T) {
	patient := synth.Judge(t, synth.Surge("hang", 1).Play(func(q *synth.Ask) {
		if !q.TryWithin("primary", 2).OK {
			q.Try("secondary")
		}
		q.Answer()
	}))
	synth.Near(t, synth.Measure(t, patient, "pressure", "surge", "").Value, 4, 0.2, "pressure")
	gone := synth.Judge(t, synth.Surge("hang", 1).Play(func(q *synth.Ask) {
		if q.Due < 18 {
			q.TryWithin("primary", 1)
			q.Try("secondary")
			q.Answer()
			return
		}
		synth.Breaker(q)
	}))
	synth.Near(t, synth.Measure(t, gone, "pressure", "surge", "").Value, 0, 1e-9, "pressure of an app that left")
}

func TestKeySpread(t *testing.T) {
	n := 0
	card := synth.Judge(t, synth.Surge("server_error", 0.5).Play(func(q *synth.Ask) {
		q.Try("primary").Line.Key = fmt.Sprint("key", n%4/3) // three in four on one key
		q.Last.OK = true
		n++
		q.Answer()
	}))
	synth.Near(t, synth.Measure(t, card, "key_spread", "surge", "").Value, 0.75, 0.01, "key spread")
	none := synth.Judge(t, synth.Surge("server_error", 0.5).Play(synth.Resilient))
	if m := synth.Measure(t, none, "key_spread", "", ""); m.Measured || m.Reason != "no attempt carried a key" {
		t.Errorf("without keys: %v, %q", synth.Show(m.Value), m.Reason)
	}
}

// What an app did to one provider is no figure of another, which it never called.
func TestFiguresOfAProviderThatNobodyCalled(t *testing.T) {
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		for range 4 {
			synth.PrimaryOnly(q)
		}
	}))
	synth.Near(t, synth.Measure(t, card, "retry_amplification", "surge", "").Value, 4, 1e-9, "amplification at all")
	for _, m := range card.Metrics {
		ofAttempts := slices.Contains([]string{"retry_amplification", "wasted_tokens", "key_spread", "hopeless_retries", "orphan_work"}, m.Name)
		if ofAttempts && m.Provider == "secondary" && m.Value != nil && *m.Value != 0 {
			t.Errorf("%s of secondary is %v", m.Name, *m.Value)
		}
	}
}
