package scorecard_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
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

// Who went on with another attempt's words and then told the user, or let the connection
// break, did not take the answer for good; who claims success does.
func TestReactionsAfterASplice(t *testing.T) {
	for want, end := range map[string]func(*record.User){
		"told the user":          func(u *record.User) { u.Told = true },
		"leaked it to the user":  func(u *record.User) { u.Told, u.Raw = true, true },
		"gave up without a word": func(u *record.User) { u.How = "cut" },
		"took it for good":       func(*record.User) {},
	} {
		got := reacted(judge(t, surge("cut", 1).play(func(q *ask) {
			if !inSurge(q) {
				resilient(q)
				return
			}
			words := q.try("primary").line.First
			q.try("primary")
			q.answer()
			q.u.First, q.u.Answer.Pieces, q.u.Answer.Complete = words, 2, false
			end(q.u)
		})))
		if got["went on with another's words"] < 290 || got[want] < 290 || len(got) != 2 {
			t.Errorf("the app %v; want half to be %q", got, want)
		}
	}
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
