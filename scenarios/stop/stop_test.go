package stop_test

import (
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/stop"
)

const tick = 250 * time.Millisecond

// course makes samples of 20 requests a second, of which a share fails at each
// moment, and says when the rule stops them: −1 never.
func course(r stop.Rule, long time.Duration, at func(time.Duration) (failing, inFlight, amplification float64)) (time.Duration, string) {
	w := stop.NewWatch(r)
	var s stop.Sample
	for t := time.Duration(0); t < long; t += tick {
		failing, inFlight, amplification := at(t)
		n := 20 * tick.Seconds()
		s.At, s.InFlight = t, inFlight
		s.Ended += n
		s.Errors += n * failing
		s.Attempts += n * amplification
		if reason, ended := w.Add(s); ended {
			return t, reason
		}
	}
	return -1, ""
}

func between(from, to time.Duration, inside, outside float64) func(time.Duration) (float64, float64, float64) {
	return func(t time.Duration) (float64, float64, float64) {
		v := outside
		if t >= from && t < to {
			v = inside
		}
		return v, v, v
	}
}

func TestRules(t *testing.T) {
	rate := stop.Rule{Metric: "error_rate", Max: 0.8, Over: 10 * time.Second, For: 30 * time.Second}
	for _, c := range []struct {
		name   string
		rule   stop.Rule
		course func(time.Duration) (float64, float64, float64)
		want   time.Duration // nearly
		reason string
	}{
		// All fail from 60 s on: over 10 s more than 80 % do from 68 s on.
		{"all fail", rate, between(time.Minute, time.Hour, 1, 0), 98 * time.Second, "error_rate over 10s above 80% for 30s: 100% at last"},
		{"for too short", rate, between(time.Minute, 95*time.Second, 1, 0), -1, ""},
		{"just long enough", rate, between(time.Minute, 97*time.Second, 1, 0), 98 * time.Second, "error_rate over 10s above 80% for 30s: 87.5% at last"},
		{"as many as are allowed", rate, between(0, time.Hour, 0.8, 0), -1, ""},
		{"at once", stop.Rule{Metric: "error_rate", Max: 0.5, Over: time.Second}, between(0, time.Hour, 1, 0), 500 * time.Millisecond, "error_rate over 1s above 50% for 0s: 100% at last"},
		{"a crowd", stop.Rule{Metric: "in_flight", Max: 100, Over: 2 * time.Second, For: time.Second}, between(10*time.Second, time.Hour, 200, 0), 12 * time.Second, "in_flight over 2s above 100 for 1s: 200 at last"},
		{"retries", stop.Rule{Metric: "attempt_rate", Max: 60, Over: 5 * time.Second, For: time.Second}, between(10*time.Second, time.Hour, 5, 1), 13500 * time.Millisecond, "attempt_rate over 5s above 60/s for 1s: 80/s at last"},
	} {
		got, reason := course(c.rule, 3*time.Minute, c.course)
		if (got-c.want).Abs() > 2*tick || (got < 0) != (c.want < 0) {
			t.Errorf("%s: %v stops it at %v, want %v", c.name, c.rule, got, c.want)
		}
		if c.want >= 0 && reason != c.reason {
			t.Errorf("%s: %q, want %q", c.name, reason, c.reason)
		}
	}
}

// An app that falls silent after its errors is still above the bound; one that was
// well before is not: nothing is known that speaks against it.
func TestSilence(t *testing.T) {
	for _, c := range []struct {
		failing float64
		stops   bool
	}{{1, true}, {0, false}} {
		w := stop.NewWatch(stop.Rule{Metric: "error_rate", Max: 0.5, Over: 2 * time.Second, For: 20 * time.Second})
		var s stop.Sample
		stopped := false
		for at := time.Duration(0); at < time.Minute && !stopped; at += tick {
			s.At = at
			if at < 5*time.Second {
				s.Ended += 5
				s.Errors += 5 * c.failing
			}
			_, stopped = w.Add(s)
		}
		if stopped != c.stops {
			t.Errorf("with %g failing, then silence, it stops: %v, want %v", c.failing, stopped, c.stops)
		}
	}
}

// What could not be sent counts as an error: an app at the cap on requests under way
// answers nobody.
func TestDropped(t *testing.T) {
	w := stop.NewWatch(stop.Rule{Metric: "error_rate", Max: 0.5, Over: 2 * time.Second, For: time.Second})
	for at := time.Duration(0); at < time.Minute; at += tick {
		if _, stops := w.Add(stop.Sample{At: at, Dropped: 20 * at.Seconds()}); stops {
			return
		}
	}
	t.Error("a drill that can send nothing goes on")
}
