package synth

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Judge makes the card of a log that must not be refused.
func Judge(t testing.TB, log []byte) *scorecard.Card {
	t.Helper()
	card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatalf("Judge: %v", err)
	}
	return card
}

// Measure finds one metric of a card.
func Measure(t testing.TB, card *scorecard.Card, name, phase, journey string) measure.Measure {
	t.Helper()
	for _, m := range card.Metrics {
		if m.Name == name && m.Phase == phase && m.Journey == journey && m.Provider == "" {
			return m
		}
	}
	t.Fatalf("the card has no %s in %q of %q", name, phase, journey)
	return measure.Measure{}
}

// Codes gives the findings of a card.
func Codes(card *scorecard.Card) []string {
	found := []string{}
	for _, f := range card.Findings {
		found = append(found, f.Code)
	}
	slices.Sort(found)
	return found
}

// A Figure is what a test wants of a measure.
type Figure struct {
	Value, Low, high float64
	by               string
}

// None is the number that a measure does not have.
const None = -math.MaxFloat64

// Want is a value with its interval, and by what it was reached.
func Want(value, low, high float64, by string) Figure { return Figure{value, low, high, by} }

// Exactly checks a measure to the microsecond.
func Exactly(t testing.TB, m measure.Measure, want Figure) {
	t.Helper()
	number := func(p *float64) float64 {
		if p == nil {
			return None
		}
		return *p
	}
	got := Figure{number(m.Value), number(m.Low), number(m.High), m.By}
	off := max(math.Abs(got.Value-want.Value), math.Abs(got.Low-want.Low), math.Abs(got.high-want.high))
	if !(off <= 1e-6) || got.by != want.by {
		t.Errorf("%s in %s is %+v, want %+v: %s", m.Name, m.Phase, got, want, m.Reason)
	}
}

// Near checks a measure's value to a tolerance.
func Near(t testing.TB, got *float64, want, within float64, what string) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > within {
		t.Errorf("%s is %v, want %g", what, Show(got), want)
	}
}

// Show is a value to print: NaN where there is none.
func Show(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// LessLines forgets the numbers of lines, which a shuffled log cannot keep, and
// returns the lines themselves, as the card shows them.
func LessLines(card *scorecard.Card, log []byte) (shown []string) {
	lines := bytes.Split(log, []byte("\n"))
	for i := range card.Findings {
		for _, no := range card.Findings[i].Evidence {
			shown = append(shown, string(lines[no-1]))
		}
		card.Findings[i].Evidence = nil
	}
	for i := range card.Reactions {
		for _, no := range card.Reactions[i].Evidence {
			shown = append(shown, string(lines[no-1]))
		}
		card.Reactions[i].Evidence = nil
	}
	for _, requests := range [][]account.Request{card.Worst, card.Slowest} {
		for i := range requests {
			shown = append(shown, string(lines[requests[i].Line-1]))
			requests[i].Line = 0
		}
	}
	return shown
}
