package measure_test

import (
	"math"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

func TestBackoff(t *testing.T) {
	jittered := func(base float64) func(*synth.Ask) {
		return func(q *synth.Ask) {
			for i := range 4 {
				if q.Try("primary").OK {
					q.Answer()
					return
				}
				q.At += base * math.Pow(2, float64(i)) * (0.5 + q.Luck.Float64())
			}
			q.Try("secondary")
			q.Answer()
		}
	}
	for _, tt := range []struct {
		name                 string
		app                  func(*synth.Ask)
		base, growth, jitter float64 // none: not measured
		why                  string  // no jitter
	}{
		{"doubling", synth.Steadily(0.5, 1, 2), 0.5, 2, 0, ""},
		{"constant", synth.Steadily(0.5, 0.5, 0.5), 0.5, 1, 0, ""},
		{"jitter", jittered(0.5), 0.5, 2, 0.29, ""}, // ±50 %, uniform: 1/√12
		{"at once", synth.Steadily(0.01, 0.01), 0.01, synth.None, synth.None, "immediate: the first retry follows after 10 ms in the median"},
		{"no retry", synth.Retrying(), synth.None, synth.None, synth.None, "0 calls were retried without a Retry-After, it takes 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			card := synth.Judge(t, synth.Surge("server_error", 1).Play(tt.app))
			growth, jitter := synth.Measure(t, card, "backoff_growth", "surge", ""), synth.Measure(t, card, "backoff_jitter", "surge", "")
			base := synth.Measure(t, card, "backoff_base", "surge", "")
			if tt.base == synth.None {
				if base.Measured || base.Reason != tt.why {
					t.Errorf("base %v (%s)", base.Measured, base.Reason)
				}
			} else {
				synth.Near(t, base.Value, tt.base, 0.03, "base")
			}
			if tt.growth == synth.None {
				if growth.Measured || jitter.Measured || jitter.Reason != tt.why {
					t.Errorf("growth %v, jitter %v (%s)", growth.Measured, jitter.Measured, jitter.Reason)
				}
				return
			}
			synth.Near(t, growth.Value, tt.growth, 0.15, "growth")
			synth.Near(t, jitter.Value, tt.jitter, 0.03, "jitter")
		})
	}
}

// Pauses that Retry-After dictates are not the app's backoff, and a second
// attempt that did not wait for the first is no retry after a pause.
func TestBackoffIsTheAppsOwn(t *testing.T) {
	d := synth.Surge("rate_limit", 1)
	d.Waits["rate_limit"] = 0.5
	told := synth.Judge(t, d.Play(synth.Retrying(0.5, 0.5)))
	if m := synth.Measure(t, told, "backoff_growth", "surge", ""); m.Measured {
		t.Errorf("growth %v after Retry-After", synth.Show(m.Value))
	}
	hedged := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		r := q.Try("primary")
		if !r.OK {
			r.Line.Ended += synth.Secs(3)
			q.Try("primary")
			q.At += 3
			q.Try("secondary")
		}
		q.Answer()
	}))
	if m := synth.Measure(t, hedged, "backoff_jitter", "surge", ""); m.Measured {
		t.Errorf("jitter %v of hedges", synth.Show(m.Value))
	}
}

func TestSynchrony(t *testing.T) {
	every := func(wait func(q *synth.Ask) float64) func(*synth.Ask) {
		return func(q *synth.Ask) {
			if q.Try("primary").OK {
				q.Answer()
				return
			}
			q.At += wait(q)
			q.Try("primary")
			q.Try("secondary")
			q.Answer()
		}
	}
	// All retries of two seconds in the same moment: n of 20 bins hold all of n.
	clock := synth.Judge(t, synth.Surge("server_error", 1).Play(every(func(q *synth.Ask) float64 { return 2 - math.Mod(q.At, 2) + 0.01 })))
	m := synth.Measure(t, clock, "synchrony", "surge", "")
	synth.Near(t, m.Value, 19, 0.1, "synchrony of a clock") // 20 × (1 − 1/20), or nearly
	// At 10 requests a second a steady wait puts one retry into each bin.
	steady := synth.Judge(t, synth.Surge("server_error", 1).Play(every(func(*synth.Ask) float64 { return 0.5 })))
	m = synth.Measure(t, steady, "synchrony", "surge", "")
	synth.Near(t, m.Value, 0, 0.3, "synchrony of a steady wait")
	if m := synth.Measure(t, steady, "synchrony", "calm", ""); m.Measured || m.Reason != "nowhere 20 first retries in 2 s" {
		t.Errorf("without retries: %v, %q", synth.Show(m.Value), m.Reason)
	}
}
