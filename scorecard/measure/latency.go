package measure

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
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
func timeOf(of func(*ledger.Visit) record.Seconds, q float64) func(*Meter, Window) Measure {
	return func(l *Meter, w Window) Measure {
		values := make([]float64, 0, len(w.Visits))
		var without []float64
		for _, v := range w.Visits {
			if v.HasAnswer() {
				values = append(values, of(v).Float())
			} else {
				without = append(without, l.Journey(v.Journey).Timeout.Float())
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
func feedback(l *Meter, w Window) Measure {
	var values, without []float64
	for _, v := range w.Visits {
		j := l.Journey(v.Journey)
		if !j.HasProgress {
			continue
		}
		sign := ledger.Never
		for _, at := range []record.Seconds{l.Extra(v).Progress, v.First, l.Extra(v).PutOff} {
			if at != ledger.Never && (sign == ledger.Never || at < sign) {
				sign = at
			}
		}
		if sign == ledger.Never {
			without = append(without, j.Timeout.Float())
		} else {
			values = append(values, (sign - v.Due).Float())
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
func maxGap(l *Meter, w Window) Measure {
	values := make([]float64, 0, len(w.Visits))
	for _, v := range w.Visits {
		if v.HasAnswer() && l.Journey(v.Journey).Stream {
			values = append(values, v.MaxGap.Float())
		}
	}
	return quantileMeasure(values, 0.99)
}

// timeToError measures how long users waited for bad news.
func timeToError(_ *Meter, w Window) Measure {
	var values []float64
	for _, v := range w.Visits {
		if v.Outcome == ledger.Failed || v.Outcome == ledger.Degraded {
			values = append(values, v.Latency().Float())
		}
	}
	return quantileMeasure(values, 0.95)
}
