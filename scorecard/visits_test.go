package scorecard_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// putOff answers later: accepted at once, delivered after so many seconds.
func putOff(q *ask, after float64) {
	q.u.Deferred = moment(q.at + 0.01)
	q.at += after
	q.answer()
	q.u.Status, q.u.First, q.u.Delivered = 202, moment(q.at), true
}

// neverDelivered accepts and forgets.
func neverDelivered(q *ask) {
	q.u.Status, q.u.Deferred = 202, moment(q.at+0.01)
	q.at += 15
}

func TestDeferredOutcomes(t *testing.T) {
	own := func(q *ask) { q.try("primary"); q.answer() }
	for name, tt := range map[string]struct {
		app    func(*ask)
		want   string
		usable float64
	}{
		"delivered":           {func(q *ask) { q.try("primary"); putOff(q, 9) }, "deferred", 1},
		"delivered, lesser":   {func(q *ask) { q.try("primary"); putOff(q, 9); q.u.Degraded = true }, "deferred", 1},
		"never":               {neverDelivered, "lost", 0.99},
		"delivered another's": {func(q *ask) { q.try("primary"); putOff(q, 9); q.u.Answer.Nonces = []string{nonceWord(3)} }, "foreign", 0.99},
		"delivered half":      {func(q *ask) { q.try("primary"); putOff(q, 9); q.u.Answer.Complete = false }, "truncated", 0.99},
		"refused":             {func(q *ask) { q.fail(503) }, "error", 0.99},
	} {
		card := judge(t, newSynth("calm 10", "test 10").play(func(q *ask) {
			if q.u.N == 150 {
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
		if m := measureOf(t, card, "usable_share", "test", ""); *m.Value != tt.usable {
			t.Errorf("%s: usable %v, want %v", name, *m.Value, tt.usable)
		}
		if found := cmp.Equal(codes(card), []string{"lost_answer"}); found != (tt.want == "lost") {
			t.Errorf("%s: found %v", name, codes(card))
		}
	}
}

// The backlog of an outage: the last of its answers comes 8 s after it.
func TestBacklogDrain(t *testing.T) {
	working := func(last float64) func(*ask) {
		return func(q *ask) {
			if !inSurge(q) {
				resilient(q)
				return
			}
			q.at = last
			q.u.Deferred = moment(q.Due)
			q.try("primary")
			q.answer()
			q.u.Status, q.u.Delivered, q.u.First = 202, true, moment(q.at)
		}
	}
	d := surge("server_error", 1)
	d.journey("chat", 10).Timeout = secs(60)
	m := measureOf(t, judge(t, d.play(working(surgeTo+7.5))), "backlog_drain", "after", "")
	if !m.Measured || *m.Value != 8 || m.N != 300 {
		t.Errorf("got %+v, want 8 s of 300", m)
	}
	m = measureOf(t, judge(t, surge("server_error", 1).play(func(q *ask) {
		if inSurge(q) && q.u.N%50 == 0 {
			neverDelivered(q)
			return
		}
		breaker(q)
	})), "backlog_drain", "after", "")
	if m.Value != nil || m.Low == nil || m.Reason != "6 of 6 never came" {
		t.Errorf("lost: got %+v, want a bound", m)
	}
	if m = measureOf(t, judge(t, surge("server_error", 1).play(breaker)), "backlog_drain", "after", ""); m.Measured {
		t.Errorf("nothing put off: %+v", m)
	}
}

// The first sign of life is progress, the answer, or the word that it comes later.
func TestFeedback(t *testing.T) {
	signed := func(after float64, share int) func(*ask) {
		return func(q *ask) {
			q.try("primary")
			q.at += 2
			q.answer()
			if q.u.N%10 < share {
				q.u.Progress = moment(q.Due + after)
			}
		}
	}
	for name, tt := range map[string]struct {
		app   func(*ask)
		knows bool
		want  float64
	}{
		"early":       {signed(0.1, 10), true, 0.1},
		"too few":     {signed(0.1, 5), true, 2.2}, // their first words
		"put off":     {func(q *ask) { q.try("primary"); putOff(q, 9); q.u.Deferred = moment(q.Due + 0.3) }, true, 0.3},
		"not a rule":  {signed(0.1, 10), false, 0},
		"nobody sees": {func(q *ask) { q.fail(503) }, true, -1},
	} {
		d := newSynth("calm 10", "test 10")
		d.journey("chat", 10).HasProgress = tt.knows
		m := measureOf(t, judge(t, d.play(tt.app)), "feedback_p95", "test", "")
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
		d := surge("slow", 1)
		card := judge(t, d.play(func(q *ask) {
			if !inSurge(q) {
				resilient(q)
				return
			}
			patience := 5.6 // of the 6 s that a slow answer takes
			if tt.left {
				q.tryWithin("primary", patience)
			} else {
				q.try("primary")
			}
			q.at = q.Due + patience
			q.u.Again = append(q.u.Again, secs(q.at))
			q.try("secondary")
			q.answer()
		}))
		if m := measureOf(t, card, "retry_amplification", "surge", ""); *m.Value != 1 {
			t.Errorf("%s: retry_amplification %v, want 1: the app retried nothing", name, *m.Value)
		}
		if m := measureOf(t, card, "orphan_work", "", ""); *m.Value < tt.orphan-0.01 || *m.Value > tt.orphan+0.01 {
			t.Errorf("%s: orphan_work %v, want %v", name, *m.Value, tt.orphan)
		}
		if n := card.Outcomes["surge"]["slow_fallback"]; n != 300 {
			t.Errorf("%s: %v, want each request once", name, card.Outcomes["surge"])
		}
	}
}
