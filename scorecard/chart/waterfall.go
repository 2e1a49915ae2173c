package chart

import (
	"fmt"
	"strconv"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A Waterfall is one request and what happened upstream meanwhile, as geometry
// for the template "waterfall": the user's wait on top, a row for each attempt
// below.
type Waterfall struct {
	Width, Height float64
	Label         string
	Rows          []wait
	More          int // attempts that are left out
}

// wait is one row of a waterfall.
type wait struct {
	Y, X, Width, TextX float64
	Name, Text         string
	Class, Fill        string
	Anchor             string
	Inside             bool
}

// mostTries bounds the rows of a waterfall: a retry storm has hundreds.
const mostTries = 12

// WaterfallOf lays out one request; nil when it has no length to draw.
func WaterfallOf(r account.Request) *Waterfall {
	const width, left, line = 720, 130, 17
	from, to := r.DueS, r.DueS
	if r.LatencyS != nil {
		to += *r.LatencyS
	}
	for _, t := range r.Attempts {
		to = max(to, t.EndedS)
	}
	if !(to > from) {
		return nil
	}
	scale := func(s float64) float64 { return round(left + (min(max(s, from), to)-from)/(to-from)*(width-left)) }
	w := &Waterfall{Width: width, More: max(len(r.Attempts)-mostTries, 0)}
	w.Label = fmt.Sprintf("request %d: %s, %s upstream", r.N, plain.Text(r.Outcome), Tried(r))
	add := func(row wait, start, end float64) {
		row.Y = float64(len(w.Rows) * line)
		row.X = scale(start)
		row.Width = max(round(scale(end)-row.X), 2)
		row.place(width)
		w.Rows = append(w.Rows, row)
	}
	if r.LatencyS != nil {
		w.Label = fmt.Sprintf("request %d: %s after %s, %s upstream",
			r.N, plain.Text(r.Outcome), words.Figure(*r.LatencyS, "s"), Tried(r))
		add(wait{Name: "user waited", Text: words.Figure(*r.LatencyS, "s"), Class: "w-user", Fill: "#d8dee4"}, from, from+*r.LatencyS)
	}
	for _, t := range r.Attempts[:min(len(r.Attempts), mostTries)] {
		row := wait{Name: plain.Fit(plain.Text(t.Provider), 18), Text: tried(t), Class: "w-ok", Fill: "#8fd0b5"}
		if t.Fault != "" || t.Status >= 400 || t.Status == 0 {
			row.Class, row.Fill = "w-bad", "#e58e86"
		}
		add(row, t.ArrivedS, t.EndedS)
	}
	w.Height = float64(len(w.Rows) * line)
	return w
}

// place puts the text beside the bar, or before it where the right has no room.
func (r *wait) place(width float64) {
	need := float64(plain.Width(r.Text)) * 6
	r.TextX, r.Anchor = r.X+r.Width+6, "start"
	if r.TextX+need > width {
		r.TextX, r.Anchor = r.X-6, "end"
	}
	if r.TextX-need < 130 && r.Anchor == "end" {
		r.TextX, r.Anchor, r.Inside = r.X+6, "start", true
	}
}

// tried says in a few words how an attempt went.
func tried(t account.Try) string {
	s := strconv.Itoa(t.Status)
	if t.Status == 0 {
		s = "no answer"
	}
	if t.Fault != "" {
		s += " " + plain.Text(t.Fault)
	}
	if t.Left {
		s += ", abandoned"
	}
	return s + ", " + words.Figure(t.EndedS-t.ArrivedS, "s")
}

// Tried counts the attempts of a request.
func Tried(r account.Request) string {
	if len(r.Attempts) == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", len(r.Attempts))
}
