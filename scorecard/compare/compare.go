// Package compare lays runs of one scenario side by side and says what of their
// difference is more than chance. It owns the statistics of that and nothing of how
// they are shown: runs go in as cards and fates, a [Comparison] comes out, and the
// same runs give the same comparison, in any process.
//
// Start at [Of]:
//
//	c := compare.Of(before, after)
//	fmt.Println(c.Verdict, c.Sentence)
//
// Two runs of one scenario with one seed ask the same questions at the same moments
// and meet the same faults, so they are compared request by request: who was served
// well in one and not in the other. That is McNemar's test, and it is exact. Users
// who ask within the same second share what the app has just made up its mind to (a
// breaker that opened a moment later hurts all of them at once), so they count as one
// witness and not as twenty: see signFlip. A difference that lasts for less than eight
// seconds or so is therefore never claimed of a single pair of runs: that much two
// runs of the same app may differ by, too.
//
// Runs that cannot be paired are compared as whole runs, by the Mann–Whitney test,
// and that takes four a side.
//
// A card has hundreds of figures, and of so many some always differ. A difference is
// claimed only of the few that somebody asked for (the metrics of bars, availability
// and harm), and Holm's correction keeps the chance of any false claim among them
// below one in twenty. Every other row has its change and its p value, and no claim.
package compare

import (
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Schema is the version of a comparison's JSON.
const Schema = 1

// A Run is one run of a side.
type Run struct {
	Name  string // the directory, as it was named
	Card  *scorecard.Card
	Fates []scorecard.Fate // by due time; nil: the run's log is not there
}

// A Comparison is what became of side B's users that was not so with side A's.
// Changes are B − A.
type Comparison struct {
	Schema   int             `json:"schema"`
	Scenario record.Scenario `json:"scenario"` // of the first run
	Verdict  Verdict         `json:"verdict"`
	Sentence string          `json:"sentence"`
	A        Side            `json:"a"`
	B        Side            `json:"b"`
	Checks   []Check         `json:"checks"`  // what differs between the runs beside the figures
	Method   string          `json:"method"`  // pairs, runs or none: what the strongest test rests on
	Because  string          `json:"because"` // why that method, in one sentence
	Pairing  Pairing         `json:"pairing"`
	Judged   int             `json:"judged"` // rows among which false claims are controlled
	Rows     []Row           `json:"rows"`   // empty where the runs are not comparable at all
	Users    Users           `json:"users"`
	Lines    Lines           `json:"lines"`
	// First are the cards of the first run of each side, for their timelines.
	First [2]*scorecard.Card `json:"-"`
}

// Methods.
const (
	ByPairs = "pairs"
	ByRuns  = "runs"
	ByNone  = "none"
)

// Side is one of the two sides.
type Side struct {
	Runs []RunRow `json:"runs"`
}

// RunRow sums up one run of a side.
type RunRow struct {
	Name     string            `json:"name"`
	App      string            `json:"app"`
	Seed     uint64            `json:"seed"`
	Verdict  scorecard.Verdict `json:"verdict"`
	Grade    string            `json:"grade"`
	Score    *float64          `json:"score"`
	Sentence string            `json:"sentence"`
	Log      bool              `json:"log"` // its requests are known one by one
}

// Of compares the runs of side b with those of side a. Neither may be empty.
func Of(a, b []Run) *Comparison {
	c := &Comparison{
		Schema: Schema, Scenario: a[0].Card.Scenario,
		A: sideOf(a), B: sideOf(b), Rows: []Row{}, Users: Users{Swings: []Swing{}},
		First: [2]*scorecard.Card{a[0].Card, b[0].Card},
	}
	c.Checks = checks(a, b)
	if refused(c.Checks) {
		c.Method, c.Because = ByNone, "the runs did not play the same drill"
		c.conclude()
		return c
	}
	p := pair(a, b)
	c.Pairing = p.Pairing
	c.Method, c.Because = method(a, b, p)
	c.Rows = rows(a, b, p)
	c.Judged = holm(c.Rows)
	c.Users = users(p)
	c.Lines = lines(a, b)
	c.conclude()
	return c
}

func sideOf(runs []Run) Side {
	var s Side
	for _, r := range runs {
		s.Runs = append(s.Runs, RunRow{
			Name: r.Name, App: r.Card.App, Seed: r.Card.Scenario.Seed, Verdict: r.Card.Verdict, Grade: r.Card.Grade,
			Score: r.Card.Score, Sentence: r.Card.Sentence, Log: r.Fates != nil,
		})
	}
	return s
}

// enoughRuns is how many runs a side it takes to compare runs as wholes: with three
// even two sides that share no value are likelier than one in twenty by chance.
const enoughRuns = 4
