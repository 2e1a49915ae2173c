package ledger_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// repeating makes each tenth user ask what was asked 5 s before.
func repeating(app func(q *synth.Ask)) func(*synth.Ask) {
	return func(q *synth.Ask) {
		if q.U.N >= 50 && q.U.N%10 == 7 {
			q.U.Repeat, q.U.Nonce = true, synth.NonceWord(q.U.N-50)
			if q.U.N >= 107 {
				q.U.Nonce = synth.NonceWord(7 + q.U.N%50) // asked by several
			}
		}
		app(q)
	}
}

// fromCache answers without asking anybody.
func fromCache(q *synth.Ask) {
	q.Last.Provider = "primary"
	q.At += 0.001
	q.Answer()
	q.U.First = synth.Moment(q.At)
}

func TestCached(t *testing.T) {
	upstream := func(q *synth.Ask) { q.Try("primary"); q.Answer() }
	caching := func(q *synth.Ask) {
		if q.U.Repeat && q.U.N%20 == 7 {
			fromCache(q)
			return
		}
		upstream(q)
	}
	for name, tt := range map[string]struct {
		app  func(*synth.Ask)
		want map[string]int
		k    float64
	}{
		"half of them":      {caching, map[string]int{"good": 95, "cached": 5}, 0.5},
		"without a cache":   {upstream, map[string]int{"good": 100}, 0},
		"declared as cache": {func(q *synth.Ask) { caching(q); q.U.Degraded = q.Last.Line == nil }, map[string]int{"good": 95, "cached": 5}, 0.5},
	} {
		card := synth.Judge(t, synth.New("calm 10", "test 10").Play(repeating(tt.app)))
		if diff := cmp.Diff(tt.want, card.Outcomes["test"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		m := synth.Measure(t, card, "cache_share", "test", "")
		if !m.Measured || *m.Value != tt.k || m.N != 10 {
			t.Errorf("%s: cache_share %+v, want %v of 10", name, m, tt.k)
		}
		if m := synth.Measure(t, card, "availability", "test", ""); *m.Value != 1 {
			t.Errorf("%s: availability %v", name, *m.Value)
		}
	}
	card := synth.Judge(t, synth.New("calm 10", "test 10").Play(upstream))
	if m := synth.Measure(t, card, "cache_share", "test", ""); m.Measured {
		t.Errorf("without repeats it is measured: %+v", m)
	}
}

// A question that several asked is joined to who asked it then.
func TestRepeatsAreJoined(t *testing.T) {
	card := synth.Judge(t, synth.New("calm 10", "test 10").Play(repeating(func(q *synth.Ask) {
		q.Try("primary")
		if q.U.Repeat {
			q.At += 0.2
			q.Try("primary")
		}
		q.Answer()
	})))
	if card.Join.ByNonce != card.Join.Attempts {
		t.Errorf("joined %+v, want all by nonce", card.Join)
	}
	if m := synth.Measure(t, card, "cache_share", "", ""); *m.Value != 0 {
		t.Errorf("%v count as cached, and each asked upstream", *m.Value)
	}
	if got := synth.Measure(t, card, "retry_amplification", "test", ""); got.Value == nil || *got.Value != 1.1 {
		t.Errorf("retry_amplification %+v, want 110 attempts ÷ 100 calls", got)
	}
}

// Two who ask the same at the same time, in two calls each, have made no retry.
func TestRepeatsSideBySide(t *testing.T) {
	card := synth.Judge(t, synth.New("calm 10", "test 10").Play(func(q *synth.Ask) {
		if q.U.N%10 == 7 {
			q.U.Repeat, q.U.Nonce = true, synth.NonceWord(q.U.N-1)
		}
		q.Try("primary").Line.Endpoint = "embeddings"
		q.Try("primary")
		q.Answer()
	}))
	for _, phase := range []string{"calm", "test"} {
		if got := synth.Measure(t, card, "retry_amplification", phase, ""); got.Value == nil || *got.Value != 1 {
			t.Errorf("in %s retry_amplification is %v, want 1", phase, synth.Show(got.Value))
		}
	}
}

// Another's answer is another's whether or not the question is a repeat.
func TestRepeatAnsweredWithSomethingElse(t *testing.T) {
	card := synth.Judge(t, synth.New("calm 10", "test 10").Play(repeating(func(q *synth.Ask) {
		q.Try("primary")
		q.Answer()
		if q.U.N == 127 {
			q.U.Answer = &record.Answer{Provider: "primary", Nonces: []string{synth.NonceWord(3)}, Begins: true, Complete: true, Pieces: 1}
		}
	})))
	if diff := cmp.Diff(map[string]int{"good": 99, "foreign": 1}, card.Outcomes["test"]); diff != "" {
		t.Error(diff)
	}
}

// A cache that answers every other user hides from nobody where the others went, and
// that they are back.
func TestRoutesBesideACache(t *testing.T) {
	breaker := synth.BreakerAfter(1)
	d := synth.Surge("server_error", 1)
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		if q.U.N >= 50 && q.U.N%2 == 0 {
			q.U.Repeat, q.U.Nonce = true, synth.NonceWord(q.U.N%50)
			fromCache(q)
			return
		}
		breaker(q)
	}))
	if got := card.Outcomes["surge"]["cached"]; got != 150 {
		t.Errorf("%d from the cache, want 150", got)
	}
	for metric, phase := range map[string]string{"switch_time": "surge", "failback_time": "after"} {
		if m := synth.Measure(t, card, metric, phase, ""); m.Value == nil || *m.Value > 5 {
			t.Errorf("%s is %+v", metric, m)
		}
	}
	if got := synth.Codes(card); len(got) > 0 {
		t.Errorf("findings %v", got)
	}
}
