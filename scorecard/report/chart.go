package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// A chart is the timeline as geometry, ready for timeline.svg.tmpl: everything
// that happened, on one time axis. All lengths are in the SVG's own units.
type chart struct {
	ID                  string // prefix of the ids in it: a page has it twice, wide and narrow
	Width, Height       float64
	Left, Right         float64 // where the time axis begins and ends
	Font                float64
	Phases              []chartPhase
	Lanes               []chartLane
	Strips              []chartStrip
	Ticks               []chartTick
	Events              []chartEvent
	PlotTop, PlotBottom float64

	seconds float64 // length of the time axis
}

type (
	chartPhase struct {
		X, Width float64
		Name     string
		Shaded   bool
	}
	// chartLane is one fault window of a provider: a box as long as it is open,
	// filled as high as its share, ramps drawn.
	chartLane struct {
		Y, Height, X, Width float64
		Fill                string // points of a polygon
		Text, Title         string
		Provider            string // on the provider's first lane only
	}
	// chartStrip is one plot on the time axis.
	chartStrip struct {
		Y, Height float64
		Label     string
		Top, Note string // value at its top, with unit; what the lines are
		Areas     []chartArea
	}
	chartArea struct {
		Class, Fill, Hatch, D string
		Line                  bool
	}
	chartTick  struct{ X, Text string }
	chartEvent struct {
		X    float64
		N    int
		Text string
	}
)

// chartOf lays the timeline of a card out in so many units of width.
func chartOf(v *view, id string, width float64) *chart {
	c := &chart{ID: id, Width: width, Left: 96, Right: width - 12, Font: 12, seconds: v.card.LengthS}
	if width < 600 {
		c.Left, c.Font = 82, 11
	}
	for _, p := range v.card.Phases {
		c.seconds = max(c.seconds, p.End.Float())
	}
	if c.seconds <= 0 || math.IsInf(c.seconds, 0) || math.IsNaN(c.seconds) {
		return nil
	}
	y := 22.0
	y = c.lanes(v, y) + 8
	c.PlotTop = y
	columns := int((c.Right - c.Left) / 4)
	y = c.outcomes(v, y, columns)
	y = c.answered(v, y, columns)
	y = c.curves(v, y, columns)
	c.PlotBottom = y - 8
	c.phases(v)
	c.ticks()
	c.events(v)
	c.Height = y + 14
	return c
}

// x is where a moment stands on the time axis.
func (c *chart) x(seconds float64) float64 {
	share := min(max(seconds/c.seconds, 0), 1)
	return round(c.Left + share*(c.Right-c.Left))
}

func (c *chart) phases(v *view) {
	for i, p := range v.card.Phases {
		x := c.x(p.Start.Float())
		width := round(c.x(p.End.Float()) - x)
		c.Phases = append(c.Phases, chartPhase{
			X: x, Width: width, Name: c.fits(v.Phases[i].Name, width), Shaded: i%2 == 1,
		})
	}
}

// fits cuts a label to so many units, by the width of a common letter; nothing
// is left where not even three letters have room.
func (c *chart) fits(s string, width float64) string {
	room := int((width - 6) / (c.Font * 0.56))
	if cells(s) <= room {
		return s
	}
	if room < 3 {
		return ""
	}
	return fit(s, room)
}

// lanes puts each fault window on a lane of its provider, the first that is free
// then, and returns the y below them.
func (c *chart) lanes(v *view, y float64) float64 {
	const height, gap = 15, 3
	windows := slices.Clone(v.card.Windows)
	slices.SortStableFunc(windows, func(a, b scorecard.Window) int { return cmp.Compare(a.Start, b.Start) })
	for _, p := range v.card.Providers {
		var busy []scorecard.Seconds // until when, by lane
		for _, w := range windows {
			if w.Provider != p.Name || w.End <= w.Start {
				continue
			}
			lane := slices.IndexFunc(busy, func(until scorecard.Seconds) bool { return until <= w.Start })
			name := ""
			if lane < 0 {
				lane = len(busy)
				busy = append(busy, 0)
				if lane == 0 {
					name = fit(clean(p.Name), int(c.Left/(c.Font*0.56)))
				}
			}
			busy[lane] = w.End
			c.Lanes = append(c.Lanes, c.lane(w, y+float64(lane)*(height+gap), name))
		}
		y += float64(len(busy)) * (height + gap)
	}
	return y
}

func (c *chart) lane(w scorecard.Window, y float64, provider string) chartLane {
	const height = 15
	l := chartLane{Y: y, Height: height, X: c.x(w.Start.Float()), Provider: provider}
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
	kind := strings.ReplaceAll(clean(w.Kind), "_", " ")
	l.Text = c.fits(kind+" "+share, l.Width)
	l.Title = fmt.Sprintf("%s: %s %s, %s to %s", clean(w.Provider), kind, share,
		scorecard.Figure(w.Start.Float(), "s"), scorecard.Figure(w.End.Float(), "s"))
	return l
}

// ticks puts round seconds under the axis, a handful.
func (c *chart) ticks() {
	room := (c.Right - c.Left) / 70
	step := 1.0
	for _, s := range []float64{1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 86400} {
		step = s
		if c.seconds/s <= room {
			break
		}
	}
	if c.seconds/step > 1000 {
		return
	}
	for s := 0.0; s <= c.seconds; s += step {
		c.Ticks = append(c.Ticks, chartTick{X: number(c.x(s)), Text: scorecard.Figure(s, "s")})
	}
}

func (c *chart) events(v *view) {
	for i, e := range v.Events {
		c.Events = append(c.Events, chartEvent{
			X: c.x(e.AtS), N: i + 1, Text: scorecard.Figure(e.AtS, "s") + " " + clean(e.Text),
		})
	}
}

// points writes pairs of numbers as the points of a polygon.
func points(xy ...float64) string {
	var b strings.Builder
	for i := 0; i+1 < len(xy); i += 2 {
		fmt.Fprintf(&b, "%s,%s ", number(xy[i]), number(xy[i+1]))
	}
	return strings.TrimSpace(b.String())
}

// round keeps a tenth of a unit, which no screen shows and a file need not hold.
func round(v float64) float64 { return math.Round(v*10) / 10 }

func number(v float64) string { return strconv.FormatFloat(round(v), 'f', -1, 64) }
