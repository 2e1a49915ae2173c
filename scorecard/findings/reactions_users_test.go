package findings_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
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
		got := reacted(synth.Judge(t, synth.Surge("cut", 1).Play(func(q *synth.Ask) {
			if !synth.InSurge(q) {
				synth.Resilient(q)
				return
			}
			words := q.Try("primary").Line.First
			q.Try("primary")
			q.Answer()
			q.U.First, q.U.Answer.Pieces, q.U.Answer.Complete = words, 2, false
			end(q.U)
		})))
		if got["went on with another's words"] < 290 || got[want] < 290 || len(got) != 2 {
			t.Errorf("the app %v; want half to be %q", got, want)
		}
	}
}

// Words may be on their way to the user when the app asks again: an answer of as many
// pieces as attempts had words is made of each, and of no attempt whose words were kept back.
func TestReactionsToWordsThatComeLate(t *testing.T) {
	for want, pieces := range map[string]int{"went on with another's words": 2, "switched": 1} {
		got := reacted(synth.Judge(t, synth.Surge("truncate", 1).Play(func(q *synth.Ask) {
			if !synth.InSurge(q) {
				synth.Resilient(q)
				return
			}
			q.Try("primary")
			q.Try("secondary")
			q.Answer()
			q.U.First = q.Last.Line.First
			q.U.Answer.Pieces, q.U.Answer.Complete, q.U.Answer.Gap = pieces, false, true
		})))
		if got[want] < 300 || len(got) != 1 {
			t.Errorf("of %d pieces: the app %v; want all to be %q", pieces, got, want)
		}
	}
}

// What users do again is no reaction of the app's, an answer that comes later is no
// failure taken for good, and one that never comes is a user given up.
func TestReactionsBesideUsers(t *testing.T) {
	for name, tt := range map[string]struct {
		app  func(*synth.Ask)
		want string
	}{
		"user asks again": {func(q *synth.Ask) {
			q.Try("primary")
			q.At += 3
			q.U.Again = append(q.U.Again, synth.Secs(q.At))
			q.Try("primary")
			q.Fail(503)
		}, "told the user"},
		"answered later": {func(q *synth.Ask) { q.Try("primary"); synth.PutOff(q, 9) }, "shed load"},
		"forgotten":      {func(q *synth.Ask) { q.Try("primary"); synth.NeverDelivered(q) }, "gave up without a word"},
	} {
		d := synth.Surge("server_error", 1)
		got := reacted(synth.Judge(t, d.Play(func(q *synth.Ask) {
			if !synth.InSurge(q) {
				synth.Resilient(q)
				return
			}
			tt.app(q)
		})))
		if got[tt.want] < 300 || len(got) != 1 {
			t.Errorf("%s: the app %v; want all to be %q", name, got, tt.want)
		}
	}
}
