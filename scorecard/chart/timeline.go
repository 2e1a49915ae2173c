package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// A Timeline is a drill as geometry, for the template "timeline": everything that
// happened, on one time axis. All lengths are in the SVG's own units.
type Timeline struct {
	ID                  string // prefix of the ids in it: a page has it twice, wide and narrow
	Width, Height       float64
	Left, Right         float64 // where the time axis begins and ends
	Font                float64
	Phases              []phase
	Lanes               []lane
	Strips              []strip
	Ticks               []tick
	Events              []event
	PlotTop, PlotBottom float64

	seconds float64 // length of the time axis
}

type (
	phase struct {
		X, Width float64
		Name     string
		Shaded   bool
	}
	// strip is one plot on the time axis.
	strip struct {
		Y, Height float64
		Label     string
		Top, Note string // value at its top, with unit; what the lines are
		Areas     []area
	}
	area struct {
		Class, Fill, Hatch, D string
		Line                  bool
	}
	tick struct{ X, Text string }
	// event marks one event, or several that stand too close to be told
	// apart.
	event struct {
		X           float64
		First, Last int // numbers in the list of events, from 1
		Radius      float64
		Title       string
	}
)

// TimelineOf lays a drill out in so many units of width, of which below 600 is
// for a phone. The ids in it begin with id: a page may hold several. A drill of no
// length gives nil.
func TimelineOf(d Drill, id string, width float64) *Timeline {
	c := &Timeline{ID: id, Width: width, Left: 96, Right: width - 12, Font: 12, seconds: d.Length}
	if width < 600 {
		c.Left, c.Font = 82, 11
	}
	for _, p := range d.Phases {
		c.seconds = max(c.seconds, p.End.Float())
	}
	if c.seconds <= 0 || math.IsInf(c.seconds, 0) || math.IsNaN(c.seconds) {
		return nil
	}
	y := 22.0
	y = c.lanes(d, y) + 8
	c.PlotTop = y
	columns := int((c.Right - c.Left) / 4)
	y = c.outcomes(d, y, columns)
	y = c.answered(d, y, columns)
	y = c.curves(d, y, columns)
	c.PlotBottom = y - 8
	c.phases(d)
	c.ticks()
	c.events(d)
	c.Height = y + 14
	return c
}

// x is where a moment stands on the time axis.
func (c *Timeline) x(seconds float64) float64 {
	share := min(max(seconds/c.seconds, 0), 1)
	return round(c.Left + share*(c.Right-c.Left))
}

func (c *Timeline) phases(d Drill) {
	for i, p := range d.Phases {
		x := c.x(p.Start.Float())
		width := round(c.x(p.End.Float()) - x)
		c.Phases = append(c.Phases, phase{
			X: x, Width: width, Name: c.fits(plain.Text(p.Name), width), Shaded: i%2 == 1,
		})
	}
}

// fits cuts a label to so many units, by the width of a common letter; nothing
// is left where not even three letters have room.
func (c *Timeline) fits(s string, width float64) string {
	room := int((width - 6) / (c.Font * 0.56))
	if plain.Width(s) <= room {
		return s
	}
	if room < 3 {
		return ""
	}
	return plain.Fit(s, room)
}

// ticks puts round seconds under the axis, a handful.
func (c *Timeline) ticks() {
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
		c.Ticks = append(c.Ticks, tick{X: number(c.x(s)), Text: scorecard.LongSpan(s)})
	}
}

func (c *Timeline) events(d Drill) {
	const apart = 20
	for i, e := range d.Events {
		x := c.x(e.AtS)
		if n := len(c.Events) - 1; n >= 0 && math.Abs(x-c.Events[n].X) < apart {
			last := &c.Events[n]
			last.Last, last.Radius = i+1, 13
			last.Title += "; " + Told(e)
			continue
		}
		c.Events = append(c.Events, event{X: x, First: i + 1, Last: i + 1, Radius: 8, Title: Told(e)})
	}
}

// Told says when an event was and what.
func Told(e scorecard.Event) string {
	return scorecard.Figure(e.AtS, "s") + " " + plain.Text(e.Text)
}

// Label is the number of the event, or of the first and last.
func (e event) Label() string {
	if e.First == e.Last {
		return strconv.Itoa(e.First)
	}
	return fmt.Sprintf("%d–%d", e.First, e.Last)
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
