package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// lane is one fault window of a provider: a box as long as it is open,
// filled as high as its share, ramps drawn.
type lane struct {
	Y, Height, X, Width float64
	Fill                string // points of a polygon
	Text, Title         string
	Provider            string // on the provider's first lane only
}

// lanes puts each fault window on a lane of its provider, the first that is free
// then, and returns the y below them.
func (c *Timeline) lanes(d Drill, y float64) float64 {
	const height, gap = 15, 3
	windows := slices.Clone(d.Windows)
	slices.SortStableFunc(windows, func(a, b scorecard.Window) int { return cmp.Compare(a.Start, b.Start) })
	for _, provider := range d.Providers {
		var busy []scorecard.Seconds // until when, by lane
		for _, w := range windows {
			if w.Provider != provider || w.End <= w.Start {
				continue
			}
			row := slices.IndexFunc(busy, func(until scorecard.Seconds) bool { return until <= w.Start })
			name := ""
			if row < 0 {
				row = len(busy)
				busy = append(busy, 0)
				if row == 0 {
					name = plain.Fit(plain.Text(provider), int(c.Left/(c.Font*0.56)))
				}
			}
			busy[row] = w.End
			c.Lanes = append(c.Lanes, c.lane(w, y+float64(row)*(height+gap), name))
		}
		y += float64(len(busy)) * (height + gap)
	}
	return y
}

func (c *Timeline) lane(w scorecard.Window, y float64, provider string) lane {
	const height = 15
	l := lane{
		Y: y, Height: height, X: c.x(w.Start.Float()), Provider: provider,
	}
	end := c.x(w.End.Float())
	l.Width = round(end - l.X)
	level := func(share float64) float64 { return round(y + height*(1-min(max(share, 0), 1))) }
	risen := c.x(min((w.Start + w.Rise).Float(), w.End.Float()))
	first := level(w.ShareFrom)
	if w.Rise > 0 {
		first = y + height
	}
	l.Fill = points(l.X, y+height, l.X, first, risen, level(w.ShareFrom), end, level(w.ShareTo), end, y+height)
	share := scorecard.Figure(w.ShareFrom, "share")
	if w.ShareTo != w.ShareFrom {
		share += " → " + scorecard.Figure(w.ShareTo, "share")
	}
	kind := strings.ReplaceAll(plain.Text(w.Kind), "_", " ")
	l.Text = c.fits(kind+" "+share, l.Width)
	l.Title = fmt.Sprintf("%s: %s %s, %s to %s", plain.Text(w.Provider), kind, share,
		scorecard.Figure(w.Start.Float(), "s"), scorecard.Figure(w.End.Float(), "s"))
	return l
}
