package compare

import "slices"

// Lines are the two timelines, in steps of StepS seconds: the share of the requests
// due in a step that were served well, over all runs of a side; nil where none was.
type Lines struct {
	StepS float64    `json:"step_s"`
	A     []*float64 `json:"a"`
	B     []*float64 `json:"b"`
}

func lines(a, b []Run) Lines {
	l := Lines{StepS: a[0].Card.Timeline.StepS}
	l.A, l.B = l.served(a), l.served(b)
	return l
}

// served is the share of requests served well, step by step.
func (l *Lines) served(runs []Run) []*float64 {
	var well, due []float64
	for _, r := range runs {
		if r.Card.Timeline.StepS != l.StepS {
			continue
		}
		for _, s := range r.Card.Timeline.Series {
			if s.Group != "outcome" || s.Name == "unknown" {
				continue
			}
			for i, n := range s.Values {
				if n == nil {
					continue
				}
				for len(due) <= i {
					due, well = append(due, 0), append(well, 0)
				}
				due[i] += *n
				if slices.Contains([]string{"good", "fallback", "cached"}, s.Name) {
					well[i] += *n
				}
			}
		}
	}
	shares := make([]*float64, len(due))
	for i := range due {
		if due[i] > 0 {
			share := well[i] / due[i]
			shares[i] = &share
		}
	}
	return shares
}
