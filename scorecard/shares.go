package scorecard

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// shareOf measures the share of requests of which yes holds.
func shareOf(yes func(*visit) bool) func(*ledger, window) Measure {
	return func(_ *ledger, w window) Measure {
		return countShare(w.visits, yes, "no request was due")
	}
}

// countShare is the share of visits of which yes holds, or the reason for none.
func countShare(visits []*visit, yes func(*visit) bool, without string) Measure {
	k := 0
	for _, v := range visits {
		if yes(v) {
			k++
		}
	}
	return shareMeasure(k, len(visits), without)
}

// shareMeasure is k of n with its interval, or the reason for n = 0.
func shareMeasure(k, n int, without string) Measure {
	if n == 0 {
		return unmeasured("%s", without)
	}
	low, high := stats.Wilson(k, n)
	value := float64(k) / float64(n)
	return Measure{Value: &value, N: n, Low: &low, High: &high}
}

// numberMeasure is a value without an interval, taken from n instances.
func numberMeasure(value float64, n int) Measure {
	return Measure{Value: &value, N: n}
}

func is(o outcome) func(*visit) bool {
	return func(v *visit) bool { return v.outcome == o }
}

// undeclared measures the share of requests that were let down without a word.
func undeclared(l *ledger, w window) Measure {
	return shareOf(l.letDown)(l, w)
}

// letDown says whether a user came to harm, or had no clean and timely word of an
// error.
func (l *ledger) letDown(v *visit) bool {
	if v.outcome != failed {
		return v.harmed()
	}
	j := l.journey(v.journey)
	return v.class != clean || j.slowTotal > 0 && v.latency() > j.slowTotal
}

// harm counts users who came to harm. Answers that an app rewrites, or that come
// from real endpoints, cannot be judged; hangs and keys in them can.
func harm(l *ledger, w window) Measure {
	k, judged := 0, 0
	for _, v := range w.visits {
		if v.harmed() {
			k++
		}
		if j := l.journey(v.journey); !j.rewrites && !v.real || j.HasExpect {
			judged++
		}
	}
	switch {
	case len(w.visits) == 0:
		return unmeasured("no request was due")
	case judged == 0 && k == 0:
		return unmeasured("%s", l.unjudged(w))
	}
	return numberMeasure(float64(k), max(judged, k))
}

// unjudged says why no answer in a window can be judged.
func (l *ledger) unjudged(w window) string {
	if slices.ContainsFunc(w.visits, func(v *visit) bool { return v.real }) {
		return "the answers come from real endpoints, so nothing in them can be verified"
	}
	return "the app rewrites answers, so nothing in them can be verified"
}

// failoverLoss measures the seconds of service that users lost.
func failoverLoss(l *ledger, w window) Measure {
	m := shareOf((*visit).served)(l, w)
	if m.Value == nil {
		return m
	}
	return numberMeasure((1-*m.Value)*w.length().Float(), m.N)
}

// cacheShare measures how many of the repeated questions needed no provider.
func cacheShare(_ *ledger, w window) Measure {
	w.visits = slices.DeleteFunc(slices.Clone(w.visits), func(v *visit) bool { return !v.repeat })
	return countShare(w.visits, is(cached), "no question was repeated")
}
