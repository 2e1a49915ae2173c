package chart

import (
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A curve names the series of one strip, the upper line first; the name "" is any.
type curve struct {
	group, label, unit, note string
	names                    []string
}

// curves is the table of the strips of lines, from the top.
func curves() []curve {
	return []curve{
		{"attempts", "per request", "x", "attempts", []string{""}},
		{"quantile", "first token", "s", "— p95  ┄ p50", []string{"ttft_p95", "ttft_p50"}},
		{"quantile", "latency", "s", "— p95  ┄ p50", []string{"latency_p95", "latency_p50"}},
	}
}

// lines plots what is measured in lines: attempts per request, and how long users
// waited.
func (c *Timeline) lines(d Drill, y float64, columns int) float64 {
	for _, what := range curves() {
		y = c.curve(d, y, what, columns)
	}
	return y
}

func (c *Timeline) curve(d Drill, y float64, what curve, columns int) float64 {
	const height = 46
	step, steps := grid(d.Timeline, what.group, columns)
	s := strip{Y: y, Height: height, Label: what.label, Note: what.note}
	found := d.drawn(what)
	top := 0.0
	for _, one := range found {
		for _, p := range one.Values {
			if p != nil {
				top = max(top, *p)
			}
		}
	}
	if top <= 0 || steps == 0 {
		return y
	}
	s.Top = "max " + words.Figure(top, what.unit)
	for i, one := range found {
		line := area{
			Class: fmt.Sprintf("l-%d", min(i, 1)), Fill: "#57606a", Line: true,
			D: c.trace(s, highest(one.Values, steps, step/d.Timeline.StepS), top, step),
		}
		if i > 0 {
			line.Dashes = "2 3"
		}
		s.Areas = append(s.Areas, line)
	}
	c.Strips = append(c.Strips, s)
	return y + height + 16
}

// drawn are the series of a strip of lines.
func (d Drill) drawn(what curve) []account.Series {
	var found []account.Series
	for _, name := range what.names {
		for _, s := range d.series(what.group) {
			if name == "" || s.Name == name {
				found = append(found, s)
			}
		}
	}
	return found
}

// trace draws a line through the middles of the steps, broken where nothing was
// measured.
func (c *Timeline) trace(s strip, values []*float64, top, step float64) string {
	var b strings.Builder
	move := true
	for i, v := range values {
		if v == nil {
			move = true
			continue
		}
		x, y := number(c.x((float64(i)+0.5)*step)), number(s.Y+s.Height*(1-max(*v, 0)/top))
		if move {
			// Of no length but with round ends: one value alone still shows.
			fmt.Fprintf(&b, "M%s %sh0", x, y)
		} else {
			fmt.Fprintf(&b, "L%s %s", x, y)
		}
		move = false
	}
	return b.String()
}

// highest takes the largest of each so many values: the peaks of a curve are
// what matters.
func highest(values []*float64, steps int, each float64) []*float64 {
	peaks := make([]*float64, steps)
	for i, v := range values {
		if j := int(float64(i) / each); v != nil && j < steps && (peaks[j] == nil || *v > *peaks[j]) {
			peaks[j] = v
		}
	}
	return peaks
}
