package compare

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchmath"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// test puts the row to the strongest test that there is for it.
func (r *Row) test(p pairs, a, b []measure.Measure) {
	on := p.on[window{r.Phase, r.Journey}]
	count, counted := counts()[r.Metric]
	time, quantile, timed := timeOf(r.Metric)
	switch {
	case r.Provider == "" && counted && len(on) > 0:
		r.pairs(on, func(one *pairOf) int { return one.leaning(count) })
	case r.Provider == "" && timed && len(on) > 0:
		middle := pooled(on, time, quantile)
		r.pairs(on, func(one *pairOf) int {
			return cmp.Compare(time(one.b), middle) - cmp.Compare(time(one.a), middle)
		})
		r.typical(on, time)
	case len(a) >= enoughRuns && len(b) >= enoughRuns:
		r.runs(a, b)
	case p.Requests > 0:
		r.Reason = "one value a run, which no two runs make a test of: it takes 4 a side"
	default:
		r.Reason = "it takes 4 runs a side"
	}
}

// counts is what the metrics that count users count.
func counts() map[string]func(scorecard.Fate) bool {
	outcome := func(name string) func(scorecard.Fate) bool {
		return func(f scorecard.Fate) bool { return strings.TrimPrefix(f.Outcome, "slow_") == name }
	}
	return map[string]func(scorecard.Fate) bool{
		"availability":   func(f scorecard.Fate) bool { return f.Served },
		"usable_share":   func(f scorecard.Fate) bool { return f.Usable },
		"harm":           func(f scorecard.Fate) bool { return f.Harmed },
		"undeclared":     func(f scorecard.Fate) bool { return f.Undeclared },
		"error_rate":     outcome("error"),
		"degraded_share": outcome("degraded"),
		"fallback_share": outcome("fallback"),
	}
}

// timeOf gives the time that a metric is a quantile of.
func timeOf(metric string) (of func(scorecard.Fate) record.Seconds, quantile float64, ok bool) {
	name, q, _ := strings.Cut(metric, "_p")
	switch name {
	case "ttft":
		of = func(f scorecard.Fate) record.Seconds { return f.TTFT }
	case "latency":
		of = func(f scorecard.Fate) record.Seconds { return f.Latency }
	default:
		return nil, 0, false
	}
	quantile, ok = map[string]float64{"50": 0.50, "95": 0.95, "99": 0.99}[q]
	return of, quantile, ok
}

// leaning says which side alone has what is counted: 1 B, −1 A, 0 both or none.
func (p *pairOf) leaning(has func(scorecard.Fate) bool) int {
	a, b := has(p.a), has(p.b)
	switch {
	case a == b:
		return 0
	case b:
		return 1
	}
	return -1
}

// pairs tests the row by paired requests, each of which leans to one side or none.
func (r *Row) pairs(on []*pairOf, leaning func(*pairOf) int) {
	r.Test, r.N = ByPairs, len(on)
	sums := map[witness]int{}
	for i := range on {
		d := leaning(on[i])
		if d == 0 {
			continue
		}
		if d > 0 {
			r.More++
		} else {
			r.Fewer++
		}
		sums[on[i].witness()] += d
		r.leaning += d
	}
	testimony := make([]int, 0, len(sums))
	for _, d := range sums {
		if d != 0 {
			testimony = append(testimony, d)
		}
	}
	r.Witnesses = len(testimony)
	slices.Sort(testimony) // sums of floats depend on their order
	p := signFlip(testimony)
	r.P = &p
	if r.Unit != "share" {
		return
	}
	r.Interval = changeOf(testimony, len(on))
}

// changeOf is the interval of a change of a share among n pairs. Two pairs are added
// that differ either way (as Agresti and Min do), so that no few pairs without a
// difference prove that there is none.
func changeOf(testimony []int, n int) *Interval {
	net, squares := 0.0, 2.0
	for _, d := range testimony {
		net += float64(d)
		squares += float64(d) * float64(d)
	}
	total := float64(n) + 2
	half := 1.96 * math.Sqrt(max(squares-net*net/total, 0)) / total
	return &Interval{Mid: net / float64(n), Low: max(net/total-half, -1), High: min(net/total+half, 1)}
}

// pooled is a quantile of a time over both sides. Whose times lie above it more
// often has the longer tail there; neither side's own quantile would be fair to both.
func pooled(on []*pairOf, time func(scorecard.Fate) record.Seconds, quantile float64) record.Seconds {
	times := make([]record.Seconds, 0, 2*len(on))
	for i := range on {
		times = append(times, time(on[i].a), time(on[i].b))
	}
	slices.Sort(times)
	return times[min(max(int(math.Ceil(quantile*float64(len(times))-1e-9)), 1), len(times))-1]
}

// typical finds by how much a time changed for those answered on both sides: a
// median for each witness, and the median of these.
func (r *Row) typical(on []*pairOf, time func(scorecard.Fate) record.Seconds) {
	if !strings.HasSuffix(r.Metric, "_p50") {
		return
	}
	changes := map[witness][]float64{}
	for i := range on {
		if one := on[i]; one.a.Answered && one.b.Answered {
			at := one.witness()
			changes[at] = append(changes[at], (time(one.b) - time(one.a)).Float())
		}
	}
	medians := make([]float64, 0, len(changes))
	for _, of := range changes {
		medians = append(medians, medianOf(of))
	}
	if in, ok := medianInterval(medians); ok {
		r.Typical = &in
	}
}

// runs tests the row by whole runs. A value that is only known to be more than
// something is taken for more than all that are known.
func (r *Row) runs(a, b []measure.Measure) {
	r.Test, r.N = ByRuns, min(len(a), len(b))
	alpha := benchmath.DefaultThresholds
	left, right := ranked(a), ranked(b)
	c := benchmath.AssumeNothing.Compare(benchmath.NewSample(left, &alpha), benchmath.NewSample(right, &alpha))
	r.P = &c.P
	for _, x := range left {
		for _, y := range right {
			r.leaning += cmp.Compare(y, x)
		}
	}
}

func ranked(found []measure.Measure) []float64 {
	values := make([]float64, 0, len(found))
	for _, m := range found {
		if m.Value != nil {
			values = append(values, *m.Value)
		} else {
			values = append(values, math.Inf(1))
		}
	}
	return values
}
