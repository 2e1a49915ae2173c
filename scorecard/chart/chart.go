// Package chart draws what a card holds as SVG: the timeline of a drill, and the
// waterfall of a single request. It owns geometry, colours and patterns; every
// figure comes from [scorecard]. The drawings carry their looks as presentation
// attributes, so that they are read without any style; [CSS] gives them the
// colours of a light and of a dark page.
//
// Start at [TimelineOf]. A drawing is made in two steps, data to geometry and
// geometry to bytes by a template of [Templates], which a page adds to its own:
//
//	timeline := chart.TimelineOf(chart.DrillOf(card), "t", 1040)
//	...
//	{{template "hatches"}}{{template "timeline" .Timeline}}
//
// Whoever has no page calls [Timeline.WriteSVG].
package chart

import (
	"embed"
	"html/template"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

//go:embed chart.svg.tmpl chart.css
var files embed.FS

// A Drill is what a timeline draws. A [account.Timeline] and a length are
// enough; what is not there is left out.
type Drill struct {
	Length    float64 // s, of the time axis; longer where a phase ends later
	Timeline  account.Timeline
	Phases    []record.Phase
	Windows   []record.Window
	Providers []string // whose windows are drawn, in their order
	Events    []account.Event
}

// DrillOf is the drill that a card tells of.
func DrillOf(card *scorecard.Card) Drill {
	d := Drill{
		Length: card.LengthS, Timeline: card.Timeline,
		Phases: card.Phases, Windows: card.Windows, Events: card.Events,
	}
	for _, p := range card.Providers {
		d.Providers = append(d.Providers, p.Name)
	}
	return d
}

// Templates are the drawings: "hatches" stands once in a page, before the others,
// and holds the patterns they are filled with; "timeline" takes a *[Timeline],
// "waterfall" a *[Waterfall], "samples" a []Sample, as items of a list, and
// "tables" a []Table.
func Templates() (*template.Template, error) {
	return template.ParseFS(files, "chart.svg.tmpl")
}

// CSS is a palette for light and dark pages, as variables of the root, and the
// looks of the drawings in it.
func CSS() template.CSS {
	css, err := files.ReadFile("chart.css")
	if err != nil {
		panic(err) // it is embedded
	}
	return template.CSS(css)
}

// WriteSVG writes the timeline with the patterns that it needs.
func (t *Timeline) WriteSVG(w io.Writer) error {
	templates, err := Templates()
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, "hatches", nil); err != nil {
		return err
	}
	if err := templates.ExecuteTemplate(&b, "timeline", t); err != nil {
		return err
	}
	_, err = io.WriteString(w, b.String())
	return err
}
