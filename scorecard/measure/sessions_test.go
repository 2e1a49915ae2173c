package measure_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// turnsOf is how many turns a session of the tests has. Ten sessions take turns,
// so each user asks once a second.
const turnsOf = 4

// turn is which request of its session the n-th is.
func turn(n int) int { return n / 10 % turnsOf }

// talking makes an app's users ask in sessions.
func talking(app func(*synth.Ask)) func(*synth.Ask) {
	return func(q *synth.Ask) {
		q.U.Session = fmt.Sprintf("chat-%d", q.U.N/10/turnsOf*10+q.U.N%10)
		app(q)
	}
}

// remembering makes an app send the turns before along to some providers.
func remembering(app func(*synth.Ask), providers ...string) func(*synth.Ask) {
	return talking(func(q *synth.Ask) {
		from := len(q.Lines)
		app(q)
		for _, l := range q.Lines[from:] {
			for _, p := range providers {
				for k := turn(q.U.N); k > 0 && l.Attempt != nil && l.Attempt.Provider == p; k-- {
					l.Attempt.Context = append(l.Attempt.Context, synth.NonceWord(q.U.N-10*k))
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
		{"an earlier turn's answer", func(n int) []string { return []string{synth.NonceWord(n - 20)} }, false, "stale"},
		{"declared", func(n int) []string { return []string{synth.NonceWord(n - 20)} }, true, "degraded"},
		{"its own, with an earlier question in it", func(n int) []string { return []string{synth.NonceWord(n), synth.NonceWord(n - 10)} }, false, "good"},
		{"another session's", func(n int) []string { return []string{synth.NonceWord(n - 1)} }, false, "foreign"},
		{"another session's, declared", func(n int) []string { return []string{synth.NonceWord(n - 1)} }, true, "foreign"},
		{"its own, with another session's question in it", func(n int) []string { return []string{synth.NonceWord(n), synth.NonceWord(n - 1)} }, false, "foreign"},
		{"nobody knows whose", func(int) []string { return []string{synth.NonceWord(5000)} }, false, "foreign"},
	} {
		d := synth.New("calm 10", "test 10")
		card := synth.Judge(t, d.Play(talking(func(q *synth.Ask) {
			q.Try("primary")
			q.Answer()
			if q.U.N == 145 { // the turns of its session are 125, 135, 145 and 155
				q.U.Answer.Nonces, q.U.Degraded = tt.nonces(145), tt.marked
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
	failing := func(q *synth.Ask) {
		if q.U.N == 125 || q.U.N == 135 || q.U.N == 126 {
			q.Fail(503)
			return
		}
		q.Try("primary")
		q.Answer()
	}
	for name, want := range map[string]struct {
		app func(*synth.Ask)
		k   float64
		n   int
	}{
		"sessions": {talking(failing), 2, 30}, // 100 to 199 are of 20 and 10 more
		"without":  {failing, 3, 100},
	} {
		m := synth.Measure(t, synth.Judge(t, synth.New("calm 10", "test 10").Play(want.app)), "users_affected", "test", "")
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
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(remembering(synth.Breaker, "primary")))
	if m := keptAt(t, card, "primary"); !m.Measured || *m.Value != 1 {
		t.Errorf("at the primary it keeps %+v, want all", m)
	}
	if m := keptAt(t, card, "secondary"); !m.Measured || *m.Value != 0 || m.N < 200 {
		t.Errorf("at the secondary it keeps %+v, want nothing", m)
	}
	if diff := cmp.Diff([]string{"context_lost"}, synth.Codes(card)); diff != "" {
		t.Error(diff)
	}
	card = synth.Judge(t, synth.Surge("server_error", 1).Play(remembering(synth.Breaker, "primary", "secondary")))
	if m := synth.Measure(t, card, "context_kept", "", ""); !m.Measured || *m.Value != 1 || len(synth.Codes(card)) > 0 {
		t.Errorf("with the conversation it keeps %+v and is found to %v", m, synth.Codes(card))
	}
}

// Of a turn that failed nobody owes the model the memory.
func TestContextOfFailedTurnsIsNotMissed(t *testing.T) {
	for name, want := range map[string]struct {
		fails bool
		kept  float64
	}{"the second turn fails": {true, 1}, "it is forgotten": {false, 1 - 2.0/3}} {
		card := synth.Judge(t, synth.New("calm 10", "test 40").Play(talking(func(q *synth.Ask) {
			a := q.Try("primary").Line
			for k := turn(q.U.N); k > 0; k-- {
				if n := q.U.N - 10*k; turn(n) != 1 {
					a.Context = append(a.Context, synth.NonceWord(n))
				}
			}
			q.Answer()
			if want.fails && turn(q.U.N) == 1 {
				q.Fail(503)
			}
		})))
		if m := synth.Measure(t, card, "context_kept", "test", ""); !m.Measured || *m.Value < want.kept-0.001 || *m.Value > want.kept+0.001 {
			t.Errorf("%s: kept %+v, want %v", name, m, want.kept)
		}
	}
}

func TestContextNotMeasured(t *testing.T) {
	for name, app := range map[string]func(*synth.Ask){"no sessions": synth.Breaker, "no memory": talking(synth.Breaker)} {
		card := synth.Judge(t, synth.Surge("server_error", 1).Play(app))
		if m := synth.Measure(t, card, "context_kept", "", ""); m.Measured || m.Reason == "" || len(synth.Codes(card)) > 0 {
			t.Errorf("%s: %+v, found %v", name, m, synth.Codes(card))
		}
	}
}
