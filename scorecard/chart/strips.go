package chart

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/words"
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
		Top: fmt.Sprintf("%s per %s", words.Figure(line.Most, ""), words.Figure(line.Step, "s")),
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
	return c.byProvider(d, strip{Y: y, Height: 34, Label: "answered by", Top: "share"}, byProvider{"answered", columns, true})
}

// arrivals plots the attempts that reached each provider.
func (c *Timeline) arrivals(d Drill, y float64, columns int) float64 {
	return c.byProvider(d, strip{Y: y, Height: 46, Label: "attempts"}, byProvider{"arrivals", columns, false})
}

// lost plots the attempts that were lost with their connections on the way to each
// provider, where there were any.
func (c *Timeline) lost(d Drill, y float64, columns int) float64 {
	return c.byProvider(d, strip{Y: y, Height: 34, Label: "lost"}, byProvider{"lost", columns, false})
}

// byProvider asks for a strip of a group of series, a provider each, in so many
// columns: as shares of what there is in a step, or as they are.
type byProvider struct {
	group   string
	columns int
	shares  bool
}

func (c *Timeline) byProvider(d Drill, s strip, what byProvider) float64 {
	step, steps := grid(d.Timeline, what.group, what.columns)
	if steps == 0 {
		return s.Y
	}
	all := d.series(what.group)
	total, sums := make([]float64, steps), make([][]float64, len(all))
	for k, from := range all {
		sums[k] = summed(from.Values, steps, step/d.Timeline.StepS)
		for i, n := range sums[k] {
			total[i] += n
		}
	}
	most := slices.Max(total)
	full := func(i int) float64 { return total[i] }
	if !what.shares {
		full = func(int) float64 { return most }
		s.Top = fmt.Sprintf("%s per %s", words.Figure(most, ""), words.Figure(step, "s"))
	}
	below := make([]float64, steps)
	for k, from := range all {
		p := d.look(from.Name)
		path := c.columns(s, step, sums[k], below, full)
		s.Areas = append(s.Areas, area{Class: p.Name, Fill: p.Fill, Hatch: pattern(p.Hatch), D: path})
	}
	c.Strips = append(c.Strips, s)
	return s.Y + s.Height + 16
}

// series are those of one group, in the order of the timeline.
func (d Drill) series(group string) []account.Series {
	var found []account.Series
	for _, s := range d.Timeline.Series {
		if s.Group == group {
			found = append(found, s)
		}
	}
	return found
}

// look is how a provider is drawn, the same in every strip: the first as what is
// good, the second as a fallback.
func (d Drill) look(provider string) Band {
	looks := []Band{
		{Name: "p-0", Fill: "#2f9e75"},
		{Name: "p-1", Fill: "#4c7fe0", Hatch: "lines"},
		{Name: "p-2", Fill: "#b07aa1", Hatch: "dots"},
		{Name: "p-3", Fill: "#8a8f98", Hatch: "back"},
		{Name: "p-4", Fill: "#e0913a", Hatch: "grid"},
		{Name: "p-5", Fill: "#d9c04a", Hatch: "level"},
	}
	i := slices.Index(d.Providers, provider)
	if i < 0 {
		i = max(slices.Index(d.named(), provider), 0)
	}
	return looks[min(i, len(looks)-1)]
}

// named are the providers that the timeline has, in its order.
func (d Drill) named() []string {
	var names []string
	for _, s := range slices.Concat(d.series("answered"), d.series("arrivals"), d.series("lost")) {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
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
