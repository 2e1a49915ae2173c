package chart

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A Timeline is a drill as geometry, for the template "timeline": everything that
// happened, on one time axis. All lengths are in the SVG's own units.
type Timeline struct {
	ID                  string // prefix of the ids in it: a page has it twice, wide and narrow
	Title               string // what it shows, for who does not see it
	Width, Height       float64
	Left, Right         float64 // where the time axis begins and ends
	Font                float64
	Phases              []phase
	Lanes               []lane
	Strips              []strip
	Ticks               []tick
	Events              []event
	Hovers              []hover
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
		Dashes                string // of a line, "" for a solid one
	}
	tick struct{ X, Text string }
	// hover is a column of the plot, over which a pointer is told all about it.
	hover struct {
		X, Width float64
		Title    string
	}
	// event marks one event, or several that stand too close to be told
	// apart.
	event struct {
		X           float64
		First, Last int // numbers in the list of events, from 1
		Radius      float64
		Title, Name string // all about it; what there is room for
		kinds       []string
	}
)

// phone is the width below which a drawing is for one.
const phone = 600

// TimelineOf lays a drill out in so many units of width, of which below 600 is
// for a phone. The ids in it begin with id: a page may hold several. A drill of no
// length gives nil.
func TimelineOf(d Drill, id string, width float64) *Timeline {
	c := axis(d, id, width)
	if c == nil {
		return nil
	}
	c.Title = "Timeline: faults, outcomes of requests, who answered, attempts and latency. The table below has the numbers."
	y := 22.0
	y = c.lanes(d, y) + 8
	if len(d.Events) > 0 {
		y += 10
	}
	c.PlotTop = y
	columns := int((c.Right - c.Left) / 4)
	y = c.outcomes(d, y, columns)
	y = c.answered(d, y, columns)
	y = c.arrivals(d, y, columns)
	y = c.lost(d, y, columns)
	y = c.lines(d, y, columns)
	c.PlotBottom = y - 8
	c.phases(d)
	c.ticks()
	c.events(d)
	if width >= phone {
		c.hovers(d, columns)
	}
	c.Height = y + 14
	return c
}

// axis is a timeline with nothing on it yet, nil for a drill of no length.
func axis(d Drill, id string, width float64) *Timeline {
	c := &Timeline{ID: id, Width: width, Left: 96, Right: width - 12, Font: 12, seconds: d.Length}
	if width < phone {
		c.Left, c.Font = 82, 11
	}
	for _, p := range d.Phases {
		c.seconds = max(c.seconds, p.End.Float())
	}
	if c.seconds <= 0 || math.IsInf(c.seconds, 0) || math.IsNaN(c.seconds) {
		return nil
	}
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
		c.Ticks = append(c.Ticks, tick{X: number(c.x(s)), Text: words.LongSpan(s)})
	}
}

// events marks what happened, and names it where there is room before the next.
func (c *Timeline) events(d Drill) {
	const apart = 20
	for i, e := range d.Events {
		x := c.x(e.AtS)
		kind := strings.ReplaceAll(plain.Text(e.Kind), "_", " ")
		if n := len(c.Events) - 1; n >= 0 && math.Abs(x-c.Events[n].X) < apart {
			last := &c.Events[n]
			last.Last = i + 1
			last.Radius = 13 + 3*float64(plain.Width(last.Label())-3)
			last.Title += "; " + Told(e)
			if !slices.Contains(last.kinds, kind) {
				last.kinds = append(last.kinds, kind)
			}
			continue
		}
		c.Events = append(c.Events, event{X: x, First: i + 1, Last: i + 1, Radius: 8, Title: Told(e), kinds: []string{kind}})
	}
	for i := range c.Events {
		e, room := &c.Events[i], c.Right
		if i+1 < len(c.Events) {
			room = c.Events[i+1].X - c.Events[i+1].Radius
		}
		// Half a word beside a number is worse than the number.
		if name := strings.Join(e.kinds, ", "); c.fits(name, room-e.X-e.Radius-4) == name {
			e.Name = name
		}
	}
}

// hovers tells each step of the plot.
func (c *Timeline) hovers(d Drill, columns int) {
	steps := d.steps(columns)
	for i := range steps.n {
		x := c.x(float64(i) * steps.step)
		c.Hovers = append(c.Hovers, hover{X: x, Width: round(c.x(float64(i+1)*steps.step) - x), Title: steps.told(i)})
	}
}

// Told says when an event was and what.
func Told(e account.Event) string {
	return words.Figure(e.AtS, "s") + " " + plain.Text(e.Text)
}

// PlotHeight is that of all strips.
func (c *Timeline) PlotHeight() float64 { return round(c.PlotBottom - c.PlotTop) }

// EventY is where the events stand.
func (c *Timeline) EventY() float64 { return c.PlotTop - 9 }

// Label is the number of the event, or of the first and last.
func (e event) Label() string {
	if e.First == e.Last {
		return strconv.Itoa(e.First)
	}
	return fmt.Sprintf("%d–%d", e.First, e.Last)
}

// Beside is how far its name stands from the event.
func (e event) Beside() float64 { return e.Radius + 4 }

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
