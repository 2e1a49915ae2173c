package scorecard_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// surge is the drill of the planted apps.
func surge(kind string, share float64) *synth {
	d := newSynth("calm 15", "surge 30", "after 30")
	d.fault("surge", "primary", kind, share)
	return d
}

// figure is what a test wants of a measure.
type figure struct {
	value, low, high float64 // NaN: none
	by               string
}

var nan = math.NaN()

// exactly checks a measure to the microsecond.
func exactly(t *testing.T, m measure.Measure, want figure) {
	t.Helper()
	number := func(p *float64) float64 {
		if p == nil {
			return nan
		}
		return *p
	}
	got := figure{number(m.Value), number(m.Low), number(m.High), m.By}
	opts := cmp.Options{cmp.AllowUnexported(figure{}), cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-6)}
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Errorf("%s in %s: %s (-want +got):\n%s", m.Name, m.Phase, m.Reason, diff)
	}
}

// An app that fails over after exactly D is found to have done so, to the
// resolution of its traffic: 0.1 s at 10 requests a second.
func TestFailoverAfterExactlyD(t *testing.T) {
	for _, after := range []float64{0.35, 1.05, 3.05, 4.25, 10.05, 21.05} {
		card := judge(t, surge("server_error", 1).play(breakerAfter(after)))
		for _, name := range []string{"failover_time", "switch_time"} {
			m := measureOf(t, card, name, "surge", "")
			want := figure{value: after + 0.05, low: after - 0.05, high: after + 0.05}
			if name == "failover_time" {
				want.by = "fallback"
			}
			exactly(t, m, want)
		}
	}
}

func TestFailoverTime(t *testing.T) {
	for _, tt := range []struct {
		name  string
		drill *synth
		app   func(*ask)
		want  figure
		says  string
	}{
		{"no fallback", surge("server_error", 1), primaryOnly, figure{nan, 29.9, nan, ""}, "never settled"},
		{"at once", surge("server_error", 1), resilient, figure{0, 0, 0, "fallback"}, "not noticeable"},
		{"retries", surge("server_error", 0.3), retrying(0.1, 0.1, 0.1, 0.1, 0.1), figure{0, 0, 0, "retry"}, "not noticeable"},
		{"the spared prove nothing", surge("server_error", 0.3), primaryOnly, figure{nan, 28.6, nan, ""}, "never settled"}, // by the luck of the seed
		{"waits the outage out", surge("server_error", 1), func(q *ask) {
			q.try("primary")
			q.at = max(q.at, surgeTo)
			q.try("primary")
			q.answer()
		}, figure{nan, 29.9, nan, ""}, "never settled"},
		{"no other provider", func() *synth {
			d := surge("server_error", 1)
			d.fault("surge", "secondary", "server_error", 1)
			return d
		}(), resilient, figure{nan, nan, nan, ""}, "no provider was whole throughout the outage"},
		{"transport", surge("refuse", 1), breakerAfter(4.05), figure{4.11, 4.01, 4.11, "fallback"}, ""},
		{"tls", surge("cert_expired", 1), breakerAfter(4.05), figure{4.11, 4.01, 4.11, "fallback"}, ""},
		{"never met", surge("server_error", 1), breaker, figure{nan, nan, nan, ""}, "no request met the outage"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := measureOf(t, judge(t, tt.drill.play(tt.app)), "failover_time", "surge", "")
			exactly(t, m, tt.want)
			if m.Reason != tt.says {
				t.Errorf("reason %q, want %q", m.Reason, tt.says)
			}
			if want := tt.want.value == tt.want.value || tt.want.low == tt.want.low; m.Measured != want {
				t.Errorf("measured %v, want %v", m.Measured, want)
			}
		})
	}
}

// The headline is the slowest journey, and each journey has its own row.
func TestFailoverIsTheSlowestJourneys(t *testing.T) {
	d := surge("server_error", 1)
	d.journey("api", 10)
	card := judge(t, d.play(func(q *ask) {
		if q.journey.Name == "api" {
			breakerAfter(7)(q)
		} else {
			breakerAfter(2)(q)
		}
	}))
	chat, api := measureOf(t, card, "failover_time", "surge", "chat"), measureOf(t, card, "failover_time", "surge", "api")
	exactly(t, chat, figure{2, 1.9, 2, "fallback"})
	exactly(t, api, figure{7.01, 6.91, 7.01, "fallback"})
	headline := measureOf(t, card, "failover_time", "surge", "")
	headline.Journey = "api"
	if diff := cmp.Diff(api, headline); diff != "" {
		t.Error(diff)
	}
}

