package scorecard_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// turnsOf is how many turns a session of the tests has. Ten sessions take turns,
// so each user asks once a second.
const turnsOf = 4

// turn is which request of its session the n-th is.
func turn(n int) int { return n / 10 % turnsOf }

// talking makes an app's users ask in sessions.
func talking(app func(*ask)) func(*ask) {
	return func(q *ask) {
		q.u.Session = fmt.Sprintf("chat-%d", q.u.N/10/turnsOf*10+q.u.N%10)
		app(q)
	}
}

// remembering makes an app send the turns before along to some providers.
func remembering(app func(*ask), providers ...string) func(*ask) {
	return talking(func(q *ask) {
		from := len(q.lines)
		app(q)
		for _, l := range q.lines[from:] {
			for _, p := range providers {
				for k := turn(q.u.N); k > 0 && l.Attempt != nil && l.Attempt.Provider == p; k-- {
					l.Attempt.Context = append(l.Attempt.Context, nonceWord(q.u.N-10*k))
				}
			}
		}
	})
}

func TestOutcomesInSessions(t *testing.T) {
	for _, tt := range []struct {
		name   string
		nonces func(n int) []string
		marked bool
		want   string
	}{
		{"an earlier turn's answer", func(n int) []string { return []string{nonceWord(n - 20)} }, false, "stale"},
		{"declared", func(n int) []string { return []string{nonceWord(n - 20)} }, true, "degraded"},
		{"its own, with an earlier question in it", func(n int) []string { return []string{nonceWord(n), nonceWord(n - 10)} }, false, "good"},
		{"another session's", func(n int) []string { return []string{nonceWord(n - 1)} }, false, "foreign"},
		{"another session's, declared", func(n int) []string { return []string{nonceWord(n - 1)} }, true, "foreign"},
		{"its own, with another session's question in it", func(n int) []string { return []string{nonceWord(n), nonceWord(n - 1)} }, false, "foreign"},
		{"nobody knows whose", func(int) []string { return []string{nonceWord(5000)} }, false, "foreign"},
	} {
		d := newSynth("calm 10", "test 10")
		card := judge(t, d.play(talking(func(q *ask) {
			q.try("primary")
			q.answer()
			if q.u.N == 145 { // the turns of its session are 125, 135, 145 and 155
				q.u.Answer.Nonces, q.u.Degraded = tt.nonces(145), tt.marked
			}
		})))
		want := map[string]int{"good": 99}
		want[tt.want]++
		if diff := cmp.Diff(want, card.Outcomes["test"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Two errors of one user are one user's, and without sessions they are two.
func TestUsersAffected(t *testing.T) {
	failing := func(q *ask) {
		if q.u.N == 125 || q.u.N == 135 || q.u.N == 126 {
			q.fail(503)
			return
		}
		q.try("primary")
		q.answer()
	}
	for name, want := range map[string]struct {
		app func(*ask)
		k   float64
		n   int
	}{
		"sessions": {talking(failing), 2, 30}, // 100 to 199 are of 20 and 10 more
		"without":  {failing, 3, 100},
	} {
		m := measureOf(t, judge(t, newSynth("calm 10", "test 10").play(want.app)), "users_affected", "test", "")
		if !m.Measured || m.N != want.n || *m.Value != want.k/float64(want.n) {
			t.Errorf("%s: got %+v, want %v of %d", name, m, want.k, want.n)
		}
	}
}

// keptAt is the share of follow-up turns with their context at a provider.
func keptAt(t *testing.T, card *scorecard.Card, provider string) measure.Measure {
	t.Helper()
	for _, m := range card.Metrics {
		if m.Name == "context_kept" && m.Provider == provider && m.Phase == "" {
			return m
		}
	}
	t.Fatal("the card has no context_kept at " + provider)
	return measure.Measure{}
}

// An app that leaves the conversation behind when it fails over, and its opposite.
func TestContextKept(t *testing.T) {
	card := judge(t, surge("server_error", 1).play(remembering(breaker, "primary")))
	if m := keptAt(t, card, "primary"); !m.Measured || *m.Value != 1 {
		t.Errorf("at the primary it keeps %+v, want all", m)
	}
	if m := keptAt(t, card, "secondary"); !m.Measured || *m.Value != 0 || m.N < 200 {
		t.Errorf("at the secondary it keeps %+v, want nothing", m)
	}
	if diff := cmp.Diff([]string{"context_lost"}, codes(card)); diff != "" {
		t.Error(diff)
	}
	card = judge(t, surge("server_error", 1).play(remembering(breaker, "primary", "secondary")))
	if m := measureOf(t, card, "context_kept", "", ""); !m.Measured || *m.Value != 1 || len(codes(card)) > 0 {
		t.Errorf("with the conversation it keeps %+v and is found to %v", m, codes(card))
	}
}

// Of a turn that failed nobody owes the model the memory.
func TestContextOfFailedTurnsIsNotMissed(t *testing.T) {
	for name, want := range map[string]struct {
		fails bool
		kept  float64
	}{"the second turn fails": {true, 1}, "it is forgotten": {false, 1 - 2.0/3}} {
		card := judge(t, newSynth("calm 10", "test 40").play(talking(func(q *ask) {
			a := q.try("primary").line
			for k := turn(q.u.N); k > 0; k-- {
				if n := q.u.N - 10*k; turn(n) != 1 {
					a.Context = append(a.Context, nonceWord(n))
				}
			}
			q.answer()
			if want.fails && turn(q.u.N) == 1 {
				q.fail(503)
			}
		})))
		if m := measureOf(t, card, "context_kept", "test", ""); !m.Measured || *m.Value < want.kept-0.001 || *m.Value > want.kept+0.001 {
			t.Errorf("%s: kept %+v, want %v", name, m, want.kept)
		}
	}
}

func TestContextNotMeasured(t *testing.T) {
	for name, app := range map[string]func(*ask){"no sessions": breaker, "no memory": talking(breaker)} {
		card := judge(t, surge("server_error", 1).play(app))
		if m := measureOf(t, card, "context_kept", "", ""); m.Measured || m.Reason == "" || len(codes(card)) > 0 {
			t.Errorf("%s: %+v, found %v", name, m, codes(card))
		}
	}
}
