package scorecard

import (
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// What the black-box tests of this package judge with.

type (
	Evidence  = evidence
	OutageAt  = outageEvidence
	Query     = measure.Query
	UnknownAs = measure.UnknownAs
)

const (
	LeftOut    = measure.LeftOut
	AsServed   = measure.AsServed
	AsUnserved = measure.AsUnserved
)

func JudgeBars(card *Card, setup *record.Setup, e Evidence) { judgeBars(card, setup, e) }
func GradeCard(card *Card, setup *record.Setup, e Evidence) { grade(card, setup, e) }
func Sentence(card *Card) string                            { return sentence(card) }

// Decide judges one bar on one measure.
func Decide(bar record.Bar, unit string, m measure.Measure) (v Verdict, near bool, reason string) {
	d := decide(bar, unit, m)
	return d.verdict, d.close, d.reason
}

// Points gives the score of a cost on the curve through 90 and 50.
func Points(at90, at50, v float64) float64 { return cost{at90: at90, at50: at50}.points(v) }
