package scorecard_test

import (
	"testing"
)

// fuse is an app with a breaker: it opens at so many failures in a row, stays
// open for so long, then lets so many probes through at once, and closes when
// they are answered.
type fuse struct {
	failures int
	open     float64
	probes   int
	stuck    bool // probes, and never closes

	failed int
	until  float64
	left   int
}

func (f *fuse) app(q *ask) {
	if f.until > 0 && q.Due < f.until {
		q.try("secondary")
		q.answer()
		return
	}
	probing := f.until > 0
	if probing && f.left == 0 {
		f.left = f.probes
	}
	if q.try("primary").ok {
		q.answer()
		if !f.stuck || !probing {
			f.failed, f.until, f.left = 0, 0, 0
			return
		}
	} else {
		f.failed++
		q.try("secondary")
		q.answer()
	}
	switch {
	case probing:
		if f.left--; f.left == 0 {
			f.until = q.Due + f.open
		}
	case f.failed >= f.failures:
		f.until = q.Due + f.open
	}
}

func TestBreaker(t *testing.T) {
	f := &fuse{failures: 8, open: 3, probes: 1}
	card := judge(t, surge("server_error", 1).play(f.app))
	// Requests come every 0.1 s from 15.01: the eighth at 15.71.
	exactly(t, measureOf(t, card, "breaker_open_time", "surge", ""), figure{0.8, 0.7, 0.8, ""})
	exactly(t, measureOf(t, card, "breaker_open_attempts", "surge", ""), figure{8, nan, nan, ""})
	near(t, measureOf(t, card, "breaker_probe_rate", "surge", "").Value, 1/3.0, 0.03, "probe rate")
	near(t, measureOf(t, card, "breaker_half_open_burst", "surge", "").Value, 0.1, 1e-9, "half-open burst")
	exactly(t, measureOf(t, card, "breaker_stuck", "after", ""), figure{0, nan, nan, ""})
	exactly(t, measureOf(t, card, "breaker_false_opens", "", ""), figure{0, nan, nan, ""})
}

func TestBreakerHalfOpenToMany(t *testing.T) {
	f := &fuse{failures: 8, open: 3, probes: 10}
	card := judge(t, surge("server_error", 1).play(f.app))
	near(t, measureOf(t, card, "breaker_half_open_burst", "surge", "").Value, 1, 1e-9, "half-open burst")
}

func TestBreakerStuck(t *testing.T) {
	f := &fuse{failures: 8, open: 3, probes: 1, stuck: true}
	card := judge(t, surge("server_error", 1).play(f.app))
	exactly(t, measureOf(t, card, "breaker_stuck", "after", ""), figure{1, nan, nan, ""})

	d := newSynth("calm 15", "surge 30", "after 12")
	d.fault("surge", "primary", "server_error", 1)
	short := judge(t, d.play((&fuse{failures: 8, open: 3, probes: 1, stuck: true}).app))
	if m := measureOf(t, short, "breaker_stuck", "after", ""); m.Measured || m.Reason != "too short to tell: it is judged over 15 s" {
		t.Errorf("after 12 s: %v, %q", show(m.Value), m.Reason)
	}
}

// A breaker that opens with nothing wrong: once in the calm, twice after it was back.
func TestBreakerFalseOpens(t *testing.T) {
	f := &fuse{failures: 8, open: 3, probes: 1}
	card := judge(t, surge("server_error", 1).play(func(q *ask) {
		for _, from := range []float64{5, 55, 65} {
			if q.Due >= from && q.Due < from+1.2 {
				q.try("secondary")
				q.answer()
				return
			}
		}
		f.app(q)
	}))
	exactly(t, measureOf(t, card, "breaker_false_opens", "", ""), figure{3, nan, nan, ""})
}

func TestNoBreaker(t *testing.T) {
	for _, tt := range []struct {
		name  string
		drill *synth
		app   func(*ask)
		want  string
	}{
		{"never opens", surge("server_error", 1), resilient, "no breaker was seen: primary was called all the time"},
		{"never met", surge("server_error", 1), breaker, "no request met the outage"},
		{"unseen", surge("refuse", 1), resilient, "attempts at primary may not be seen while connections to it fail"},
		{"rarely called", func() *synth {
			d := surge("server_error", 1)
			d.journey("chat", 2)
			return d
		}(), resilient, "not exercised: primary called 2/s in the baseline, it takes 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := measureOf(t, judge(t, tt.drill.play(tt.app)), "breaker_open_time", "surge", "")
			if m.Measured || m.Reason != tt.want {
				t.Errorf("%v, %q, want %q", show(m.Value), m.Reason, tt.want)
			}
		})
	}
}