// What follows the outage: users served again after L, first attempts back at
// the primary after L.
func TestAfterTheOutage(t *testing.T) {
	const lag = 6.05
	sick := judge(t, surge("server_error", 1).play(func(q *ask) {
		if q.Due >= surgeFrom && q.Due < surgeTo+lag {
			q.try("primary")
			q.fail(503)
		} else {
			resilient(q)
		}
	}))
	exactly(t, measureOf(t, sick, "recovery_lag", "after", ""), figure{6.11, 6.01, 6.11, ""})
	away := judge(t, surge("server_error", 1).play(func(q *ask) {
		switch {
		case q.Due < firstHit+1:
			resilient(q)
		case q.Due < surgeTo+lag:
			q.try("secondary")
			q.answer()
		default:
			resilient(q)
		}
	}))
	exactly(t, measureOf(t, away, "failback_time", "after", ""), figure{6.11, 6.01, 6.11, ""})
	exactly(t, measureOf(t, away, "recovery_lag", "after", ""), figure{0, 0, 0, ""})
}

func TestRecoveryNeedsTime(t *testing.T) {
	d := newSynth("calm 15", "surge 30", "after 15")
	d.fault("surge", "primary", "server_error", 1)
	m := measureOf(t, judge(t, d.play(func(q *ask) {
		if q.Due < surgeFrom {
			resilient(q)
		} else {
			q.try("primary")
			q.fail(503)
		}
	})), "recovery_lag", "after", "")
	exactly(t, m, figure{nan, 14.91, nan, ""})
	if m.Measured || m.Reason == "" {
		t.Errorf("15 s after an outage of 30 s are too short to tell; got measured %v, %q", m.Measured, m.Reason)
	}
}

func TestRetryMetrics(t *testing.T) {
	storm := judge(t, surge("server_error", 1).play(retrying(0.01, 0.01, 0.01)))
	exactly(t, measureOf(t, storm, "retry_amplification", "surge", ""), figure{4, nan, nan, ""})
	exactly(t, measureOf(t, storm, "retry_amplification", "calm", ""), figure{1, nan, nan, ""})

	// Every attempt a new prompt: no retry by the letter, but four per request.
	reworded := judge(t, surge("server_error", 1).play(func(q *ask) {
		retrying(0.01, 0.01, 0.01)(q)
		for i := range q.lines {
			if a := q.lines[i].Attempt; a != nil && a.Nonce == q.u.Nonce {
				a.Print = fmt.Sprint(a.Print, i)
			}
		}
	}))
	exactly(t, measureOf(t, reworded, "retry_amplification", "surge", ""), figure{4, nan, nan, ""})

	// Two in three wait as they are told: for a date, up to a second less.
	d := surge("rate_limit", 1)
	d.waits["rate_limit"] = 5
	n := 0
	told := judge(t, d.play(func(q *ask) {
		if !inSurge(q) {
			resilient(q)
			return
		}
		r := q.try("primary")
		n++
		switch n % 3 {
		case 0:
			q.at += 4.5
		case 1:
			q.at += 4.8
		case 2:
			r.line.RetryAfterDate = true
			q.at += 4.1
		}
		q.try("primary")
		q.try("secondary")
		q.answer()
	}))
	m := measureOf(t, told, "retry_after_compliance", "surge", "")
	if m.Value == nil || math.Abs(*m.Value-2.0/3) > 1e-9 || m.N != 300 {
		t.Errorf("compliance %v of %d, want 2/3 of 300", m.Value, m.N)
	}

	hopeless := judge(t, surge("unauthorized", 1).play(retrying(0.02, 0.02)))
	exactly(t, measureOf(t, hopeless, "hopeless_retries", "", ""), figure{600, nan, nan, ""})
}

