package scorecard

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Spread is what several runs of one scenario came to: the verdict of the
// worst, and how far each bar's value moved from run to run. It is what one run
// cannot show, for the requests of a run are not independent of each other.
type Spread struct {
	Schema   int             `json:"schema"`
	Scenario record.Scenario `json:"scenario"`
	App      string          `json:"app"`
	Verdict  Verdict         `json:"verdict"` // of the worst run
	Worst    int             `json:"worst"`   // that run, from 1; 0: there was none
	Runs     []SpreadRun     `json:"runs"`
	Bars     []BarSpread     `json:"bars"`
}

// SpreadRun sums up one run.
type SpreadRun struct {
	Verdict  Verdict  `json:"verdict"`
	Grade    string   `json:"grade"`
	Score    *float64 `json:"score"`
	Sentence string   `json:"sentence"`
}

// BarSpread is one bar over all runs. Min, Median and Max are of the runs that
// measured it, N of them, and nil when none did; of an even number of runs the
// median is the lower middle one, a value that was measured.
type BarSpread struct {
	Metric    string    `json:"metric"`
	Phase     string    `json:"phase"`
	Journey   string    `json:"journey"`
	Provider  string    `json:"provider"`
	Op        string    `json:"op"`
	Threshold float64   `json:"threshold"`
	Unit      string    `json:"unit"`
	Severity  string    `json:"severity"`
	N         int       `json:"n"`
	Min       *float64  `json:"min"`
	Median    *float64  `json:"median"`
	Max       *float64  `json:"max"`
	Verdict   Verdict   `json:"verdict"` // the worst of the runs
	Verdicts  []Verdict `json:"verdicts"`
}

// SpreadOf sums up the cards of runs of one scenario, in the order they were
// played. A bar is known by what it asks and where, so that a run that lacks it
// (its log broke off before the setup) counts as inconclusive there.
func SpreadOf(cards []*Card) Spread {
	s := Spread{Schema: record.Schema, Runs: []SpreadRun{}, Bars: []BarSpread{}}
	for i, card := range cards {
		s.Runs = append(s.Runs, SpreadRun{card.Verdict, card.Grade, card.Score, card.Sentence})
		if i == 0 || card.Verdict.WorseThan(s.Verdict) {
			s.Verdict, s.Worst = card.Verdict, i+1
			s.Scenario, s.App = card.Scenario, card.App
		}
		for _, bar := range card.Bars {
			if !slices.ContainsFunc(s.Bars, func(b BarSpread) bool { return b.is(bar) }) {
				s.Bars = append(s.Bars, BarSpread{
					Metric: bar.Metric, Phase: bar.Phase, Journey: bar.Journey, Provider: bar.Provider,
					Op: bar.Op, Threshold: bar.Threshold, Unit: bar.Unit, Severity: bar.Severity,
				})
			}
		}
	}
	for i := range s.Bars {
		s.Bars[i].over(cards)
	}
	return s
}

// WorseThan says whether a drill that ends with v ended worse than one with other:
// an aborted one than a failed one, that than an inconclusive one.
func (v Verdict) WorseThan(other Verdict) bool {
	order := []Verdict{Pass, Inconclusive, Fail, Aborted}
	return slices.Index(order, v) > slices.Index(order, other)
}

// is says whether the result is this bar's.
func (b *BarSpread) is(r BarResult) bool {
	return b.Metric == r.Metric && b.Phase == r.Phase && b.Journey == r.Journey &&
		b.Provider == r.Provider && b.Op == r.Op && b.Threshold == r.Threshold
}

// over fills in what the runs came to.
func (b *BarSpread) over(cards []*Card) {
	var values []float64
	for i, card := range cards {
		verdict := Inconclusive
		if at := slices.IndexFunc(card.Bars, b.is); at >= 0 {
			verdict = card.Bars[at].Verdict
			if v := card.Bars[at].Value; v != nil {
				values = append(values, *v)
			}
		}
		b.Verdicts = append(b.Verdicts, verdict)
		if i == 0 || verdict.WorseThan(b.Verdict) {
			b.Verdict = verdict
		}
	}
	slices.SortFunc(values, cmp.Compare[float64])
	if b.N = len(values); b.N > 0 {
		b.Min, b.Median, b.Max = &values[0], &values[(b.N-1)/2], &values[b.N-1]
	}
}
