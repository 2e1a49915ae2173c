package ledger_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// classifying makes an app answer with a class, which carries nothing of ours.
func classifying(app func(*synth.Ask)) func(*synth.Ask) {
	return func(q *synth.Ask) {
		app(q)
		if q.U.Answer != nil {
			q.U.Answer, q.U.First = nil, synth.Moment(q.At)
		}
	}
}

// Where answers cannot carry the nonce, what the journey expects decides alone,
// and the attempt behind an answer says whose it is.
func TestOutcomesByExpectation(t *testing.T) {
	own := func(q *synth.Ask) { q.Try("primary"); q.Answer() }
	for _, tt := range []struct {
		name string
		app  func(*synth.Ask)
		want string
		harm float64
	}{
		{"as expected", own, "good", 0},
		{"of another provider", func(q *synth.Ask) { q.Try("secondary"); q.Answer() }, "fallback", 0},
		{"declared smaller model", func(q *synth.Ask) { own(q); q.U.Degraded = true }, "fallback", 0},
		{"not as expected", func(q *synth.Ask) { own(q); q.U.Unmet = true }, "wrong", 1},
		{"not as expected, and owned up to", func(q *synth.Ask) { own(q); q.U.Unmet, q.U.Degraded = true, true }, "degraded", 0},
		{"made up", func(q *synth.Ask) { q.At += 0.1; q.Answer() }, "unverified", 0},
		{"made up, and owned up to", func(q *synth.Ask) { q.At += 0.1; q.Answer(); q.U.Degraded = true }, "degraded", 0},
		{"an error", func(q *synth.Ask) { q.Fail(503); q.U.Unmet = true }, "error", 0},
		{"slow", func(q *synth.Ask) { q.At += 5; own(q) }, "slow_good", 0},
	} {
		d := synth.New("calm 10", "test 10")
		d.Journey("chat", 10).HasExpect = true
		card := synth.Judge(t, d.Play(classifying(func(q *synth.Ask) {
			if q.U.N != 150 {
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
		if found := cmp.Equal(synth.Codes(card), []string{"wrong_answer"}); found != (tt.want == "wrong") {
			t.Errorf("%s: found %v", tt.name, synth.Codes(card))
		}
		if m := synth.Measure(t, card, "harm", "", ""); !m.Measured || *m.Value != tt.harm {
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
		d := synth.New("calm 10", "test 10")
		d.Journey("chat", 10).HasExpect = tt.expects
		card := synth.Judge(t, d.Play(func(q *synth.Ask) {
			if q.U.N >= 100 && q.U.N%10 == 0 {
				q.Lesser()
				q.U.Degraded, q.U.Unmet = false, tt.unmet
				return
			}
			q.Try("primary")
			q.Answer()
		}))
		if diff := cmp.Diff(map[string]int{"good": 90, "unverified": 10}, card.Outcomes["test"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if m := synth.Measure(t, card, "usable_share", "test", ""); *m.Value != tt.usable {
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
		app     func(*synth.Ask)
		want    string
	}{
		"gibberish":                {"gibberish", false, false, nil, "wrong"},
		"gibberish, and expected":  {"gibberish", true, true, nil, "wrong"},
		"broken JSON":              {"broken_json", false, true, nil, "wrong"},
		"broken JSON, another try": {"broken_json", false, false, func(q *synth.Ask) { q.Try("secondary"); q.Answer() }, "fallback"},
		"weaker, and whole":        {"weaker_model", false, false, (*synth.Ask).Answer, "good"},
	} {
		d := synth.New("calm 10", "test 10")
		d.Fault("test", "primary", tt.kind, 1)
		d.Journey("chat", 10).HasExpect = tt.expects
		d.Setup.Windows[0].Family = "content"
		card := synth.Judge(t, d.Play(func(q *synth.Ask) {
			q.Try("primary")
			switch {
			case q.Due < 10:
				q.Answer()
			case tt.app != nil:
				tt.app(q)
			default:
				q.U.Status = 200
			}
		}))
		if n := card.Outcomes["test"][tt.want]; n != 100 {
			t.Errorf("%s: %v, want %s", name, card.Outcomes["test"], tt.want)
		}
		if m := synth.Measure(t, card, "harm", "test", ""); *m.Value > 0 != tt.harm {
			t.Errorf("%s: harm %v, want harm %t", name, *m.Value, tt.harm)
		}
		if tt.harm && card.Verdict == scorecard.Pass {
			t.Errorf("%s: passes", name)
		}
	}
}
