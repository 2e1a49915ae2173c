package report

import (
	"math"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// stacked is the timeline's outcomes summed up into bands and into few enough
// steps to draw.
type stacked struct {
	step  float64              // s
	steps int                  // 0: the card has no timeline
	bands map[string][]float64 // requests due, by band; a band without any is not there
	total []float64            // requests due
	most  float64              // the largest total
}

// stack sums the card's outcome series up into at most columns steps.
func stack(card *scorecard.Card, columns int) stacked {
	s := stacked{bands: map[string][]float64{}}
	s.step, s.steps = grid(card.Timeline, "outcome", columns)
	s.total = make([]float64, s.steps)
	for _, series := range card.Timeline.Series {
		if series.Group != "outcome" || s.steps == 0 {
			continue
		}
		name := bandOf(series.Name)
		for i, n := range summed(series.Values, s.steps, s.step/card.Timeline.StepS) {
			if n <= 0 {
				continue
			}
			if s.bands[name] == nil {
				s.bands[name] = make([]float64, s.steps)
			}
			s.bands[name][i] += n
			s.total[i] += n
			s.most = max(s.most, s.total[i])
		}
	}
	if s.most == 0 {
		return stacked{}
	}
	return s
}

// grid gives the step, in seconds, that lays the series of a group out in at
// most columns steps, whole steps of the timeline each, and their number.
func grid(line scorecard.Timeline, group string, columns int) (step float64, steps int) {
	longest := 0
	for _, s := range line.Series {
		if s.Group == group {
			longest = max(longest, len(s.Values))
		}
	}
	if line.StepS <= 0 || math.IsInf(line.StepS, 0) || math.IsNaN(line.StepS) || longest == 0 || columns <= 0 {
		return 0, 0
	}
	each := (longest + columns - 1) / columns
	return line.StepS * float64(each), (longest + each - 1) / each
}

// summed adds values up, each so many to a step.
func summed(values []*float64, steps int, each float64) []float64 {
	sums := make([]float64, steps)
	for i, v := range values {
		if j := int(float64(i) / math.Round(each)); v != nil && j < steps {
			sums[j] += *v
		}
	}
	return sums
}
