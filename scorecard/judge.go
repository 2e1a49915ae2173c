// Package scorecard judges what a drill wrote down, as package record has it. It
// owns the card, the bars, the verdict and the score; it knows nothing of how the
// drill was made and never looks at a clock.
//
// Start at [Judge]:
//
//	card, err := scorecard.Judge(record.Read(file))
//	…
//	fmt.Println(card.Verdict, card.Sentence)
//
// A log goes through in one pass: package ledger joins what users asked with what
// reached a provider and gives each request its phase and outcome, package measure
// takes the metrics, package account tells what happened, package findings what that
// shows about the app, and the card is judged on these. The same log gives the same
// card, in whatever order its lines stand; lines more than 5 s out of order are
// counted, and the card says so.
//
// What judging holds at its peak, as BenchmarkJudge tells it, is about 260 bytes a
// line of the log, half of which is garbage that the collector has not come to.
package scorecard

import (
	"fmt"
	"iter"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/findings"
	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Judge makes the card of a log. Lines that are none of a log's are passed over
// and counted, and a log that ends early is judged as far as it goes; the card
// says so in both cases. A log that proves nothing, down to an empty one, gives
// an inconclusive card. The only errors are those that the log yields beside
// [record.LineError]: that it cannot be read, or is [record.ErrNewer].
func Judge(log iter.Seq2[record.Entry, error]) (*Card, error) {
	l, err := read(log)
	if err != nil {
		return nil, err
	}
	ev := l.evidence()
	card := l.card()
	judgeBars(card, &l.Setup, ev)
	grade(card, &l.Setup, ev)
	card.Reactions = findings.Reactions(l.Meter)
	card.Findings = findings.All(l.Meter)
	card.Diagnoses = findings.Diagnoses(l.Meter)
	card.Sentence = sentence(card)
	return card, nil
}

// judging is what a card is made of.
type judging struct{ *measure.Meter }

func read(log iter.Seq2[record.Entry, error]) (*judging, error) {
	l, err := ledger.Read(log)
	if err != nil {
		return nil, fmt.Errorf("judge the log: %w", err)
	}
	return &judging{measure.New(l)}, nil
}

// card fills in what is read off the ledger; verdict, score, findings and the
// sentence are not.
func (l *judging) card() *Card {
	s := &l.Setup
	a := account.Of(l.Meter)
	return &Card{
		Schema: record.Schema, Brownout: s.Brownout, Scenario: s.Scenario, App: s.App, Machine: s.Machine,
		StartedAt: s.StartedAt, LengthS: s.Length.Float(), Control: s.Control,
		Stopped:   l.Ended != nil && l.Ended.Reason == "stopped",
		BrokenOff: a.BrokenOff,
		Metrics:   l.All(),
		Outcomes:  a.Outcomes,
		Join:      a.Join,
		Phases:    append([]record.Phase{}, s.Phases...),
		Windows:   append([]record.Window{}, s.Windows...),
		Providers: a.Providers,
		Journeys:  a.Journeys,
		Timeline:  a.Timeline,
		Events:    a.Events,
		Worst:     a.Worst,
		Slowest:   a.Slowest,
		Limits:    a.Limits,
		Resolved:  s.Resolved,
	}
}
