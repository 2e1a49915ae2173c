package report

import (
	"fmt"
)

// A waterfall is one request and what happened upstream meanwhile, as geometry:
// the user's wait on top, a row for each attempt below.
type waterfall struct {
	Width, Height float64
	Label         string
	Rows          []waterfallRow
}

type waterfallRow struct {
	Y, X, Width, TextX float64
	Name, Text         string
	Class, Fill        string
	Anchor             string
	Inside             bool
}

// mostTries bounds the rows of a waterfall: a retry storm has hundreds.
const mostTries = 12

// waterfallOf lays out one request; nil when it has no length to draw.
func waterfallOf(r requestView) *waterfall {
	const width, left, line = 720, 130, 17
	from, to := r.request.DueS, r.request.DueS
	if r.request.LatencyS != nil {
		to += *r.request.LatencyS
	}
	for _, t := range r.request.Attempts {
		to = max(to, t.EndedS)
	}
	if !(to > from) {
		return nil
	}
	scale := func(s float64) float64 { return round(left + (min(max(s, from), to)-from)/(to-from)*(width-left)) }
	w := &waterfall{Width: width}
	w.Label = fmt.Sprintf("request %s: %s after %s, %s upstream", r.N, r.Outcome, r.Latency, r.Tried())
	add := func(row waterfallRow, start, end float64) {
		row.Y = float64(len(w.Rows) * line)
		row.X = scale(start)
		row.Width = max(round(scale(end)-row.X), 2)
		row.place(width)
		w.Rows = append(w.Rows, row)
	}
	if r.request.LatencyS != nil {
		add(waterfallRow{Name: "user waited", Text: r.Latency, Class: "w-user", Fill: "#d8dee4"}, from, from+*r.request.LatencyS)
	}
	for i, t := range r.request.Attempts[:min(len(r.request.Attempts), mostTries)] {
		try := r.Tries[i]
		row := waterfallRow{Name: fit(try.Provider, 18), Text: try.told(), Class: "w-ok", Fill: "#8fd0b5"}
		if t.Fault != "" || t.Status >= 400 || t.Status == 0 {
			row.Class, row.Fill = "w-bad", "#e58e86"
		}
		add(row, t.ArrivedS, t.EndedS)
	}
	w.Height = float64(len(w.Rows) * line)
	return w
}

// place puts the text beside the bar, or before it where the right has no room.
func (r *waterfallRow) place(width float64) {
	need := float64(cells(r.Text)) * 6
	r.TextX, r.Anchor = r.X+r.Width+6, "start"
	if r.TextX+need > width {
		r.TextX, r.Anchor = r.X-6, "end"
	}
	if r.TextX-need < 130 && r.Anchor == "end" {
		r.TextX, r.Anchor, r.Inside = r.X+6, "start", true
	}
}

// told says in a few words how an attempt went.
func (t tryView) told() string {
	s := t.Status
	if t.Fault != "" {
		s += " " + t.Fault
	}
	if t.Left {
		s += ", abandoned"
	}
	return s + ", " + t.Took
}

// More is how many attempts the waterfall leaves out.
func (r requestView) More() int { return max(len(r.request.Attempts)-mostTries, 0) }

// Tried counts the attempts.
func (r requestView) Tried() string {
	if len(r.Tries) == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", len(r.Tries))
}

// Waterfall is the request's own.
func (r requestView) Waterfall() *waterfall { return waterfallOf(r) }
