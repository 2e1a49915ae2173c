package chart

import (
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// steps is everything that the timeline has, in one grid.
type steps struct {
	step    float64 // s
	n       int
	columns []stepColumn
}

// stepColumn is one thing that is told of each step; nil: nothing to tell.
type stepColumn struct {
	name, unit string
	values     []*float64
}

// steps lays the timeline out in at most so many steps.
func (d Drill) steps(most int) steps {
	stack := StackOf(d.Timeline, most)
	g := steps{step: stack.Step, n: stack.Steps}
	if g.n == 0 {
		return steps{}
	}
	each := g.step / d.Timeline.StepS
	for _, b := range Bands() {
		if counts, ok := stack.Bands[b.Name]; ok {
			g.add(b.Name, "count", pointers(counts))
		}
	}
	for _, s := range d.series("answered") {
		g.add("answered by "+plain.Text(s.Name), "count", pointers(summed(s.Values, g.n, each)))
	}
	for _, s := range d.series("arrivals") {
		g.add("attempts at "+plain.Text(s.Name), "count", pointers(summed(s.Values, g.n, each)))
	}
	for _, s := range d.series("lost") {
		g.add("attempts lost on the way to "+plain.Text(s.Name), "count", pointers(summed(s.Values, g.n, each)))
	}
	for _, what := range curves() {
		for _, s := range d.drawn(what) {
			name := "attempts per request"
			if _, quantile, ok := strings.Cut(s.Name, "_"); ok && s.Group == "quantile" {
				name = what.label + " " + quantile
			}
			g.add(name, what.unit, highest(s.Values, g.n, each))
		}
	}
	return g
}

func (g *steps) add(name, unit string, values []*float64) {
	g.columns = append(g.columns, stepColumn{name, unit, values})
}

func pointers(values []float64) []*float64 {
	all := make([]*float64, len(values))
	for i := range values {
		all[i] = &values[i]
	}
	return all
}

// figure is a cell of a table.
func (c stepColumn) figure(i int) string {
	if c.values[i] == nil {
		return "–"
	}
	return words.Figure(*c.values[i], c.unit)
}

// told says everything about a step that is not nothing.
func (g steps) told(i int) string {
	parts := []string{words.Figure(float64(i)*g.step, "s") + " – " + words.Figure(float64(i+1)*g.step, "s")}
	for _, c := range g.columns {
		if c.values[i] != nil && *c.values[i] != 0 {
			parts = append(parts, c.name+" "+c.figure(i))
		}
	}
	return strings.Join(parts, "\n")
}
