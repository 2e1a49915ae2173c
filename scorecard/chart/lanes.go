package chart

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// lane is one fault window of a provider: a box as long as it is open, filled as
// high as its share, ramps and rhythm drawn.
type lane struct {
	Y, Height, X, Width float64
	Fill                []string // points of polygons
	Text, Title         string
	Provider            string // on the provider's first lane only
}

const laneHeight = 15

// lanes puts each fault window on a lane of its provider, the first that is free
// then, and returns the y below them.
func (c *Timeline) lanes(d Drill, y float64) float64 {
	const gap = 3
	windows := slices.Clone(d.Windows)
	slices.SortStableFunc(windows, func(a, b record.Window) int { return cmp.Compare(a.Start, b.Start) })
	for _, provider := range d.Providers {
		var busy []record.Seconds // until when, by lane
		for _, w := range windows {
			if w.Provider != provider || w.End <= w.Start {
				continue
			}
			row := slices.IndexFunc(busy, func(until record.Seconds) bool { return until <= w.Start })
			name := ""
			if row < 0 {
				row = len(busy)
				busy = append(busy, 0)
				if row == 0 {
					name = plain.Fit(plain.Text(provider), int(c.Left/(c.Font*0.56)))
				}
			}
			busy[row] = w.End
			c.Lanes = append(c.Lanes, c.lane(w, y+float64(row)*(laneHeight+gap), name))
		}
		y += float64(len(busy)) * (laneHeight + gap)
	}
	return y
}

func (c *Timeline) lane(w record.Window, y float64, provider string) lane {
	l := lane{
		Y: y, Height: laneHeight, X: c.x(w.Start.Float()), Provider: provider,
		Title: plain.Text(w.Provider) + ": " + kindOf(w) + " " + course(w) + ", " +
			words.Figure(w.Start.Float(), "s") + " to " + words.Figure(w.End.Float(), "s"),
	}
	l.Width = round(c.x(w.End.Float()) - l.X)
	for _, bad := range badSpans(w) {
		l.Fill = append(l.Fill, c.level(w, y, bad))
	}
	l.Text = c.fits(kindOf(w)+" "+shares(w), l.Width)
	return l
}

// badSpans are the stretches of a window in which its fault is there, s. A rhythm
// too quick to be seen is drawn as one.
func badSpans(w record.Window) [][2]float64 {
	const most = 200
	from, to := w.Start.Float(), w.End.Float()
	bad, whole := w.Bad.Float(), (w.Bad + w.OK).Float()
	if bad <= 0 || whole <= bad || (to-from)/whole > most {
		return [][2]float64{{from, to}}
	}
	var spans [][2]float64
	for at := from; at < to; at += whole {
		spans = append(spans, [2]float64{at, min(at+bad, to)})
	}
	return spans
}

// shareAt is the share of requests that a fault hits at a moment, s, of its window.
func shareAt(w record.Window, at float64) float64 {
	from, to, risen := w.Start.Float(), w.End.Float(), min((w.Start+w.Rise).Float(), w.End.Float())
	share := w.ShareFrom
	switch {
	case at < risen:
		share *= (at - from) / (risen - from)
	case to > risen:
		share += (w.ShareTo - w.ShareFrom) * (at - risen) / (to - risen)
	}
	return min(max(share, 0), 1)
}

// level draws how high the share of a window is in a stretch of it.
func (c *Timeline) level(w record.Window, y float64, in [2]float64) string {
	height := func(at float64) float64 { return round(y + laneHeight*(1-shareAt(w, at))) }
	xy := []float64{c.x(in[0]), y + laneHeight, c.x(in[0]), height(in[0])}
	if risen := min((w.Start + w.Rise).Float(), w.End.Float()); in[0] < risen && risen < in[1] {
		xy = append(xy, c.x(risen), height(risen))
	}
	return points(append(xy, c.x(in[1]), height(in[1]), c.x(in[1]), y+laneHeight)...)
}

// Severity is the largest share of requests that a fault hits, 0–1, in the middle of
// each of so many steps.
func (d Drill) Severity(step float64, steps int) []float64 {
	levels := make([]float64, steps)
	for _, w := range d.Windows {
		for _, bad := range badSpans(w) {
			for i := max(int(bad[0]/step), 0); i < steps && float64(i)*step < bad[1]; i++ {
				middle := (float64(i) + 0.5) * step
				levels[i] = max(levels[i], shareAt(w, min(max(middle, bad[0]), bad[1])))
			}
		}
	}
	return levels
}

// shares says which share of requests a fault hits at its two ends.
func shares(w record.Window) string {
	s := words.Figure(w.ShareFrom, "share")
	if w.ShareTo != w.ShareFrom {
		s += " → " + words.Figure(w.ShareTo, "share")
	}
	return s
}
