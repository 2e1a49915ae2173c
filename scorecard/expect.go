package scorecard

import (
	"fmt"

	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Answers of which the scenario alone says what they are to look like.

// byExpectation is the outcome of a success in a journey whose answers cannot
// carry brownout's text. What it expects decides whether the answer is one, and
// the attempt behind it, whose.
func (l *ledger) byExpectation(v *visit, j *journey) outcome {
	k := l.source(v)
	switch {
	case v.unmet && v.marked:
		return degraded
	case v.unmet:
		return wrong
	case v.repeat && v.tries.n == 0 && l.joined():
		return cached
	case l.extra(v).putOff != never:
		return deferred
	case k == none && l.joined() && v.marked:
		return degraded
	case k == none && l.joined():
		return unverified // of the app's own making
	case v.marked, k != none && j.primary != none && l.attempts[k].provider != j.primary:
		return fallback
	}
	return good
}

// source is the last attempt that was answered before a user's request ended,
// none without one.
func (l *ledger) source(v *visit) int32 {
	k := none
	for _, try := range l.triesOf(v) {
		if a := &l.attempts[try]; a.endpoint == endpointText && l.answers(try) && a.arrived <= v.ended {
			k = try
		}
	}
	return k
}

// wrongAnswers looks for answers that are not what the scenario expects, of
// providers whose words were sound.
func wrongAnswers(l *ledger) (s sighting) {
	for i, v := range l.counted {
		if v.outcome == wrong && l.badWords(v) == "" {
			s.see(l, v.line, i)
		}
	}
	s.sentence = fmt.Sprintf("%s got an answer that is not of the form it has to be", words.People(float64(s.count)))
	return s
}
