package chart

import (
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// outcomes plots the requests due, by outcome, one on top of the other, the best
// at the bottom. It returns the y below.
func (c *Timeline) outcomes(d Drill, y float64, columns int) float64 {
	const height = 170
	line := StackOf(d.Timeline, columns)
	if line.Steps == 0 {
		return y
	}
	s := strip{
		Y: y, Height: height, Label: "outcomes",
		Top: fmt.Sprintf("%s per %s", scorecard.Figure(line.Most, ""), scorecard.Figure(line.Step, "s")),
	}
	below := make([]float64, line.Steps)
	for _, b := range Bands() {
		counts, ok := line.Bands[b.Name]
		if !ok {
			continue
		}
		path := c.columns(s, line.Step, counts, below, func(int) float64 { return line.Most })
		s.Areas = append(s.Areas, area{Class: "b-" + b.Name, Fill: b.Fill, Hatch: pattern(b.Hatch), D: path})
	}
	c.Strips = append(c.Strips, s)
	return y + height + 16
}

// answered plots who answered the users, as shares of what was answered.
func (c *Timeline) answered(d Drill, y float64, columns int) float64 {
	const height = 34
	step, steps := grid(d.Timeline, "answered", columns)
	if steps == 0 {
		return y
	}
	total := make([]float64, steps)
	var series [][]float64
	for _, s := range d.answerers() {
		sums := summed(s.Values, steps, step/d.Timeline.StepS)
		series = append(series, sums)
		for i, n := range sums {
			total[i] += n
		}
	}
	s := strip{Y: y, Height: height, Label: "answered by", Top: "share"}
	below := make([]float64, steps)
	for i, sums := range series {
		p := providerBand(i)
		path := c.columns(s, step, sums, below, func(i int) float64 { return total[i] })
		s.Areas = append(s.Areas, area{Class: p.Name, Fill: p.Fill, Hatch: pattern(p.Hatch), D: path})
	}
	c.Strips = append(c.Strips, s)
	return y + height + 16
}

// answerers are the series of providers that answered users, in the order
// of the timeline.
func (d Drill) answerers() []scorecard.Series {
	var found []scorecard.Series
	for _, s := range d.Timeline.Series {
		if s.Group == "answered" {
			found = append(found, s)
		}
	}
	return found
}

// providerBand is how the i-th provider is drawn: the first as what is good, the
// second as a fallback.
func providerBand(i int) Band {
	looks := []Band{
		{Name: "p-0", Fill: "#2f9e75"},
		{Name: "p-1", Fill: "#4c7fe0", Hatch: "lines"},
		{Name: "p-2", Fill: "#b07aa1", Hatch: "dots"},
		{Name: "p-3", Fill: "#8a8f98", Hatch: "back"},
	}
	return looks[min(i, len(looks)-1)]
}

// columns draws counts as columns on top of below, which it raises, as a path.
func (c *Timeline) columns(s strip, step float64, counts, below []float64, full func(int) float64) string {
	var b strings.Builder
	for i, n := range counts {
		if n <= 0 || full(i) <= 0 {
			continue
		}
		left, right := c.x(float64(i)*step), c.x(float64(i+1)*step)
		bottom := s.Y + s.Height*(1-below[i]/full(i))
		below[i] += n
		top := s.Y + s.Height*(1-below[i]/full(i))
		gap := 0.0
		if right-left > 5 {
			gap = 1
		}
		fmt.Fprintf(&b, "M%s %sH%sV%sH%sZ", number(left), number(bottom), number(right-gap), number(top), number(left))
	}
	return b.String()
}

// pattern is the reference to a pattern of the page, "" for none.
func pattern(name string) string {
	if name == "" {
		return ""
	}
	return "url(#hatch-" + name + ")"
}
