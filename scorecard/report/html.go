package report

import (
	"embed"
	"html/template"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
)

//go:embed card.html.tmpl timeline.svg.tmpl card.css
var files embed.FS

// A page is what card.html.tmpl is filled with.
type page struct {
	*view
	CSS       template.CSS
	Charts    []*chart // wide and, for phones, narrow
	Legend    []legendEntry
	Answers   []legendEntry // who is who in the strip "answered by"
	Seconds   []secondView  // the timeline as a table
	Bands     []string      // its columns
	EventList []eventView   // numbered as in the charts
	Shown     []barView     // the bars that decided the drill, the first few
	Unshown   int           // how many more there are
}

type eventView struct {
	N    int
	Text string
}

type legendEntry struct{ Name, Class, Fill, Hatch, Label string }

type secondView struct {
	From   string
	Counts []string
}

// writeHTML writes the whole card as one file that needs no network, no script
// and, in a pinch, no style sheet.
func writeHTML(w io.Writer, card *scorecard.Card, _ Options) error {
	p, err := pageOf(viewOf(card))
	if err != nil {
		return err
	}
	t, err := template.ParseFS(files, "*.tmpl")
	if err != nil {
		return err
	}
	// A template that breaks half-way must not leave half a page.
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "card.html.tmpl", p); err != nil {
		return err
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func pageOf(v *view) (*page, error) {
	css, err := files.ReadFile("card.css")
	if err != nil {
		return nil, err
	}
	p := &page{view: v, CSS: template.CSS(css)}
	v.Sentence = glued(v.Sentence)
	wide, narrow := chartOf(v, "t", 1040), chartOf(v, "n", 370)
	if wide != nil {
		p.Charts = []*chart{wide, narrow}
	}
	for i := range v.Events {
		p.EventList = append(p.EventList, eventView{i + 1, v.told(i)})
	}
	p.legend()
	p.seconds()
	p.shown()
	return p, nil
}

// shown picks the bars for the first screen: of a drill that passed those it
// met, else those it did not.
func (p *page) shown() {
	const most = 3
	for _, b := range p.Bars {
		decisive := b.rank() <= 1
		if p.card.Verdict == scorecard.Pass {
			decisive = b.Verdict == scorecard.Pass
		}
		switch {
		case !decisive:
		case len(p.Shown) < most:
			p.Shown = append(p.Shown, b)
		default:
			p.Unshown++
		}
	}
}

// legend explains the bands that the chart has, and no others.
func (p *page) legend() {
	line := stack(p.card, 1)
	for _, b := range bands() {
		if _, ok := line.bands[b.name]; ok {
			p.Legend = append(p.Legend, legendEntry{b.name, "b-" + b.name, b.fill, hatch(b.hatch), b.label})
		}
	}
	for i, s := range p.answerers() {
		b := providerBand(i)
		p.Answers = append(p.Answers, legendEntry{clean(s.Name), b.name, b.fill, hatch(b.hatch), ""})
	}
}

// seconds is the chart as a table, of at most sixty rows.
func (p *page) seconds() {
	line := stack(p.card, 60)
	for _, b := range bands() {
		if _, ok := line.bands[b.name]; ok {
			p.Bands = append(p.Bands, b.name)
		}
	}
	for i := range line.steps {
		row := secondView{From: scorecard.Figure(float64(i)*line.step, "s")}
		for _, name := range p.Bands {
			row.Counts = append(row.Counts, scorecard.Figure(line.bands[name][i], "count"))
		}
		p.Seconds = append(p.Seconds, row)
	}
}

// Frac places a share on a meter of 100 units.
func (m meter) Frac(share float64) string { return number(min(max(share, 0), 1) * 100) }
