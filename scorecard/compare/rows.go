package compare

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// A Row is one metric on one window, on both sides.
type Row struct {
	Metric   string `json:"metric"`
	Phase    string `json:"phase"`
	Journey  string `json:"journey"`
	Provider string `json:"provider"`
	Unit     string `json:"unit"`
	A        Center `json:"a"`
	B        Center `json:"b"`
	// Change is B − A, nil where a side has no value. Interval is its 95 % interval,
	// of the share of users among paired requests.
	Change   *float64  `json:"change"`
	Interval *Interval `json:"interval,omitempty"`
	// Typical is the median of what times changed by, request by request, of those
	// answered on both sides: the change of a user, where Change is that of a quantile.
	Typical *Interval `json:"typical,omitempty"`
	Test    string    `json:"test"` // pairs, runs or none
	N       int       `json:"n"`    // pairs of requests, or runs of the smaller side
	// More and Fewer are the pairs that differ: in which B has what is counted (for
	// times: is the slower one), and in which A has. Witnesses are the seconds that
	// lean to a side.
	More      int      `json:"more"`
	Fewer     int      `json:"fewer"`
	Witnesses int      `json:"witnesses"`
	P         *float64 `json:"p"`         // of the test alone; nil: none
	Judged    bool     `json:"judged"`    // a claim may be made of it
	Corrected *float64 `json:"corrected"` // P by Holm, among the judged
	Claim     Claim    `json:"claim"`
	Reason    string   `json:"reason,omitempty"` // why there is no test, or no claim
	// Bars are those on this row, as either side was judged by them.
	Bars []Bar `json:"bars,omitempty"`

	leaning int    // of the test: below 0 A has more, above 0 B
	better  string // low or high
}

// A Claim is what a row is said to show.
type Claim string

// Claims. The zero one is made of nothing.
const (
	Better Claim = "better"
	Worse  Claim = "worse"
	Same   Claim = "no difference shown"
)

// A Bar is a threshold on a row, and what the worst run of each side came to by it: nil
// where no run of the side has it.
type Bar struct {
	Op        string             `json:"op"`
	Threshold float64            `json:"threshold"`
	A         *scorecard.Verdict `json:"a"`
	B         *scorecard.Verdict `json:"b"`
}

// Center is a metric over the runs of a side: their median. Of a value that is only
// known to be more than something, Low is that, and Value nil.
type Center struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	Min   *float64 `json:"min,omitempty"` // of several runs
	Max   *float64 `json:"max,omitempty"`
	Runs  int      `json:"runs"` // that measured it
}

// key is what a row is about.
type key struct{ metric, phase, journey, provider string }

// rows lays out every metric that a side has measured, as the cards order them.
func rows(a, b []Run, p pairs) []Row {
	metrics := map[string]measure.Metric{}
	for _, m := range measure.Metrics() {
		metrics[m.Name] = m
	}
	judged, bars := wanted(a, b), barsOf(a, b)
	left, right := measures(a), measures(b)
	var rows []Row
	for _, k := range order(a, b) {
		r := Row{
			Metric: k.metric, Phase: k.phase, Journey: k.journey, Provider: k.provider,
			Unit: metrics[k.metric].Unit, better: metrics[k.metric].Better, Judged: judged[k],
			A: centerOf(left[k]), B: centerOf(right[k]), Test: ByNone, Bars: bars[k],
		}
		if r.A.Runs == 0 && r.B.Runs == 0 {
			continue
		}
		if r.A.Value != nil && r.B.Value != nil {
			change := *r.B.Value - *r.A.Value
			r.Change = &change
		}
		r.test(p, left[k], right[k])
		rows = append(rows, r)
	}
	return rows
}

// measures gathers what was measured, by what it is about.
func measures(runs []Run) map[key][]measure.Measure {
	found := map[key][]measure.Measure{}
	for _, r := range runs {
		for _, m := range r.Card.Metrics {
			if m.Measured {
				k := key{m.Name, m.Phase, m.Journey, m.Provider}
				found[k] = append(found[k], m)
			}
		}
	}
	return found
}

// order gives all rows of all cards once, the first card's first.
func order(a, b []Run) []key {
	var keys []key
	seen := map[key]bool{}
	for _, r := range slices.Concat(a, b) {
		for _, m := range r.Card.Metrics {
			k := key{m.Name, m.Phase, m.Journey, m.Provider}
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// wanted are the rows that somebody asked for: what bars are about, and always
// availability, of the drill and of each phase with a fault, and harm.
func wanted(a, b []Run) map[key]bool {
	wanted := map[key]bool{{metric: "availability"}: true, {metric: "harm"}: true}
	for _, r := range slices.Concat(a, b) {
		for _, bar := range r.Card.Bars {
			wanted[key{bar.Metric, bar.Phase, bar.Journey, bar.Provider}] = true
		}
		for _, phase := range r.Card.Phases {
			if len(phase.Faults) > 0 {
				wanted[key{metric: "availability", phase: phase.Name}] = true
			}
		}
	}
	return wanted
}

// barsOf gives the bars on each row.
func barsOf(a, b []Run) map[key][]Bar {
	found := map[key][]Bar{}
	add := func(runs []Run, side func(*Bar) **scorecard.Verdict) {
		for _, r := range runs {
			for _, bar := range r.Card.Bars {
				k := key{bar.Metric, bar.Phase, bar.Journey, bar.Provider}
				i := slices.IndexFunc(found[k], func(known Bar) bool { return known.Op == bar.Op && known.Threshold == bar.Threshold })
				if i < 0 {
					i = len(found[k])
					found[k] = append(found[k], Bar{Op: bar.Op, Threshold: bar.Threshold})
				}
				if worst := side(&found[k][i]); *worst == nil || bar.Verdict.WorseThan(**worst) {
					*worst = &bar.Verdict
				}
			}
		}
	}
	add(a, func(b *Bar) **scorecard.Verdict { return &b.A })
	add(b, func(b *Bar) **scorecard.Verdict { return &b.B })
	return found
}

// centerOf sums up a metric over runs.
func centerOf(found []measure.Measure) Center {
	c := Center{Runs: len(found)}
	if len(found) == 0 {
		return c
	}
	values := valuesOf(found)
	slices.Sort(values)
	at := (len(found) - 1) / 2 // a value that was measured
	bounds := len(found) - len(values)
	if len(values) <= at {
		lows := make([]float64, 0, bounds)
		for _, m := range found {
			if m.Value == nil && m.Low != nil {
				lows = append(lows, *m.Low)
			}
		}
		if len(lows) > 0 {
			low := slices.Min(lows)
			c.Low = &low
		}
		return c
	}
	c.Value = &values[at]
	if len(found) > 1 && bounds == 0 {
		c.Min, c.Max = &values[0], &values[len(values)-1]
	}
	return c
}

func valuesOf(found []measure.Measure) []float64 {
	var values []float64
	for _, m := range found {
		if m.Value != nil {
			values = append(values, *m.Value)
		}
	}
	return values
}
