// Package stop tells from the counters of a drill under way whether it is to end
// before its time: the rules that a scenario gives under stop_when. It looks at no
// clock and no counter itself; [Watch.Add] is told what they say.
//
//	w := stop.NewWatch(stop.Rule{Metric: "error_rate", Max: 0.8, Over: 10 * time.Second, For: 30 * time.Second})
//	for sample := range samples {
//		if reason, stop := w.Add(sample); stop { … }
//	}
//
// The same watch, given what an app would make of a plan, tells beforehand whether
// the plan reaches the rule.
package stop

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// A Rule ends a drill when a metric, measured over the last stretch of time, has
// been above its bound for a while.
type Rule struct {
	Metric string  // of [Metrics]
	Max    float64 // in the metric's unit
	Over   time.Duration
	For    time.Duration
}

// String is the rule as a sentence's part: error_rate over 10s above 80% for 30s.
func (r Rule) String() string {
	return fmt.Sprintf("%s over %v above %s for %v", r.Metric, r.Over, r.figure(r.Max), r.For)
}

// A Sample is what a drill's counters say at one moment. All but InFlight only grow.
type Sample struct {
	At       time.Duration // since the start
	Ended    float64       // users' requests that have ended
	Errors   float64       // of those, by an error that the user was told or could see
	Dropped  float64       // that came due and could not be sent
	InFlight float64       // users' requests under way
	Attempts float64       // requests that reached a provider
}

// A Metric is something that a rule can watch.
type Metric struct {
	Name, Unit, Doc string // Unit is share, count or rate (a second)
	// value measures samples by time, of which there is one at least; not when they
	// are too few to say.
	value func([]Sample) (float64, bool)
}

// enough is how many requests must have ended for a share of them to say something.
const enough = 10

// Metrics are what rules can watch. They are few, and simpler than the card's: what
// is known while requests are under way.
func Metrics() []Metric {
	return []Metric{
		{
			"error_rate", "share",
			"Requests that ended in an error, a timeout or a broken connection, or could not be sent, ÷ all that ended or could not be sent.",
			func(s []Sample) (float64, bool) {
				first, last := s[0], s[len(s)-1]
				dropped := last.Dropped - first.Dropped
				all := last.Ended - first.Ended + dropped
				return (last.Errors - first.Errors + dropped) / all, all >= enough
			},
		},
		{
			"in_flight", "count", "Users' requests under way, on average: how many wait for an app that hangs.",
			func(s []Sample) (float64, bool) {
				sum := 0.0
				for _, one := range s {
					sum += one.InFlight
				}
				return sum / float64(len(s)), true
			},
		},
		{
			"attempt_rate", "rate", "Requests a second that reach the providers, all together: what an app that retries without end would cost.",
			func(s []Sample) (float64, bool) {
				first, last := s[0], s[len(s)-1]
				took := (last.At - first.At).Seconds()
				return (last.Attempts - first.Attempts) / took, took >= 1
			},
		},
	}
}

// metric is the row of a name, which the scenario's loader has checked.
func metric(name string) Metric {
	all := Metrics()
	return all[slices.IndexFunc(all, func(m Metric) bool { return m.Name == name })]
}

// figure writes a value of the rule's metric as a scenario would.
func (r Rule) figure(v float64) string {
	digits := strconv.FormatFloat(v, 'f', -1, 64)
	switch metric(r.Metric).Unit {
	case "share":
		return strconv.FormatFloat(math.Round(1000*v)/10, 'f', -1, 64) + "%"
	case "rate":
		return strconv.FormatFloat(math.Round(10*v)/10, 'f', -1, 64) + "/s"
	}
	if v != math.Trunc(v) {
		digits = strconv.FormatFloat(v, 'f', 1, 64)
	}
	return digits
}

// A Watch holds one rule against a drill. It is for one goroutine.
type Watch struct {
	Rule
	metric Metric
	recent []Sample
	since  time.Duration // when it rose above the bound last; valid when above
	above  bool
}

// NewWatch watches from the first sample on.
func NewWatch(r Rule) *Watch { return &Watch{Rule: r, metric: metric(r.Metric)} }

// Add takes the next sample and says whether the drill is to end now, and why. While
// too little has happened to measure, what was so goes on: an app that falls silent
// is not taken for one that is well.
func (w *Watch) Add(s Sample) (reason string, stop bool) {
	w.recent = append(w.recent, s)
	// The oldest that is kept is the last before the stretch, which begins with it.
	begin := 0
	for begin+1 < len(w.recent) && w.recent[begin+1].At <= s.At-w.Over {
		begin++
	}
	w.recent = slices.Delete(w.recent, 0, begin)
	value, known := w.metric.value(w.recent)
	if known && (value > w.Max) != w.above {
		w.above, w.since = !w.above, s.At
	}
	if !w.above || s.At-w.since < w.For {
		return "", false
	}
	if !known {
		return fmt.Sprintf("%v; at last too few requests ended to tell", w.Rule), true
	}
	return fmt.Sprintf("%v: %s at last", w.Rule, w.figure(value)), true
}
