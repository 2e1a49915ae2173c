package measure_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// An app that fails over after exactly D is found to have done so, to the
// resolution of its traffic: 0.1 s at 10 requests a second.
func TestFailoverAfterExactlyD(t *testing.T) {
	for _, after := range []float64{0.35, 1.05, 3.05, 4.25, 10.05, 21.05} {
		card := synth.Judge(t, synth.Surge("server_error", 1).Play(synth.BreakerAfter(after)))
		for _, name := range []string{"failover_time", "switch_time"} {
			m := synth.Measure(t, card, name, "surge", "")
			by := ""
			if name == "failover_time" {
				by = "fallback"
			}
			synth.Exactly(t, m, synth.Want(after+0.05, after-0.05, after+0.05, by))
		}
	}
}

func TestFailoverTime(t *testing.T) {
	for _, tt := range []struct {
		name  string
		drill *synth.Drill
		app   func(*synth.Ask)
		want  synth.Figure
		says  string
	}{
		{"no fallback", synth.Surge("server_error", 1), synth.PrimaryOnly, synth.Want(synth.None, 29.9, synth.None, ""), "never settled"},
		{"at once", synth.Surge("server_error", 1), synth.Resilient, synth.Want(0, 0, 0, "fallback"), "not noticeable"},
		{"retries", synth.Surge("server_error", 0.3), synth.Retrying(0.1, 0.1, 0.1, 0.1, 0.1), synth.Want(0, 0, 0, "retry"), "not noticeable"},
		{"the spared prove nothing", synth.Surge("server_error", 0.3), synth.PrimaryOnly, synth.Want(synth.None, 28.6, synth.None, ""), "never settled"}, // by the luck of the seed
		{"waits the outage out", synth.Surge("server_error", 1), func(q *synth.Ask) {
			q.Try("primary")
			q.At = max(q.At, synth.SurgeTo)
			q.Try("primary")
			q.Answer()
		}, synth.Want(synth.None, 29.9, synth.None, ""), "never settled"},
		{"no other provider", func() *synth.Drill {
			d := synth.Surge("server_error", 1)
			d.Fault("surge", "secondary", "server_error", 1)
			return d
		}(), synth.Resilient, synth.Want(synth.None, synth.None, synth.None, ""), "no provider was whole throughout the outage"},
		{"transport", synth.Surge("refuse", 1), synth.BreakerAfter(4.05), synth.Want(4.11, 4.01, 4.11, "fallback"), ""},
		{"tls", synth.Surge("cert_expired", 1), synth.BreakerAfter(4.05), synth.Want(4.11, 4.01, 4.11, "fallback"), ""},
		{"never met", synth.Surge("server_error", 1), synth.Breaker, synth.Want(synth.None, synth.None, synth.None, ""), "no request met the outage"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := synth.Measure(t, synth.Judge(t, tt.drill.Play(tt.app)), "failover_time", "surge", "")
			synth.Exactly(t, m, tt.want)
			if m.Reason != tt.says {
				t.Errorf("reason %q, want %q", m.Reason, tt.says)
			}
			if want := tt.want.Value != synth.None || tt.want.Low != synth.None; m.Measured != want {
				t.Errorf("measured %v, want %v", m.Measured, want)
			}
		})
	}
}

// The headline is the slowest journey, and each journey has its own row.
func TestFailoverIsTheSlowestJourneys(t *testing.T) {
	d := synth.Surge("server_error", 1)
	d.Journey("api", 10)
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		if q.Journey.Name == "api" {
			synth.BreakerAfter(7)(q)
		} else {
			synth.BreakerAfter(2)(q)
		}
	}))
	chat, api := synth.Measure(t, card, "failover_time", "surge", "chat"), synth.Measure(t, card, "failover_time", "surge", "api")
	synth.Exactly(t, chat, synth.Want(2, 1.9, 2, "fallback"))
	synth.Exactly(t, api, synth.Want(7.01, 6.91, 7.01, "fallback"))
	headline := synth.Measure(t, card, "failover_time", "surge", "")
	headline.Journey = "api"
	if diff := cmp.Diff(api, headline); diff != "" {
		t.Error(diff)
	}
}

