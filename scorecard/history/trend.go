package history

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// A Trend is how the graded runs of a scenario against an app went over time.
type Trend struct {
	Scenario string      `json:"scenario"` // and traffic, see [Run.Played]
	App      string      `json:"app"`
	Starts   []time.Time `json:"starts"` // of its runs
	Series   []Series    `json:"series"` // the score first, then each dimension that a run has
	Quarters []string    `json:"quarters"`
}

// Series is one figure, 0–100, over the runs of a trend: nil where a run lacks it.
type Series struct {
	Name   string     `json:"name"`
	Values []*float64 `json:"values"`
	// Quarters holds the median of each quarter of the trend, nil for none.
	Quarters []*float64 `json:"quarters"`
}

// trends lays out the graded runs of each scenario, its traffic and app.
func trends(runs []Run) []Trend {
	type of struct{ scenario, app string }
	graded := map[of][]Run{}
	var order []of
	for _, r := range runs {
		k := of{r.Played(), r.App}
		if r.Score == nil {
			continue
		}
		if graded[k] == nil {
			order = append(order, k)
		}
		graded[k] = append(graded[k], r)
	}
	slices.SortFunc(order, func(a, b of) int { return cmp.Or(cmp.Compare(a.scenario, b.scenario), cmp.Compare(a.app, b.app)) })
	all := []Trend{}
	for _, k := range order {
		all = append(all, trendOf(k.scenario, k.app, graded[k]))
	}
	return all
}

func trendOf(scenario, app string, runs []Run) Trend {
	t := Trend{Scenario: scenario, App: app}
	for _, r := range runs {
		t.Starts = append(t.Starts, r.StartedAt)
		if q := Quarter(r.StartedAt); !slices.Contains(t.Quarters, q) {
			t.Quarters = append(t.Quarters, q)
		}
	}
	add := func(name string, value func(Run) *float64) {
		s := Series{Name: name}
		by := map[string][]float64{}
		measured := 0
		for _, r := range runs {
			v := value(r)
			s.Values = append(s.Values, v)
			if v != nil {
				measured++
				by[Quarter(r.StartedAt)] = append(by[Quarter(r.StartedAt)], *v)
			}
		}
		if measured == 0 {
			return
		}
		for _, q := range t.Quarters {
			s.Quarters = append(s.Quarters, median(by[q]))
		}
		t.Series = append(t.Series, s)
	}
	add("score", func(r Run) *float64 { return r.Score })
	for _, name := range scorecard.Dimensions() {
		add(name, func(r Run) *float64 {
			if v, ok := r.Dims[name]; ok {
				return &v
			}
			return nil
		})
	}
	return t
}

// Quarter names the quarter of a year: "2026 Q4".
func Quarter(at time.Time) string {
	at = at.UTC()
	return fmt.Sprintf("%d Q%d", at.Year(), (int(at.Month())+2)/3)
}

// median is the middle of values, of an even number the mean of the two in the middle,
// nil for none.
func median(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	m := (values[(len(values)-1)/2] + values[len(values)/2]) / 2
	return &m
}
