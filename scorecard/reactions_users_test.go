package scorecard_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// reacted adds up a card's reactions by their name.
func reacted(card *scorecard.Card) map[string]int {
	n := map[string]int{}
	for _, row := range card.Reactions {
		for _, d := range row.Did {
			n[d.Name] += d.N
		}
	}
	return n
}

// What users do again is no reaction of the app's, an answer that comes later is no
// failure taken for good, and one that never comes is a user given up.
func TestReactionsBesideUsers(t *testing.T) {
	for name, tt := range map[string]struct {
		app  func(*ask)
		want string
	}{
		"user asks again": {func(q *ask) {
			q.try("primary")
			q.at += 3
			q.u.Again = append(q.u.Again, secs(q.at))
			q.try("primary")
			q.fail(503)
		}, "told the user"},
		"answered later": {func(q *ask) { q.try("primary"); putOff(q, 9) }, "shed load"},
		"forgotten":      {func(q *ask) { q.try("primary"); neverDelivered(q) }, "gave up without a word"},
	} {
		d := surge("server_error", 1)
		got := reacted(judge(t, d.play(func(q *ask) {
			if !inSurge(q) {
				resilient(q)
				return
			}
			tt.app(q)
		})))
		if got[tt.want] < 300 || len(got) != 1 {
			t.Errorf("%s: the app %v; want all to be %q", name, got, tt.want)
		}
	}
}
