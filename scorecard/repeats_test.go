package scorecard_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// repeating makes each tenth user ask what was asked 5 s before.
func repeating(app func(q *ask)) func(*ask) {
	return func(q *ask) {
		if q.u.N >= 50 && q.u.N%10 == 7 {
			q.u.Repeat, q.u.Nonce = true, nonceWord(q.u.N-50)
			if q.u.N >= 107 {
				q.u.Nonce = nonceWord(7 + q.u.N%50) // asked by several
			}
		}
		app(q)
	}
}

// fromCache answers without asking anybody.
func fromCache(q *ask) {
	q.last.provider = "primary"
	q.at += 0.001
	q.answer()
	q.u.First = moment(q.at)
}

func TestCached(t *testing.T) {
	upstream := func(q *ask) { q.try("primary"); q.answer() }
	caching := func(q *ask) {
		if q.u.Repeat && q.u.N%20 == 7 {
			fromCache(q)
			return
		}
		upstream(q)
	}
	for name, tt := range map[string]struct {
		app  func(*ask)
		want map[string]int
		k    float64
	}{
		"half of them":      {caching, map[string]int{"good": 95, "cached": 5}, 0.5},
		"without a cache":   {upstream, map[string]int{"good": 100}, 0},
		"declared as cache": {func(q *ask) { caching(q); q.u.Degraded = q.last.line == nil }, map[string]int{"good": 95, "cached": 5}, 0.5},
	} {
		card := judge(t, newSynth("calm 10", "test 10").play(repeating(tt.app)))
		if diff := cmp.Diff(tt.want, card.Outcomes["test"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		m := measureOf(t, card, "cache_share", "test", "")
		if !m.Measured || *m.Value != tt.k || m.N != 10 {
			t.Errorf("%s: cache_share %+v, want %v of 10", name, m, tt.k)
		}
		if m := measureOf(t, card, "availability", "test", ""); *m.Value != 1 {
			t.Errorf("%s: availability %v", name, *m.Value)
		}
	}
	card := judge(t, newSynth("calm 10", "test 10").play(upstream))
	if m := measureOf(t, card, "cache_share", "test", ""); m.Measured {
		t.Errorf("without repeats it is measured: %+v", m)
	}
}

// A question that several asked is joined to who asked it then.
func TestRepeatsAreJoined(t *testing.T) {
	card := judge(t, newSynth("calm 10", "test 10").play(repeating(func(q *ask) {
		q.try("primary")
		if q.u.Repeat {
			q.at += 0.2
			q.try("primary")
		}
		q.answer()
	})))
	if card.Join.ByNonce != card.Join.Attempts {
		t.Errorf("joined %+v, want all by nonce", card.Join)
	}
	if m := measureOf(t, card, "cache_share", "", ""); *m.Value != 0 {
		t.Errorf("%v count as cached, and each asked upstream", *m.Value)
	}
	if got := measureOf(t, card, "retry_amplification", "test", ""); got.Value == nil || *got.Value != 1.1 {
		t.Errorf("retry_amplification %+v, want 110 attempts ÷ 100 calls", got)
	}
}

// Another's answer is another's whether or not the question is a repeat.
func TestRepeatAnsweredWithSomethingElse(t *testing.T) {
	card := judge(t, newSynth("calm 10", "test 10").play(repeating(func(q *ask) {
		q.try("primary")
		q.answer()
		if q.u.N == 127 {
			q.u.Answer = &record.Answer{Provider: "primary", Nonces: []string{nonceWord(3)}, Begins: true, Complete: true, Pieces: 1}
		}
	})))
	if diff := cmp.Diff(map[string]int{"good": 99, "foreign": 1}, card.Outcomes["test"]); diff != "" {
		t.Error(diff)
	}
}

// A cache that answers every other user hides from nobody where the others went, and
// that they are back.
func TestRoutesBesideACache(t *testing.T) {
	breaker := breakerAfter(1)
	d := surge("server_error", 1)
	card := judge(t, d.play(func(q *ask) {
		if q.u.N >= 50 && q.u.N%2 == 0 {
			q.u.Repeat, q.u.Nonce = true, nonceWord(q.u.N%50)
			fromCache(q)
			return
		}
		breaker(q)
	}))
	if got := card.Outcomes["surge"]["cached"]; got != 150 {
		t.Errorf("%d from the cache, want 150", got)
	}
	for metric, phase := range map[string]string{"switch_time": "surge", "failback_time": "after"} {
		if m := measureOf(t, card, metric, phase, ""); m.Value == nil || *m.Value > 5 {
			t.Errorf("%s is %+v", metric, m)
		}
	}
	if got := codes(card); len(got) > 0 {
		t.Errorf("findings %v", got)
	}
}
