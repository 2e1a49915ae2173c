package scorecard_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// classifying makes an app answer with a class, which carries nothing of ours.
func classifying(app func(*ask)) func(*ask) {
	return func(q *ask) {
		app(q)
		if q.u.Answer != nil {
			q.u.Answer, q.u.First = nil, moment(q.at)
		}
	}
}

// Where answers cannot carry the nonce, what the journey expects decides alone,
// and the attempt behind an answer says whose it is.
func TestOutcomesByExpectation(t *testing.T) {
	own := func(q *ask) { q.try("primary"); q.answer() }
	for _, tt := range []struct {
		name string
		app  func(*ask)
		want string
		harm float64
	}{
		{"as expected", own, "good", 0},
		{"of another provider", func(q *ask) { q.try("secondary"); q.answer() }, "fallback", 0},
		{"declared smaller model", func(q *ask) { own(q); q.u.Degraded = true }, "fallback", 0},
		{"not as expected", func(q *ask) { own(q); q.u.Unmet = true }, "wrong", 1},
		{"not as expected, and owned up to", func(q *ask) { own(q); q.u.Unmet, q.u.Degraded = true, true }, "degraded", 0},
		{"made up", func(q *ask) { q.at += 0.1; q.answer() }, "unverified", 0},
		{"made up, and owned up to", func(q *ask) { q.at += 0.1; q.answer(); q.u.Degraded = true }, "degraded", 0},
		{"an error", func(q *ask) { q.fail(503); q.u.Unmet = true }, "error", 0},
		{"slow", func(q *ask) { q.at += 5; own(q) }, "slow_good", 0},
	} {
		d := newSynth("calm 10", "test 10")
		d.journey("chat", 10).HasExpect = true
		card := judge(t, d.play(classifying(func(q *ask) {
			if q.u.N != 150 {
				own(q)
				return
			}
			tt.app(q)
		})))
		want := map[string]int{"good": 99}
		want[tt.want]++
		if diff := cmp.Diff(want, card.Outcomes["test"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if found := cmp.Equal(codes(card), []string{"wrong_answer"}); found != (tt.want == "wrong") {
			t.Errorf("%s: found %v", tt.name, codes(card))
		}
		if m := measureOf(t, card, "harm", "", ""); !m.Measured || *m.Value != tt.harm {
			t.Errorf("%s: harm %+v, want %v", tt.name, m, tt.harm)
		}
	}
}

// What an app makes up itself is usable when it is as expected, and never served
// well; without an expectation nobody knows.
func TestUnverifiedIsUsableAsExpected(t *testing.T) {
	for name, tt := range map[string]struct {
		expects, unmet bool
		usable         float64
	}{
		"as expected":     {true, false, 1},
		"not as expected": {true, true, 0.9},
		"nobody knows":    {false, false, 0.9},
	} {
		d := newSynth("calm 10", "test 10")
		d.journey("chat", 10).HasExpect = tt.expects
		card := judge(t, d.play(func(q *ask) {
			if q.u.N >= 100 && q.u.N%10 == 0 {
				q.lesser()
				q.u.Degraded, q.u.Unmet = false, tt.unmet
				return
			}
			q.try("primary")
			q.answer()
		}))
		if diff := cmp.Diff(map[string]int{"good": 90, "unverified": 10}, card.Outcomes["test"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if m := measureOf(t, card, "usable_share", "test", ""); *m.Value != tt.usable {
			t.Errorf("%s: usable %v, want %v", name, *m.Value, tt.usable)
		}
	}
}

// A mock that was told to spoil its words makes an answer wrong. It is harm where
// a program could have seen it, or the scenario says what to expect.
func TestSpoiltAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		kind    string
		expects bool
		harm    bool
		app     func(*ask)
		want    string
	}{
		"gibberish":                {"gibberish", false, false, nil, "wrong"},
		"gibberish, and expected":  {"gibberish", true, true, nil, "wrong"},
		"broken JSON":              {"broken_json", false, true, nil, "wrong"},
		"broken JSON, another try": {"broken_json", false, false, func(q *ask) { q.try("secondary"); q.answer() }, "fallback"},
		"weaker, and whole":        {"weaker_model", false, false, (*ask).answer, "good"},
	} {
		d := newSynth("calm 10", "test 10")
		d.fault("test", "primary", tt.kind, 1)
		d.journey("chat", 10).HasExpect = tt.expects
		d.setup.Windows[0].Family = "content"
		card := judge(t, d.play(func(q *ask) {
			q.try("primary")
			switch {
			case q.Due < 10:
				q.answer()
			case tt.app != nil:
				tt.app(q)
			default:
				q.u.Status = 200
			}
		}))
		if n := card.Outcomes["test"][tt.want]; n != 100 {
			t.Errorf("%s: %v, want %s", name, card.Outcomes["test"], tt.want)
		}
		if m := measureOf(t, card, "harm", "test", ""); *m.Value > 0 != tt.harm {
			t.Errorf("%s: harm %v, want harm %t", name, *m.Value, tt.harm)
		}
		if tt.harm && card.Verdict == scorecard.Pass {
			t.Errorf("%s: passes", name)
		}
	}
}
