package measure

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// shareOf measures the share of requests of which yes holds.
func shareOf(yes func(*ledger.Visit) bool) func(*Meter, Window) Measure {
	return func(_ *Meter, w Window) Measure {
		return countShare(w.Visits, yes, "no request was due")
	}
}

// countShare is the share of visits of which yes holds, or the reason for none.
func countShare(visits []*ledger.Visit, yes func(*ledger.Visit) bool, without string) Measure {
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

func is(o ledger.Outcome) func(*ledger.Visit) bool {
	return func(v *ledger.Visit) bool { return v.Outcome == o }
}

// undeclared measures the share of requests that were let down without a word.
func undeclared(l *Meter, w Window) Measure {
	return shareOf(l.LetDown)(l, w)
}

// LetDown says whether a user came to harm, or had no clean and timely word of an
// error.
func (l *Meter) LetDown(v *ledger.Visit) bool {
	if v.Outcome != ledger.Failed {
		return v.Harmed()
	}
	j := l.Journey(v.Journey)
	return v.Class != ledger.Clean || j.LateTotal > 0 && v.Latency() > j.LateTotal
}

// harm counts users who came to harm. Answers that an app rewrites, or that come
// from real endpoints, cannot be judged; hangs and keys in them can.
func harm(l *Meter, w Window) Measure {
	k, judged := 0, 0
	for _, v := range w.Visits {
		if v.Harmed() {
			k++
		}
		if j := l.Journey(v.Journey); !j.Rewrites && !v.Real || j.HasExpect {
			judged++
		}
	}
	switch {
	case len(w.Visits) == 0:
		return unmeasured("no request was due")
	case judged == 0 && k == 0:
		return unmeasured("%s", l.unjudged(w))
	}
	return numberMeasure(float64(k), max(judged, k))
}

// unjudged says why no answer in a window can be judged.
func (l *Meter) unjudged(w Window) string {
	if slices.ContainsFunc(w.Visits, func(v *ledger.Visit) bool { return v.Real }) {
		return "the answers come from real endpoints, so nothing in them can be verified"
	}
	return "the app rewrites answers, so nothing in them can be verified"
}

// failoverLoss measures the seconds of service that users lost.
func failoverLoss(l *Meter, w Window) Measure {
	m := shareOf((*ledger.Visit).Served)(l, w)
	if m.Value == nil {
		return m
	}
	return numberMeasure((1-*m.Value)*w.Length().Float(), m.N)
}

// cacheShare measures how many of the repeated questions needed no provider.
func cacheShare(_ *Meter, w Window) Measure {
	w.Visits = slices.DeleteFunc(slices.Clone(w.Visits), func(v *ledger.Visit) bool { return !v.Repeat })
	return countShare(w.Visits, is(ledger.Cached), "no question was repeated")
}

// OutageAvailability measures the availability in one outage, whose number it is, of
// all journeys together.
func (l *Meter) OutageAvailability(outage int32) Measure {
	o := &l.Outages[outage]
	m := unmeasured("no request met the outage")
	if o.Hits > 0 {
		m = shareOf((*ledger.Visit).Served)(l, l.Window(Query{}, outage))
	}
	m.Name, m.Unit = "availability", "share"
	m.Phase, m.Provider = l.PhaseName(o.Begins), o.Provider
	m.Measured = m.Value != nil
	return m
}
