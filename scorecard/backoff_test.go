package scorecard_test

import (
	"math"
	"testing"
)

// near checks a measure's value to a tolerance.
func near(t *testing.T, got *float64, want, within float64, what string) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > within {
		t.Errorf("%s is %v, want %g", what, show(got), want)
	}
}

func show(v *float64) float64 {
	if v == nil {
		return nan
	}
	return *v
}

func TestBackoff(t *testing.T) {
	jittered := func(base float64) func(*ask) {
		return func(q *ask) {
			for i := range 4 {
				if q.try("primary").ok {
					q.answer()
					return
				}
				q.at += base * math.Pow(2, float64(i)) * (0.5 + q.luck.Float64())
			}
			q.try("secondary")
			q.answer()
		}
	}
	for _, tt := range []struct {
		name                 string
		app                  func(*ask)
		base, growth, jitter float64 // NaN: not measured
		why                  string  // no jitter
	}{
		{"doubling", steadily(0.5, 1, 2), 0.5, 2, 0, ""},
		{"constant", steadily(0.5, 0.5, 0.5), 0.5, 1, 0, ""},
		{"jitter", jittered(0.5), 0.5, 2, 0.29, ""}, // ±50 %, uniform: 1/√12
		{"at once", steadily(0.01, 0.01), 0.01, nan, nan, "immediate: the first retry follows after 10 ms in the median"},
		{"no retry", retrying(), nan, nan, nan, "0 calls were retried without a Retry-After, it takes 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			card := judge(t, surge("server_error", 1).play(tt.app))
			growth, jitter := measureOf(t, card, "backoff_growth", "surge", ""), measureOf(t, card, "backoff_jitter", "surge", "")
			base := measureOf(t, card, "backoff_base", "surge", "")
			if math.IsNaN(tt.base) {
				if base.Measured || base.Reason != tt.why {
					t.Errorf("base %v (%s)", base.Measured, base.Reason)
				}
			} else {
				near(t, base.Value, tt.base, 0.03, "base")
			}
			if math.IsNaN(tt.growth) {
				if growth.Measured || jitter.Measured || jitter.Reason != tt.why {
					t.Errorf("growth %v, jitter %v (%s)", growth.Measured, jitter.Measured, jitter.Reason)
				}
				return
			}
			near(t, growth.Value, tt.growth, 0.15, "growth")
			near(t, jitter.Value, tt.jitter, 0.03, "jitter")
		})
	}
}

// Pauses that Retry-After dictates are not the app's backoff, and a second
// attempt that did not wait for the first is no retry after a pause.
func TestBackoffIsTheAppsOwn(t *testing.T) {
	d := surge("rate_limit", 1)
	d.waits["rate_limit"] = 0.5
	told := judge(t, d.play(retrying(0.5, 0.5)))
	if m := measureOf(t, told, "backoff_growth", "surge", ""); m.Measured {
		t.Errorf("growth %v after Retry-After", show(m.Value))
	}
	hedged := judge(t, surge("server_error", 1).play(func(q *ask) {
		r := q.try("primary")
		if !r.ok {
			r.line.Ended += secs(3)
			q.try("primary")
			q.at += 3
			q.try("secondary")
		}
		q.answer()
	}))
	if m := measureOf(t, hedged, "backoff_jitter", "surge", ""); m.Measured {
		t.Errorf("jitter %v of hedges", show(m.Value))
	}
}

func TestSynchrony(t *testing.T) {
	every := func(wait func(q *ask) float64) func(*ask) {
		return func(q *ask) {
			if q.try("primary").ok {
				q.answer()
				return
			}
			q.at += wait(q)
			q.try("primary")
			q.try("secondary")
			q.answer()
		}
	}
	// All retries of two seconds in the same moment: n of 20 bins hold all of n.
	clock := judge(t, surge("server_error", 1).play(every(func(q *ask) float64 { return 2 - math.Mod(q.at, 2) + 0.01 })))
	m := measureOf(t, clock, "synchrony", "surge", "")
	near(t, m.Value, 19, 0.1, "synchrony of a clock") // 20 × (1 − 1/20), or nearly
	// At 10 requests a second a steady wait puts one retry into each bin.
	steady := judge(t, surge("server_error", 1).play(every(func(*ask) float64 { return 0.5 })))
	m = measureOf(t, steady, "synchrony", "surge", "")
	near(t, m.Value, 0, 0.3, "synchrony of a steady wait")
	if m := measureOf(t, steady, "synchrony", "calm", ""); m.Measured || m.Reason != "nowhere 20 first retries in 2 s" {
		t.Errorf("without retries: %v, %q", show(m.Value), m.Reason)
	}
}