func TestShares(t *testing.T) {
	d := surge("server_error", 1)
	d.journey("chat", 10).HasDegrade = true
	n := 0
	card := judge(t, d.play(func(q *ask) {
		if !inSurge(q) {
			resilient(q)
			return
		}
		n++
		switch n % 10 {
		case 0, 1, 2:
			resilient(q)
		case 3, 4:
			q.lesser()
		case 5:
			q.fail(500)
			q.u.Raw = true
		case 6:
			q.at += 18
			q.fail(503)
		default:
			q.fail(503)
		}
	}))
	for name, want := range map[string]float64{
		"availability": 0.3, "usable_share": 0.5, "error_rate": 0.5, "degraded_share": 0.2, "fallback_share": 0.3, "undeclared": 0.2,
	} {
		m := measureOf(t, card, name, "surge", "")
		if m.Value == nil || math.Abs(*m.Value-want) > 1e-9 || m.N != 300 {
			t.Errorf("%s %v of %d, want %g of 300", name, m.Value, m.N, want)
		} else if *m.Low >= want || *m.High <= want {
			t.Errorf("%s: interval %g to %g does not hold %g", name, *m.Low, *m.High, want)
		}
	}
	exactly(t, measureOf(t, card, "failover_loss", "surge", ""), figure{21, nan, nan, ""})
	exactly(t, measureOf(t, card, "time_to_error_p95", "surge", ""), figure{18.001, nan, nan, ""})
}

func TestTimesCountFromDue(t *testing.T) {
	n := 0
	card := judge(t, surge("server_error", 1).play(func(q *ask) {
		if n++; inSurge(q) && n%10 == 0 {
			q.fail(500) // fast, but no answer
			return
		}
		*q.u.Sent += secs(0.05)
		q.at += 0.05
		breaker(q)
	}))
	exactly(t, measureOf(t, card, "ttft_p50", "surge", ""), figure{0.25, nan, nan, ""})
	exactly(t, measureOf(t, card, "latency_p50", "surge", ""), figure{0.55, nan, nan, ""})
	exactly(t, measureOf(t, card, "latency_p95", "surge", ""), figure{nan, 20, nan, ""})
	exactly(t, measureOf(t, card, "latency_p95", "calm", ""), figure{0.55, nan, nan, ""})
	if m := measureOf(t, card, "latency_p99", "calm", ""); m.Measured || m.Reason != "130 samples, p99 needs 300" {
		t.Errorf("p99 of 130 samples: measured %v, %q", m.Measured, m.Reason)
	}
}

func TestRouteMetrics(t *testing.T) {
	impatient := judge(t, surge("hang", 1).play(func(q *ask) {
		if q.tryWithin("primary", 1.2).ok || q.try("secondary").ok {
			q.answer()
		}
	}))
	exactly(t, measureOf(t, impatient, "detection_time_p50", "surge", ""), figure{1.2, nan, nan, ""})
	exactly(t, measureOf(t, impatient, "detection_time_p95", "surge", ""), figure{1.2, nan, nan, ""})
	exactly(t, measureOf(t, impatient, "dead_attempts", "surge", ""), figure{1, 0.981154, 1, ""})
	exactly(t, measureOf(t, impatient, "failover_first", "surge", ""), figure{1.4, nan, nan, ""})

	flapping := judge(t, surge("server_error", 0.9).play(func(q *ask) {
		if inSurge(q) && int(q.Due-surgeFrom)/4%2 == 1 {
			q.try("secondary")
			q.answer()
			return
		}
		resilient(q)
	}))
	exactly(t, measureOf(t, flapping, "flaps", "surge", ""), figure{6, nan, nan, ""})

	herd := judge(t, surge("server_error", 1).play(func(q *ask) {
		breaker(q)
		if q.Due >= surgeTo && q.Due < surgeTo+1 {
			q.at = surgeTo + 0.5
			q.try("primary")
			q.try("primary")
			q.answer()
		}
		if q.Due >= surgeFrom && q.Due < firstHit+0.05 {
			q.try("primary") // the outage is met
		}
	}))
	exactly(t, measureOf(t, herd, "failback_overshoot", "after", ""), figure{3, nan, nan, ""})
}

func TestWaste(t *testing.T) {
	// Every surge request is asked twice, of which one answer is read, and the
	// other goes on for 2 s after the user has gone.
	card := judge(t, surge("server_error", 0.001).play(func(q *ask) {
		q.try("primary")
		if inSurge(q) {
			extra := q.try("secondary")
			extra.line.Ended += secs(2)
			q.last = reply{provider: "primary"}
		}
		q.answer()
	}))
	exactly(t, measureOf(t, card, "orphan_work", "surge", ""), figure{600, nan, nan, ""})
	m := measureOf(t, card, "wasted_tokens", "surge", "")
	if m.Value == nil || math.Abs(*m.Value-0.5) > 0.01 {
		t.Errorf("wasted_tokens %v, want a half", m.Value)
	}
}
