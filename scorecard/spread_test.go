package scorecard_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// ran is the card of a run with one bar on availability.
func ran(verdict scorecard.Verdict, value *float64) *scorecard.Card {
	return &scorecard.Card{Verdict: verdict, Bars: []scorecard.BarResult{{
		Metric: "availability", Phase: "surge", Op: "min", Threshold: 0.9, Unit: "share",
		Value: value, Verdict: verdict,
	}}}
}

func TestSpread(t *testing.T) {
	const pass, fail, open, aborted = scorecard.Pass, scorecard.Fail, scorecard.Inconclusive, scorecard.Aborted
	at := func(v float64) *float64 { return &v }
	type result struct {
		Verdict          scorecard.Verdict
		Worst, N         int
		Min, Median, Max *float64
	}
	for _, tt := range []struct {
		name string
		runs []*scorecard.Card
		want result
	}{
		{"one", []*scorecard.Card{ran(pass, at(0.95))}, result{pass, 1, 1, at(0.95), at(0.95), at(0.95)}},
		{
			"one of three fails",
			[]*scorecard.Card{ran(pass, at(0.95)), ran(fail, at(0.8)), ran(pass, at(0.99))},
			result{fail, 2, 3, at(0.8), at(0.95), at(0.99)},
		},
		{
			"an even number has a measured median",
			[]*scorecard.Card{ran(pass, at(0.91)), ran(pass, at(0.94)), ran(pass, at(0.92)), ran(pass, at(0.93))},
			result{pass, 1, 4, at(0.91), at(0.92), at(0.94)},
		},
		{"inconclusive is worse than pass", []*scorecard.Card{ran(pass, at(0.95)), ran(open, nil)}, result{open, 2, 1, at(0.95), at(0.95), at(0.95)}},
		{"and better than fail", []*scorecard.Card{ran(fail, at(0.5)), ran(open, nil)}, result{fail, 1, 1, at(0.5), at(0.5), at(0.5)}},
		{"stopped is the worst", []*scorecard.Card{ran(fail, at(0.5)), ran(aborted, nil)}, result{aborted, 2, 1, at(0.5), at(0.5), at(0.5)}},
		{"a run without the bar", []*scorecard.Card{ran(pass, at(0.95)), {Verdict: open}}, result{open, 2, 1, at(0.95), at(0.95), at(0.95)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := scorecard.SpreadOf(tt.runs)
			bar := s.Bars[0]
			if diff := cmp.Diff(tt.want, result{bar.Verdict, s.Worst, bar.N, bar.Min, bar.Median, bar.Max}); diff != "" {
				t.Error(diff)
			}
			if s.Verdict != tt.want.Verdict || len(bar.Verdicts) != len(tt.runs) {
				t.Errorf("verdict %s, %d verdicts of the bar", s.Verdict, len(bar.Verdicts))
			}
		})
	}
}

func TestSpreadOfNothing(t *testing.T) {
	if s := scorecard.SpreadOf(nil); s.Verdict != scorecard.Inconclusive || s.Worst != 0 {
		t.Errorf("no run at all is %s, worst %d", s.Verdict, s.Worst)
	}
}
