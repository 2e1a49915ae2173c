package measure_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

func TestBreaker(t *testing.T) {
	f := &synth.Fuse{Failures: 8, Open: 3, Probes: 1}
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(f.App))
	// Requests come every 0.1 s from 15.01: the eighth at 15.71.
	synth.Exactly(t, synth.Measure(t, card, "breaker_open_time", "surge", ""), synth.Want(0.8, 0.7, 0.8, ""))
	synth.Exactly(t, synth.Measure(t, card, "breaker_open_attempts", "surge", ""), synth.Want(8, synth.None, synth.None, ""))
	synth.Near(t, synth.Measure(t, card, "breaker_probe_rate", "surge", "").Value, 1/3.0, 0.03, "probe rate")
	synth.Near(t, synth.Measure(t, card, "breaker_half_open_burst", "surge", "").Value, 0.1, 1e-9, "half-open burst")
	synth.Exactly(t, synth.Measure(t, card, "breaker_stuck", "after", ""), synth.Want(0, synth.None, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, card, "breaker_false_opens", "", ""), synth.Want(0, synth.None, synth.None, ""))
}

func TestBreakerHalfOpenToMany(t *testing.T) {
	f := &synth.Fuse{Failures: 8, Open: 3, Probes: 10}
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(f.App))
	synth.Near(t, synth.Measure(t, card, "breaker_half_open_burst", "surge", "").Value, 1, 1e-9, "half-open burst")
}

func TestBreakerStuck(t *testing.T) {
	f := &synth.Fuse{Failures: 8, Open: 3, Probes: 1, Stuck: true}
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(f.App))
	synth.Exactly(t, synth.Measure(t, card, "breaker_stuck", "after", ""), synth.Want(1, synth.None, synth.None, ""))

	d := synth.New("calm 15", "surge 30", "after 12")
	d.Fault("surge", "primary", "server_error", 1)
	short := synth.Judge(t, d.Play((&synth.Fuse{Failures: 8, Open: 3, Probes: 1, Stuck: true}).App))
	if m := synth.Measure(t, short, "breaker_stuck", "after", ""); m.Measured || m.Reason != "too short to tell: it is judged over 15 s" {
		t.Errorf("after 12 s: %v, %q", synth.Show(m.Value), m.Reason)
	}
}

// A breaker that opens with nothing wrong: once in the calm, twice after it was back.
func TestBreakerFalseOpens(t *testing.T) {
	f := &synth.Fuse{Failures: 8, Open: 3, Probes: 1}
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		for _, from := range []float64{5, 55, 65} {
			if q.Due >= from && q.Due < from+1.2 {
				q.Try("secondary")
				q.Answer()
				return
			}
		}
		f.App(q)
	}))
	synth.Exactly(t, synth.Measure(t, card, "breaker_false_opens", "", ""), synth.Want(3, synth.None, synth.None, ""))
}

func TestNoBreaker(t *testing.T) {
	for _, tt := range []struct {
		name  string
		drill *synth.Drill
		app   func(*synth.Ask)
		want  string
	}{
		{"never opens", synth.Surge("server_error", 1), synth.Resilient, "no breaker was seen: primary was called all the time"},
		{"never met", synth.Surge("server_error", 1), synth.Breaker, "no request met the outage"},
		{"unseen", synth.Surge("refuse", 1), synth.Resilient, "attempts at primary may not be seen while connections to it fail"},
		{"rarely called", func() *synth.Drill {
			d := synth.Surge("server_error", 1)
			d.Journey("chat", 2)
			return d
		}(), synth.Resilient, "not exercised: primary called 2/s in the baseline, it takes 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := synth.Measure(t, synth.Judge(t, tt.drill.Play(tt.app)), "breaker_open_time", "surge", "")
			if m.Measured || m.Reason != tt.want {
				t.Errorf("%v, %q, want %q", synth.Show(m.Value), m.Reason, tt.want)
			}
		})
	}
}
