package report

import (
	"embed"
	"html/template"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/chart"
	"github.com/seed-76a9de92/brownout/scorecard/report/screen"
)

//go:embed card.html.tmpl card.css versus.html.tmpl history.html.tmpl
var files embed.FS

// A page is what card.html.tmpl is filled with.
type page struct {
	*view
	CSS       template.CSS
	Charts    []*chart.Timeline // wide and, for phones, narrow
	Legend    []chart.Sample
	Answers   []chart.Sample // who is who in the strip "answered by"
	Tables    []chart.Table  // the timeline in figures
	EventList []eventView    // numbered as in the charts
	Shown     []barView      // the bars that decided the drill, the first few
	Unshown   int            // how many more there are
	Strip     []phaseBox     // how users fared from phase to phase
	Facts     []fact
	Terms     []term
	Source    string // the resolved scenario
	Cut       int    // lines of it that are left out
	Table     []measureView
	Untabled  int // measures that are left out
}

type eventView struct {
	N    int
	Text string
}

// writeHTML writes the whole card as one file that needs no network, no script
// and, in a pinch, no style sheet.
func writeHTML(w io.Writer, card *scorecard.Card, _ Options) error {
	t, err := chart.Templates()
	if err == nil {
		t, err = t.ParseFS(files, "card.html.tmpl")
	}
	if err != nil {
		return err
	}
	// A template that breaks half-way must not leave half a page.
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "card.html.tmpl", pageOf(viewOf(card))); err != nil {
		return err
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// CSS is the style sheet of the card's page and of others that shall look like
// it: the palette, the drawings, tables, tiles, details, and print.
func CSS() template.CSS {
	css, err := files.ReadFile("card.css")
	if err != nil {
		panic(err) // it is embedded
	}
	return chart.CSS() + template.CSS(css)
}

func pageOf(v *view) *page {
	p := &page{view: v, CSS: CSS()}
	v.Sentence = screen.Glued(v.Sentence)
	drill := chart.DrillOf(v.card)
	if wide := chart.TimelineOf(drill, "t", 1040); wide != nil {
		p.Charts = []*chart.Timeline{wide, chart.TimelineOf(drill, "n", 370)}
	}
	p.EventList = eventsOf(v.card.Events)
	p.Legend, p.Answers, p.Tables = drill.Legend(), drill.Answerers(), drill.Tables()
	p.shown()
	p.phaseBoxes()
	p.Facts, p.Terms = v.facts(), v.terms()
	p.Source, p.Cut = v.source()
	p.Table = v.shownMeasures()
	p.Untabled = len(v.Measures) - len(p.Table)
	return p
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

// A phaseBox is how many users were served well in a phase.
type phaseBox struct {
	Name, Served, Percent string
	Tone                  string // class of its bar
}

// phaseBoxes tell the story of a drill of few phases in one line.
func (p *page) phaseBoxes() {
	const most = 8
	if len(p.Phases) > most {
		return
	}
	for _, ph := range p.Phases {
		if !ph.Measured {
			continue
		}
		box := phaseBox{ph.Name, ph.Served, percent(ph.Share), "m-bad"}
		switch {
		case ph.Share >= 0.95:
			box.Tone = "m-good"
		case ph.Share >= 0.5:
			box.Tone = "m-mid"
		}
		p.Strip = append(p.Strip, box)
	}
}

// Frac places a share on a meter of 100 units.
func (m meter) Frac(share float64) string { return percent(share) }

// percent writes a share, held to what a meter can show, in hundredths.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(min(max(share, 0), 1)*1000)/10, 'f', -1, 64)
}
