package scorecard

import (
	"fmt"
	"math"

	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// decision is what a bar comes to on one measured number.
type decision struct {
	verdict Verdict
	close   bool   // the interval crosses the threshold
	reason  string // why not pass; of a pass, what it rests on, may be empty
}

// decide holds a measure against a bar by the rules of evidence, METRICS §4.
func decide(bar record.Bar, unit string, m measure.Measure) decision {
	t := trial{bar: bar, unit: unit, m: m}
	switch {
	case bar.Op != "min" && bar.Op != "max":
		return open("the bar is neither min nor max but %q", bar.Op)
	case m.Value == nil && m.Low != nil:
		return t.bound()
	case m.Value == nil:
		return open("not measured: %s", m.Reason)
	case m.N == 0:
		return open("not measured: there was nothing to count")
	case bar.Metric == "failover_time" && m.By != "fallback" && bar.By != "any":
		return t.riddenThrough()
	case unit == "share":
		return t.share()
	case unit == "s":
		return t.time()
	}
	return t.count()
}

// open is the decision that there is none.
func open(format string, args ...any) decision {
	return decision{verdict: Inconclusive, reason: fmt.Sprintf(format, args...)}
}

// trial is one bar with one number to hold against it.
type trial struct {
	bar  record.Bar
	unit string
	m    measure.Measure
}

// met says whether v is on the right side of the bar; a hair of floating point
// does not miss it.
func (t trial) met(v float64) bool {
	if t.bar.Op == "min" {
		return v >= t.bar.Threshold-1e-9
	}
	return v <= t.bar.Threshold+1e-9
}

// ends are the interval's end on the good side of the bar and the one on the
// bad side; both are the value where there is no interval.
func (t trial) ends() (good, bad float64) {
	low, high := *t.m.Value, *t.m.Value
	if t.m.Low != nil {
		low = *t.m.Low
	}
	if t.m.High != nil {
		high = *t.m.High
	}
	if t.bar.Op == "min" {
		return high, low
	}
	return low, high
}

// crossed says whether the interval lies on both sides of the bar.
func (t trial) crossed() bool {
	good, bad := t.ends()
	return t.met(good) && !t.met(bad)
}

func (t trial) threshold() string { return words.Figure(t.bar.Threshold, t.unit) }

// judged passes what meets the bar and fails the rest.
func (t trial) judged(met bool) decision {
	d := decision{verdict: Fail, close: t.crossed()}
	if met {
		d.verdict = Pass
	}
	return d
}

// bound judges "> t", a number known only to be larger. Being larger it may
// meet a min and can only miss a max.
func (t trial) bound() decision {
	low := *t.m.Low
	switch {
	case t.bar.Op == "min" && low >= t.bar.Threshold:
		return decision{verdict: Pass}
	case t.bar.Op == "min":
		return open("only known to be more than %s", words.Figure(low, t.unit))
	case low > t.bar.Threshold:
		return decision{verdict: Fail, reason: "more than " + words.Figure(low, t.unit) + " and not seen to end"}
	case t.bar.Metric == "failover_time":
		return decision{verdict: Fail, reason: "never settled"}
	}
	return open("only known to be more than %s", words.Figure(low, t.unit))
}

// riddenThrough judges a failover time that no fallback made. However short, it
// is no failover: the same app fails when the provider is wholly down.
func (t trial) riddenThrough() decision {
	switch t.m.By {
	case "retry":
		return open("failover not exercised: retries rode through the outage")
	case "app":
		return open("failover not exercised: the app itself served its users")
	}
	return open("failover not exercised")
}

// time judges by the interval's bad end.
func (t trial) time() decision {
	_, bad := t.ends()
	return t.judged(t.met(bad))
}

// count judges counts and ratios by their value.
func (t trial) count() decision {
	if t.wantsSpotless() {
		return t.spotless()
	}
	return t.judged(t.met(*t.m.Value))
}

// share judges by the value once there are enough requests, see [enough].
func (t trial) share() decision {
	if t.wantsSpotless() {
		return t.spotless()
	}
	good, bad := t.ends()
	switch {
	case t.bar.Evidence == "interval" && t.met(bad):
		return decision{verdict: Pass}
	case !t.met(good):
		return decision{verdict: Fail}
	case t.bar.Evidence == "interval":
		return decision{reason: "the interval crosses the bar", close: true}
	}
	bar := t.bar.Threshold
	if t.bar.Op == "max" {
		bar = 1 - bar
	}
	if need := stats.Enough(bar); float64(t.m.N) < need {
		d := open("%d requests are too few, a bar of %s needs %.0f", t.m.N, t.threshold(), math.Ceil(need))
		d.close = t.crossed()
		return d
	}
	return t.judged(t.met(*t.m.Value))
}

// wantsSpotless says whether the bar asks that nothing at all goes wrong.
func (t trial) wantsSpotless() bool {
	return t.bar.Op == "max" && t.bar.Threshold == 0 ||
		t.unit == "share" && t.bar.Op == "min" && t.bar.Threshold == 1
}

// spotless judges a bar that one miss fails, and that no number of requests
// proves: a hundred pass it, and the reason says what they rule out.
func (t trial) spotless() decision {
	n := float64(t.m.N)
	switch {
	case !t.met(*t.m.Value):
		return decision{verdict: Fail}
	case t.m.N < zeroNeeds:
		return open("%d judged are too few to show that there are none, that needs %d", t.m.N, zeroNeeds)
	}
	return decision{
		verdict: Pass,
		reason:  fmt.Sprintf("none among %s: rules out more than %s", words.Count(n), words.Percent(stats.Z95*stats.Z95/(n+stats.Z95*stats.Z95))),
	}
}
