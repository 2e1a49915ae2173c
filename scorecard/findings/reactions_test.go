package findings_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/findings"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// signal is one way in which the primary fails a first attempt.
type signal struct {
	name, kind string
	wait       float64           // Retry-After
	begun      bool              // words come before it goes wrong
	patience   float64           // for how long the app waits, 0: for ever
	tweak      func(synth.Reply) // of the attempt's line
	does       map[string]deeds  // reactions that only make sense here
}

type deeds = func(*synth.Ask)

// after makes the surge's requests meet the signal, and then do something.
func (s signal) after(do deeds) func(*synth.Ask) {
	return func(q *synth.Ask) {
		r := q.TryWithin("primary", cmpOr(s.patience, 1e9))
		if !synth.InSurge(q) {
			q.Answer()
			return
		}
		if s.tweak != nil {
			s.tweak(r)
		}
		do(q)
	}
}

func cmpOr(a, b float64) float64 {
	if a > 0 {
		return a
	}
	return b
}

// tryAgain asks a provider after a pause, and answers with what it says.
func tryAgain(provider string, pause float64) deeds {
	return func(q *synth.Ask) {
		q.At += pause
		q.Try(provider)
		q.Answer()
	}
}

// shownFirst is do with the first words of the first attempt shown at once.
func shownFirst(do deeds) deeds {
	return func(q *synth.Ask) {
		words := q.Last.Line.First
		do(q)
		q.U.First = words
	}
}

// endings are the reactions without another attempt.
func endings() map[string]deeds {
	return map[string]deeds{
		"let the user hang":      func(q *synth.Ask) { q.At = q.Due + 30 },
		"leaked it to the user":  func(q *synth.Ask) { q.Fail(500); q.U.Raw = true },
		"told the user":          func(q *synth.Ask) { q.Fail(503) },
		"gave up without a word": func(q *synth.Ask) { q.U.How, q.U.Status, q.U.First = "cut", 200, nil },
		"shed load":              func(q *synth.Ask) { q.Lesser() },
		"answered in its own words, undeclared": func(q *synth.Ask) {
			q.Lesser()
			q.U.Degraded = false
		},
	}
}

// moves are the reactions with another attempt.
func moves(wait float64) map[string]deeds {
	if wait > 0 {
		return map[string]deeds{
			"switched":                      tryAgain("secondary", 0),
			"waited as told":                tryAgain("primary", wait),
			"retried before it was told to": tryAgain("primary", wait/2),
		}
	}
	return map[string]deeds{
		"switched":              tryAgain("secondary", 0),
		"retried at once":       tryAgain("primary", 0.01),
		"retried after a pause": tryAgain("primary", 0.5),
	}
}

// streamed are the reactions to an answer whose first words the user has seen.
func streamed() map[string]deeds {
	return map[string]deeds{
		"restarted the answer": shownFirst(tryAgain("secondary", 0)),
		"went on with another's words": shownFirst(func(q *synth.Ask) {
			q.Try("secondary")
			q.Answer()
			q.U.Answer.Pieces, q.U.Answer.Complete = 2, false
		}),
		"took it for good":             (*synth.Ask).Half,
		"served the user all the same": (*synth.Ask).Answer,
	}
}

func signals() []signal {
	noWords := func(r synth.Reply) { r.Line.First = nil }
	sat := map[string]deeds{"sat it out": (*synth.Ask).Answer}
	return []signal{
		{name: "spent quota", kind: "quota_exhausted"},
		{name: "429 with Retry-After", kind: "rate_limit", wait: 2},
		{name: "429 without Retry-After", kind: "rate_limit"},
		{name: "401 or 403", kind: "unauthorized"},
		{name: "400, 404 or 422", kind: "bad_request"},
		{name: "502 from the edge", kind: "bad_gateway"},
		{name: "504", kind: "gateway_timeout"},
		{name: "529", kind: "overloaded"},
		{name: "500 or 503", kind: "server_error"},
		{name: "error in a 200", kind: "error_in_200", begun: true},
		{name: "stream error before the first token", kind: "stream_error", tweak: noWords},
		{name: "stream error after the first token", kind: "stream_error", begun: true},
		{name: "stall", kind: "stall", begun: true, patience: 1},
		{name: "truncation", kind: "truncate", begun: true},
		{name: "cut", kind: "cut", begun: true},
		{name: "no answer", kind: "hang", patience: 1},
		{name: "slow answer", kind: "slow", does: sat},
		{name: "garbage on the wire", kind: "malformed", begun: true},
		{name: "bad content", kind: "gibberish", begun: true},
		{name: "odd framing", kind: "duplicate", begun: true},
		{name: "no connection", kind: "refuse"},
	}
}

