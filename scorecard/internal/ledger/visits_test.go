package ledger_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

func TestDeferredOutcomes(t *testing.T) {
	own := func(q *synth.Ask) { q.Try("primary"); q.Answer() }
	for name, tt := range map[string]struct {
		app    func(*synth.Ask)
		want   string
		usable float64
	}{
		"delivered":         {func(q *synth.Ask) { q.Try("primary"); synth.PutOff(q, 9) }, "deferred", 1},
		"delivered, lesser": {func(q *synth.Ask) { q.Try("primary"); synth.PutOff(q, 9); q.U.Degraded = true }, "deferred", 1},
		"never":             {synth.NeverDelivered, "lost", 0.99},
		"delivered another's": {func(q *synth.Ask) {
			q.Try("primary")
			synth.PutOff(q, 9)
			q.U.Answer.Nonces = []string{synth.NonceWord(3)}
		}, "foreign", 0.99},
		"delivered half": {func(q *synth.Ask) { q.Try("primary"); synth.PutOff(q, 9); q.U.Answer.Complete = false }, "truncated", 0.99},
		"refused":        {func(q *synth.Ask) { q.Fail(503) }, "error", 0.99},
	} {
		card := synth.Judge(t, synth.New("calm 10", "test 10").Play(func(q *synth.Ask) {
			if q.U.N == 150 {
				tt.app(q)
				return
			}
			own(q)
		}))
		want := map[string]int{"good": 99}
		want[tt.want]++
		if diff := cmp.Diff(want, card.Outcomes["test"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if m := synth.Measure(t, card, "usable_share", "test", ""); *m.Value != tt.usable {
			t.Errorf("%s: usable %v, want %v", name, *m.Value, tt.usable)
		}
		if found := cmp.Equal(synth.Codes(card), []string{"lost_answer"}); found != (tt.want == "lost") {
			t.Errorf("%s: found %v", name, synth.Codes(card))
		}
	}
}

// The backlog of an outage: the last of its answers comes 8 s after it.
func TestBacklogDrain(t *testing.T) {
	working := func(last float64) func(*synth.Ask) {
		return func(q *synth.Ask) {
			if !synth.InSurge(q) {
				synth.Resilient(q)
				return
			}
			q.At = last
			q.U.Deferred = synth.Moment(q.Due)
			q.Try("primary")
			q.Answer()
			q.U.Status, q.U.Delivered, q.U.First = 202, true, synth.Moment(q.At)
		}
	}
	d := synth.Surge("server_error", 1)
	d.Journey("chat", 10).Timeout = synth.Secs(60)
	m := synth.Measure(t, synth.Judge(t, d.Play(working(synth.SurgeTo+7.5))), "backlog_drain", "after", "")
	if !m.Measured || *m.Value != 8 || m.N != 300 {
		t.Errorf("got %+v, want 8 s of 300", m)
	}
	m = synth.Measure(t, synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		if synth.InSurge(q) && q.U.N%50 == 0 {
			synth.NeverDelivered(q)
			return
		}
		synth.Breaker(q)
	})), "backlog_drain", "after", "")
	if m.Value != nil || m.Low == nil || m.Reason != "6 of 6 never came" {
		t.Errorf("lost: got %+v, want a bound", m)
	}
	if m = synth.Measure(t, synth.Judge(t, synth.Surge("server_error", 1).Play(synth.Breaker)), "backlog_drain", "after", ""); m.Measured {
		t.Errorf("nothing put off: %+v", m)
	}
}

// The first sign of life is progress, the answer, or the word that it comes later.
func TestFeedback(t *testing.T) {
	signed := func(after float64, share int) func(*synth.Ask) {
		return func(q *synth.Ask) {
			q.Try("primary")
			q.At += 2
			q.Answer()
			if q.U.N%10 < share {
				q.U.Progress = synth.Moment(q.Due + after)
			}
		}
	}
	for name, tt := range map[string]struct {
		app   func(*synth.Ask)
		knows bool
		want  float64
	}{
		"early":       {signed(0.1, 10), true, 0.1},
		"too few":     {signed(0.1, 5), true, 2.2}, // their first words
		"put off":     {func(q *synth.Ask) { q.Try("primary"); synth.PutOff(q, 9); q.U.Deferred = synth.Moment(q.Due + 0.3) }, true, 0.3},
		"not a rule":  {signed(0.1, 10), false, 0},
		"nobody sees": {func(q *synth.Ask) { q.Fail(503) }, true, -1},
	} {
		d := synth.New("calm 10", "test 10")
		d.Journey("chat", 10).HasProgress = tt.knows
		m := synth.Measure(t, synth.Judge(t, d.Play(tt.app)), "feedback_p95", "test", "")
		switch {
		case !tt.knows:
			if m.Measured {
				t.Errorf("%s: measured %+v", name, m)
			}
		case tt.want < 0:
			if m.Value != nil || m.Low == nil || *m.Low != 20 {
				t.Errorf("%s: %+v, want more than the timeout", name, m)
			}
		case m.Value == nil || *m.Value != tt.want:
			t.Errorf("%s: %+v, want %v", name, m, tt.want)
		}
	}
}

// A user who leaves and asks again makes no retries of the app's, and what is
// worked on for the first try is work for nobody.
func TestImpatientUsers(t *testing.T) {
	for name, tt := range map[string]struct {
		left   bool // the app stops when the user does
		orphan float64
	}{"stops": {true, 0}, "works on": {false, 300 * 0.4}} {
		d := synth.Surge("slow", 1)
		card := synth.Judge(t, d.Play(func(q *synth.Ask) {
			if !synth.InSurge(q) {
				synth.Resilient(q)
				return
			}
			patience := 5.6 // of the 6 s that a slow answer takes
			if tt.left {
				q.TryWithin("primary", patience)
			} else {
				q.Try("primary")
			}
			q.At = q.Due + patience
			q.U.Again = append(q.U.Again, synth.Secs(q.At))
			q.Try("secondary")
			q.Answer()
		}))
		if m := synth.Measure(t, card, "retry_amplification", "surge", ""); *m.Value != 1 {
			t.Errorf("%s: retry_amplification %v, want 1: the app retried nothing", name, *m.Value)
		}
		if m := synth.Measure(t, card, "orphan_work", "", ""); *m.Value < tt.orphan-0.01 || *m.Value > tt.orphan+0.01 {
			t.Errorf("%s: orphan_work %v, want %v", name, *m.Value, tt.orphan)
		}
		if n := card.Outcomes["surge"]["slow_fallback"]; n != 300 {
			t.Errorf("%s: %v, want each request once", name, card.Outcomes["surge"])
		}
	}
}
