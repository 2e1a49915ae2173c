package report

import (
	"cmp"
	"html/template"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/chart"
	"github.com/seed-76a9de92/brownout/scorecard/compare"
	"github.com/seed-76a9de92/brownout/scorecard/report/screen"
)

// A versusPage is what versus.html.tmpl is filled with.
type versusPage struct {
	*versus
	CSS      template.CSS
	Overlay  []*chart.Timeline // wide and narrow
	Drawings []versusDrawing   // the two timelines, one over the other
	Legend   []chart.Sample
}

type versusDrawing struct {
	Side, Name string
	Charts     []*chart.Timeline
	Events     []eventView
}

// writeVersusHTML writes a comparison as one file that needs no network and no script.
func writeVersusHTML(w io.Writer, c *compare.Comparison, _ Options) error {
	t, err := chart.Templates()
	if err == nil {
		t, err = t.ParseFS(files, "versus.html.tmpl")
	}
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "versus.html.tmpl", versusPageOf(versusOf(c))); err != nil {
		return err
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func versusPageOf(v *versus) *versusPage {
	p := &versusPage{versus: v, CSS: CSS()}
	v.Sentence = screen.Glued(v.Sentence)
	if len(v.Rows) == 0 {
		return p
	}
	first := chart.DrillOf(v.c.First[0])
	const title = "Share of users served well over time: A as a whole line, B dashed. The tables have the numbers."
	l := v.c.Lines
	a := chart.Line{StepS: l.StepS, Values: l.A, Class: "l-a", Fill: "#2f9e75"}
	b := chart.Line{StepS: l.StepS, Values: l.B, Class: "l-b", Fill: "#d64545", Dashes: "6 4"}
	if wide := chart.OverlayOf(first, "o", 1040, "served well", title, a, b); wide != nil {
		p.Overlay = []*chart.Timeline{wide, chart.OverlayOf(first, "p", 370, "served", title, a, b)}
	}
	p.Legend = first.Legend()
	for i, side := range []struct {
		name string
		of   compare.Side
	}{{"A", v.c.A}, {"B", v.c.B}} {
		drill := chart.DrillOf(v.c.First[i])
		id := strings.ToLower(side.name)
		if wide := chart.TimelineOf(drill, id, 1040); wide != nil {
			p.Drawings = append(p.Drawings, versusDrawing{
				Side: side.name, Name: cmp.Or(v.firstOf(side.name), "–"),
				Charts: []*chart.Timeline{wide, chart.TimelineOf(drill, id+"n", 370)},
				Events: eventsOf(drill.Events),
			})
		}
	}
	for _, s := range chart.DrillOf(v.c.First[1]).Legend() {
		if !has(p.Legend, s.Name) {
			p.Legend = append(p.Legend, s)
		}
	}
	return p
}

// eventsOf numbers events as a drawing does.
func eventsOf(events []account.Event) []eventView {
	var list []eventView
	for i, e := range events {
		list = append(list, eventView{i + 1, chart.Told(e)})
	}
	return list
}

func has(samples []chart.Sample, name string) bool {
	for _, s := range samples {
		if s.Name == name {
			return true
		}
	}
	return false
}

// firstOf names the first run of a side.
func (v *versus) firstOf(side string) string {
	for _, r := range v.Runs {
		if r.Side == side {
			return r.Name
		}
	}
	return ""
}