// reactionsTo gives the apps for a signal: one per reaction.
func (s signal) reactions() map[string]deeds {
	all := endings()
	add := func(more map[string]deeds) {
		for name, do := range more {
			all[name] = do
		}
	}
	add(moves(s.wait))
	if s.begun {
		add(streamed())
	}
	if s.kind == "refuse" {
		// Attempts that do not arrive are not seen, and neither are retries.
		delete(all, "retried at once")
		delete(all, "retried after a pause")
	}
	if s.kind == "gibberish" {
		// A text that proves nothing may be the bad one or the app's own.
		delete(all, "answered in its own words, undeclared")
	}
	add(s.does)
	return all
}

// Each signal, met with each reaction, is in the table as that and nothing else.
func TestReactionTable(t *testing.T) {
	cells := 0
	for _, s := range signals() {
		for name, do := range s.reactions() {
			cells++
			d := synth.Surge(s.kind, 1)
			d.FirstOnly = true
			d.Journey("chat", 2).HasDegrade = true
			d.Waits[s.kind] = s.wait
			card := synth.Judge(t, d.Play(s.after(do)))
			if len(card.Reactions) != 1 {
				t.Errorf("%s, %s: %d rows %+v", s.name, name, len(card.Reactions), card.Reactions)
				continue
			}
			r := card.Reactions[0]
			got := []string{r.Signal, fmt.Sprint(r.Sent)}
			for _, did := range r.Did {
				got = append(got, fmt.Sprintf("%s: %d", did.Name, did.N))
			}
			if diff := cmp.Diff([]string{s.name, "60", name + ": 60"}, got); diff != "" {
				t.Errorf("%s, %s (-planted +found):\n%s", s.name, name, diff)
			}
		}
	}
	t.Logf("%d cells", cells)
	if cells < 40 {
		t.Errorf("%d cells, want 40 and more", cells)
	}
}

func TestReactionVerdicts(t *testing.T) {
	// Of each ten requests so many do the first, the others the second.
	mixing := func(first, second deeds, firsts int) deeds {
		return func(q *synth.Ask) {
			if q.U.N%10 < firsts {
				first(q)
				return
			}
			second(q)
		}
	}
	elsewhere, tell, again := tryAgain("secondary", 0), endings()["told the user"], tryAgain("primary", 0.01)
	for _, tt := range []struct {
		name string
		do   deeds
		rate float64
		want string
	}{
		{"switches", elsewhere, 10, "good"},
		{"switches, nearly always", mixing(elsewhere, again, 9), 10, "bad"}, // a tenth at once, and more than five
		{"tells one in ten", mixing(elsewhere, tell, 9), 10, "good"},
		{"tells one in two", mixing(elsewhere, tell, 5), 10, "poor"},
		{"retries at once", again, 10, "bad"},
		{"lets users hang", endings()["let the user hang"], 10, "bad"},
		{"hardly met", elsewhere, 0.1, "not exercised"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := synth.Surge("rate_limit", 1)
			d.FirstOnly = true
			d.Journey("chat", tt.rate)
			card := synth.Judge(t, d.Play(signal{}.after(tt.do)))
			if len(card.Reactions) != 1 || card.Reactions[0].Verdict != tt.want {
				t.Errorf("%+v, want one row, %s", card.Reactions, tt.want)
			}
		})
	}
}

// The steps of a tool loop are calls of their own: a slow step that another one
// follows was sat out, not retried.
func TestToolLoopIsNoRetry(t *testing.T) {
	d := synth.Surge("slow", 1)
	d.FirstOnly = true
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		for step := range 3 {
			q.Try("primary").Line.Print = fmt.Sprint(q.U.Nonce, step)
		}
		q.Answer()
	}))
	want := []findings.Deed{{Name: "sat it out", N: 300, Verdict: "poor"}}
	if len(card.Reactions) != 1 || !slices.Equal(card.Reactions[0].Did, want) {
		t.Errorf("%+v, want %+v", card.Reactions, want)
	}
}

func TestNoSignalNoReaction(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	if got := synth.Judge(t, d.Play(synth.Resilient)).Reactions; len(got) > 0 {
		t.Errorf("%+v without a fault", got)
	}
}
