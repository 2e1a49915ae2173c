package chart

import (
	"math"

	"github.com/seed-76a9de92/brownout/scorecard/account"
)

// A Stack is a timeline's outcomes summed up into bands and into few enough
// steps to draw.
type Stack struct {
	Step  float64              // s
	Steps int                  // 0: the timeline has no outcomes
	Bands map[string][]float64 // requests due, by band; a band without any is not there
	Total []float64            // requests due
	Most  float64              // the largest total
}

// StackOf sums the outcome series up into at most columns steps.
func StackOf(line account.Timeline, columns int) Stack {
	s := Stack{Bands: map[string][]float64{}}
	s.Step, s.Steps = grid(line, "outcome", columns)
	s.Total = make([]float64, s.Steps)
	for _, series := range line.Series {
		if series.Group != "outcome" || s.Steps == 0 {
			continue
		}
		name := BandOf(series.Name)
		for i, n := range summed(series.Values, s.Steps, s.Step/line.StepS) {
			if n <= 0 {
				continue
			}
			if s.Bands[name] == nil {
				s.Bands[name] = make([]float64, s.Steps)
			}
			s.Bands[name][i] += n
			s.Total[i] += n
			s.Most = max(s.Most, s.Total[i])
		}
	}
	if s.Most == 0 {
		return Stack{}
	}
	return s
}

// grid gives the step, in seconds, that lays the series of a group out in at
// most columns steps, whole steps of the timeline each, and their number.
func grid(line account.Timeline, group string, columns int) (step float64, steps int) {
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
