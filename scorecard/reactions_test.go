package scorecard_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/findings"
)

// signal is one way in which the primary fails a first attempt.
type signal struct {
	name, kind string
	wait       float64          // Retry-After
	begun      bool             // words come before it goes wrong
	patience   float64          // for how long the app waits, 0: for ever
	tweak      func(reply)      // of the attempt's line
	does       map[string]deeds // reactions that only make sense here
}

type deeds = func(*ask)

// after makes the surge's requests meet the signal, and then do something.
func (s signal) after(do deeds) func(*ask) {
	return func(q *ask) {
		r := q.tryWithin("primary", cmpOr(s.patience, 1e9))
		if !inSurge(q) {
			q.answer()
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
	return func(q *ask) {
		q.at += pause
		q.try(provider)
		q.answer()
	}
}

// shownFirst is do with the first words of the first attempt shown at once.
func shownFirst(do deeds) deeds {
	return func(q *ask) {
		words := q.last.line.First
		do(q)
		q.u.First = words
	}
}

// endings are the reactions without another attempt.
func endings() map[string]deeds {
	return map[string]deeds{
		"let the user hang":      func(q *ask) { q.at = q.Due + 30 },
		"leaked it to the user":  func(q *ask) { q.fail(500); q.u.Raw = true },
		"told the user":          func(q *ask) { q.fail(503) },
		"gave up without a word": func(q *ask) { q.u.How, q.u.Status, q.u.First = "cut", 200, nil },
		"shed load":              func(q *ask) { q.lesser() },
		"answered in its own words, undeclared": func(q *ask) {
			q.lesser()
			q.u.Degraded = false
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
		"went on with another's words": shownFirst(func(q *ask) {
			q.try("secondary")
			q.answer()
			q.u.Answer.Pieces, q.u.Answer.Complete = 2, false
		}),
		"took it for good":             (*ask).half,
		"served the user all the same": (*ask).answer,
	}
}

func signals() []signal {
	noWords := func(r reply) { r.line.First = nil }
	sat := map[string]deeds{"sat it out": (*ask).answer}
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
			d := surge(s.kind, 1)
			d.firstOnly = true
			d.journey("chat", 2).HasDegrade = true
			d.waits[s.kind] = s.wait
			card := judge(t, d.play(s.after(do)))
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
		return func(q *ask) {
			if q.u.N%10 < firsts {
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
			d := surge("rate_limit", 1)
			d.firstOnly = true
			d.journey("chat", tt.rate)
			card := judge(t, d.play(signal{}.after(tt.do)))
			if len(card.Reactions) != 1 || card.Reactions[0].Verdict != tt.want {
				t.Errorf("%+v, want one row, %s", card.Reactions, tt.want)
			}
		})
	}
}

// The steps of a tool loop are calls of their own: a slow step that another one
// follows was sat out, not retried.
func TestToolLoopIsNoRetry(t *testing.T) {
	d := surge("slow", 1)
	d.firstOnly = true
	card := judge(t, d.play(func(q *ask) {
		for step := range 3 {
			q.try("primary").line.Print = fmt.Sprint(q.u.Nonce, step)
		}
		q.answer()
	}))
	want := []findings.Deed{{Name: "sat it out", N: 300, Verdict: "poor"}}
	if len(card.Reactions) != 1 || !slices.Equal(card.Reactions[0].Did, want) {
		t.Errorf("%+v, want %+v", card.Reactions, want)
	}
}

func TestNoSignalNoReaction(t *testing.T) {
	d := newSynth("calm 15", "surge 30", "after 30")
	if got := judge(t, d.play(resilient)).Reactions; len(got) > 0 {
		t.Errorf("%+v without a fault", got)
	}
}