// What follows the outage: users served again after L, first attempts back at
// the primary after L.
func TestAfterTheOutage(t *testing.T) {
	const lag = 6.05
	sick := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		if q.Due >= synth.SurgeFrom && q.Due < synth.SurgeTo+lag {
			q.Try("primary")
			q.Fail(503)
		} else {
			synth.Resilient(q)
		}
	}))
	synth.Exactly(t, synth.Measure(t, sick, "recovery_lag", "after", ""), synth.Want(6.11, 6.01, 6.11, ""))
	away := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		switch {
		case q.Due < synth.FirstHit+1:
			synth.Resilient(q)
		case q.Due < synth.SurgeTo+lag:
			q.Try("secondary")
			q.Answer()
		default:
			synth.Resilient(q)
		}
	}))
	synth.Exactly(t, synth.Measure(t, away, "failback_time", "after", ""), synth.Want(6.11, 6.01, 6.11, ""))
	synth.Exactly(t, synth.Measure(t, away, "recovery_lag", "after", ""), synth.Want(0, 0, 0, ""))
}

func TestRecoveryNeedsTime(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 15")
	d.Fault("surge", "primary", "server_error", 1)
	m := synth.Measure(t, synth.Judge(t, d.Play(func(q *synth.Ask) {
		if q.Due < synth.SurgeFrom {
			synth.Resilient(q)
		} else {
			q.Try("primary")
			q.Fail(503)
		}
	})), "recovery_lag", "after", "")
	synth.Exactly(t, m, synth.Want(synth.None, 14.91, synth.None, ""))
	if m.Measured || m.Reason == "" {
		t.Errorf("15 s after an outage of 30 s are too short to tell; got measured %v, %q", m.Measured, m.Reason)
	}
}

func TestRetryMetrics(t *testing.T) {
	storm := synth.Judge(t, synth.Surge("server_error", 1).Play(synth.Retrying(0.01, 0.01, 0.01)))
	synth.Exactly(t, synth.Measure(t, storm, "retry_amplification", "surge", ""), synth.Want(4, synth.None, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, storm, "retry_amplification", "calm", ""), synth.Want(1, synth.None, synth.None, ""))

	// Every attempt a new prompt: no retry by the letter, but four per request.
	reworded := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		synth.Retrying(0.01, 0.01, 0.01)(q)
		for i := range q.Lines {
			if a := q.Lines[i].Attempt; a != nil && a.Nonce == q.U.Nonce {
				a.Print = fmt.Sprint(a.Print, i)
			}
		}
	}))
	synth.Exactly(t, synth.Measure(t, reworded, "retry_amplification", "surge", ""), synth.Want(4, synth.None, synth.None, ""))

	// Two in three wait as they are told: for a date, up to a second less.
	d := synth.Surge("rate_limit", 1)
	d.Waits["rate_limit"] = 5
	n := 0
	told := synth.Judge(t, d.Play(func(q *synth.Ask) {
		if !synth.InSurge(q) {
			synth.Resilient(q)
			return
		}
		r := q.Try("primary")
		n++
		switch n % 3 {
		case 0:
			q.At += 4.5
		case 1:
			q.At += 4.8
		case 2:
			r.Line.RetryAfterDate = true
			q.At += 4.1
		}
		q.Try("primary")
		q.Try("secondary")
		q.Answer()
	}))
	m := synth.Measure(t, told, "retry_after_compliance", "surge", "")
	if m.Value == nil || math.Abs(*m.Value-2.0/3) > 1e-9 || m.N != 300 {
		t.Errorf("compliance %v of %d, want 2/3 of 300", m.Value, m.N)
	}

	hopeless := synth.Judge(t, synth.Surge("unauthorized", 1).Play(synth.Retrying(0.02, 0.02)))
	synth.Exactly(t, synth.Measure(t, hopeless, "hopeless_retries", "", ""), synth.Want(600, synth.None, synth.None, ""))
}

func TestShares(t *testing.T) {
	d := synth.Surge("server_error", 1)
	d.Journey("chat", 10).HasDegrade = true
	n := 0
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		if !synth.InSurge(q) {
			synth.Resilient(q)
			return
		}
		n++
		switch n % 10 {
		case 0, 1, 2:
			synth.Resilient(q)
		case 3, 4:
			q.Lesser()
		case 5:
			q.Fail(500)
			q.U.Raw = true
		case 6:
			q.At += 18
			q.Fail(503)
		default:
			q.Fail(503)
		}
	}))
	for name, want := range map[string]float64{
		"availability": 0.3, "usable_share": 0.5, "error_rate": 0.5, "degraded_share": 0.2, "fallback_share": 0.3, "undeclared": 0.2,
	} {
		m := synth.Measure(t, card, name, "surge", "")
		if m.Value == nil || math.Abs(*m.Value-want) > 1e-9 || m.N != 300 {
			t.Errorf("%s %v of %d, want %g of 300", name, m.Value, m.N, want)
		} else if *m.Low >= want || *m.High <= want {
			t.Errorf("%s: interval %g to %g does not hold %g", name, *m.Low, *m.High, want)
		}
	}
	synth.Exactly(t, synth.Measure(t, card, "failover_loss", "surge", ""), synth.Want(21, synth.None, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, card, "time_to_error_p95", "surge", ""), synth.Want(18.001, synth.None, synth.None, ""))
}

