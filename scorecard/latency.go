package scorecard

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// samplesFor is how many samples a quantile needs.
func samplesFor(q float64) int {
	switch {
	case q >= 0.99:
		return 300
	case q >= 0.95:
		return 60
	}
	return 1
}

// timeOf measures a quantile of a time from due, by nearest rank. A request
// without an answer counts as its journey's timeout, for failing fast is not
// quick: where the quantile falls on one, it is known to be longer and no more.
func timeOf(of func(*visit) record.Seconds, q float64) func(*ledger, window) Measure {
	return func(l *ledger, w window) Measure {
		values := make([]float64, 0, len(w.visits))
		var without []float64
		for _, v := range w.visits {
			if v.hasAnswer() {
				values = append(values, of(v).Float())
			} else {
				without = append(without, l.journey(v.journey).Timeout.Float())
			}
		}
		return quantileOrMore(values, without, q, "that many had no answer")
	}
}

// quantileOrMore measures a quantile of values and of bounds, which are at least
// so much: where it falls on one it is a bound, too.
func quantileOrMore(values, bounds []float64, q float64, why string) Measure {
	m := quantileMeasure(append(values, bounds...), q)
	if m.Value != nil && slices.Contains(bounds, *m.Value) {
		return bound(*m.Value, m.N, why)
	}
	return m
}

// feedback measures how long users saw nothing: neither a sign of life, nor an
// answer, nor the word that it comes later.
func feedback(l *ledger, w window) Measure {
	var values, without []float64
	for _, v := range w.visits {
		j := l.journey(v.journey)
		if !j.HasProgress {
			continue
		}
		sign := never
		for _, at := range []record.Seconds{l.extra(v).progress, v.first, l.extra(v).putOff} {
			if at != never && (sign == never || at < sign) {
				sign = at
			}
		}
		if sign == never {
			without = append(without, j.Timeout.Float())
		} else {
			values = append(values, (sign - v.due).Float())
		}
	}
	if len(values)+len(without) == 0 {
		return unmeasured("no journey here says what a sign of life is")
	}
	return quantileOrMore(values, without, 0.95, "that many saw nothing")
}

// quantileMeasure measures the quantile of values, which it moves about.
func quantileMeasure(values []float64, q float64) Measure {
	needs := samplesFor(q)
	switch {
	case len(values) == 0:
		return unmeasured("no sample")
	case len(values) < needs:
		return unmeasured("%d samples, p%.0f needs %d", len(values), q*100, needs)
	}
	return numberMeasure(stats.Nth(values, stats.Rank(len(values), q)), len(values))
}

// maxGap measures the longest silence inside an answer that was streamed.
func maxGap(l *ledger, w window) Measure {
	values := make([]float64, 0, len(w.visits))
	for _, v := range w.visits {
		if v.hasAnswer() && l.journey(v.journey).Stream {
			values = append(values, v.maxGap.Float())
		}
	}
	return quantileMeasure(values, 0.99)
}

// timeToError measures how long users waited for bad news.
func timeToError(_ *ledger, w window) Measure {
	var values []float64
	for _, v := range w.visits {
		if v.outcome == failed || v.outcome == degraded {
			values = append(values, v.latency().Float())
		}
	}
	return quantileMeasure(values, 0.95)
}
