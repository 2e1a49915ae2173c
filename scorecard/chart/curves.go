package chart

import (
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// curves plots what is measured in lines: attempts per request, and how long
// users waited.
func (c *Timeline) curves(d Drill, y float64, columns int) float64 {
	y = c.curve(d, y, curve{"attempts", "attempts", "x", "per request", []string{""}}, columns)
	return c.curve(d, y, curve{"quantile", "latency", "s", "p95 over p50", []string{"latency_p95", "latency_p50"}}, columns)
}

// A curve names the series of one strip; the name "" is any.
type curve struct {
	group, label, unit, note string
	names                    []string
}

func (c *Timeline) curve(d Drill, y float64, what curve, columns int) float64 {
	const height = 46
	step, steps := grid(d.Timeline, what.group, columns)
	s := strip{Y: y, Height: height, Label: what.label, Note: what.note}
	var found []scorecard.Series
	top := 0.0
	for _, name := range what.names {
		for _, one := range d.Timeline.Series {
			if one.Group != what.group || name != "" && one.Name != name {
				continue
			}
			found = append(found, one)
			for _, p := range one.Values {
				if p != nil {
					top = max(top, *p)
				}
			}
		}
	}
	if top <= 0 || steps == 0 {
		return y
	}
	s.Top = "max " + scorecard.Figure(top, what.unit)
	for i, one := range found {
		s.Areas = append(s.Areas, area{
			Class: fmt.Sprintf("l-%d", min(i, 1)), Fill: "#57606a", Line: true,
			D: c.trace(s, highest(one.Values, steps, step/d.Timeline.StepS), top, step),
		})
	}
	c.Strips = append(c.Strips, s)
	return y + height + 16
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