func TestTimesCountFromDue(t *testing.T) {
	n := 0
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		if n++; synth.InSurge(q) && n%10 == 0 {
			q.Fail(500) // fast, but no answer
			return
		}
		*q.U.Sent += synth.Secs(0.05)
		q.At += 0.05
		synth.Breaker(q)
	}))
	synth.Exactly(t, synth.Measure(t, card, "ttft_p50", "surge", ""), synth.Want(0.25, synth.None, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, card, "latency_p50", "surge", ""), synth.Want(0.55, synth.None, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, card, "latency_p95", "surge", ""), synth.Want(synth.None, 20, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, card, "latency_p95", "calm", ""), synth.Want(0.55, synth.None, synth.None, ""))
	if m := synth.Measure(t, card, "latency_p99", "calm", ""); m.Measured || m.Reason != "130 samples, p99 needs 300" {
		t.Errorf("p99 of 130 samples: measured %v, %q", m.Measured, m.Reason)
	}
}

func TestRouteMetrics(t *testing.T) {
	impatient := synth.Judge(t, synth.Surge("hang", 1).Play(func(q *synth.Ask) {
		if q.TryWithin("primary", 1.2).OK || q.Try("secondary").OK {
			q.Answer()
		}
	}))
	synth.Exactly(t, synth.Measure(t, impatient, "detection_time_p50", "surge", ""), synth.Want(1.2, synth.None, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, impatient, "detection_time_p95", "surge", ""), synth.Want(1.2, synth.None, synth.None, ""))
	synth.Exactly(t, synth.Measure(t, impatient, "dead_attempts", "surge", ""), synth.Want(1, 0.981154, 1, ""))
	synth.Exactly(t, synth.Measure(t, impatient, "failover_first", "surge", ""), synth.Want(1.4, synth.None, synth.None, ""))

	flapping := synth.Judge(t, synth.Surge("server_error", 0.9).Play(func(q *synth.Ask) {
		if synth.InSurge(q) && int(q.Due-synth.SurgeFrom)/4%2 == 1 {
			q.Try("secondary")
			q.Answer()
			return
		}
		synth.Resilient(q)
	}))
	synth.Exactly(t, synth.Measure(t, flapping, "flaps", "surge", ""), synth.Want(6, synth.None, synth.None, ""))

	herd := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		synth.Breaker(q)
		if q.Due >= synth.SurgeTo && q.Due < synth.SurgeTo+1 {
			q.At = synth.SurgeTo + 0.5
			q.Try("primary")
			q.Try("primary")
			q.Answer()
		}
		if q.Due >= synth.SurgeFrom && q.Due < synth.FirstHit+0.05 {
			q.Try("primary") // the outage is met
		}
	}))
	synth.Exactly(t, synth.Measure(t, herd, "failback_overshoot", "after", ""), synth.Want(3, synth.None, synth.None, ""))
}

func TestWaste(t *testing.T) {
	// Every surge request is asked twice, of which one answer is read, and the
	// other goes on for 2 s after the user has gone.
	card := synth.Judge(t, synth.Surge("server_error", 0.001).Play(func(q *synth.Ask) {
		q.Try("primary")
		if synth.InSurge(q) {
			extra := q.Try("secondary")
			extra.Line.Ended += synth.Secs(2)
			q.Last = synth.Reply{Provider: "primary"}
		}
		q.Answer()
	}))
	synth.Exactly(t, synth.Measure(t, card, "orphan_work", "surge", ""), synth.Want(600, synth.None, synth.None, ""))
	m := synth.Measure(t, card, "wasted_tokens", "surge", "")
	if m.Value == nil || math.Abs(*m.Value-0.5) > 0.01 {
		t.Errorf("wasted_tokens %v, want a half", m.Value)
	}
}
