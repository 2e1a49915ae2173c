package report

import (
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// outcomes plots the requests due, by outcome, one on top of the other, the best
// at the bottom. It returns the y below.
func (c *chart) outcomes(v *view, y float64, columns int) float64 {
	const height = 170
	line := stack(v.card, columns)
	if line.steps == 0 {
		return y
	}
	strip := chartStrip{
		Y: y, Height: height, Label: "outcomes",
		Top: fmt.Sprintf("%s per %s", scorecard.Figure(line.most, ""), scorecard.Figure(line.step, "s")),
	}
	below := make([]float64, line.steps)
	for _, b := range bands() {
		counts, ok := line.bands[b.name]
		if !ok {
			continue
		}
		path := c.columns(strip, line.step, counts, below, func(int) float64 { return line.most })
		strip.Areas = append(strip.Areas, chartArea{Class: "b-" + b.name, Fill: b.fill, Hatch: hatch(b.hatch), D: path})
	}
	c.Strips = append(c.Strips, strip)
	return y + height + 16
}

// answered plots who answered the users, as shares of what was answered.
func (c *chart) answered(v *view, y float64, columns int) float64 {
	const height = 34
	step, steps := grid(v.card.Timeline, "answered", columns)
	if steps == 0 {
		return y
	}
	total := make([]float64, steps)
	var series [][]float64
	for _, s := range v.answerers() {
		sums := summed(s.Values, steps, step/v.card.Timeline.StepS)
		series = append(series, sums)
		for i, n := range sums {
			total[i] += n
		}
	}
	strip := chartStrip{Y: y, Height: height, Label: "answered by", Top: "share"}
	below := make([]float64, steps)
	for i, sums := range series {
		p := providerBand(i)
		path := c.columns(strip, step, sums, below, func(i int) float64 { return total[i] })
		strip.Areas = append(strip.Areas, chartArea{Class: p.name, Fill: p.fill, Hatch: hatch(p.hatch), D: path})
	}
	c.Strips = append(c.Strips, strip)
	return y + height + 16
}

// answerers are the series of providers that answered users, in the card's
// order.
func (v *view) answerers() []scorecard.Series {
	var found []scorecard.Series
	for _, s := range v.card.Timeline.Series {
		if s.Group == "answered" {
			found = append(found, s)
		}
	}
	return found
}

// providerBand is how the i-th provider is drawn: the first as what is good, the
// second as a fallback.
func providerBand(i int) band {
	looks := []band{
		{name: "p-0", fill: "#2f9e75"},
		{name: "p-1", fill: "#4c7fe0", hatch: "lines"},
		{name: "p-2", fill: "#b07aa1", hatch: "dots"},
		{name: "p-3", fill: "#8a8f98", hatch: "back"},
	}
	return looks[min(i, len(looks)-1)]
}

// columns draws counts as columns on top of below, which it raises, as a path.
func (c *chart) columns(s chartStrip, step float64, counts, below []float64, full func(int) float64) string {
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

// hatch is the reference to a pattern of the page, "" for none.
func hatch(name string) string {
	if name == "" {
		return ""
	}
	return "url(#hatch-" + name + ")"
}
