package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A restView is a measure that a dimension rests on, against its bar.
type restView struct {
	Words    string // the metric's name without its underscores
	Where    string // "in surge", "over the outage of primary", "" for the whole drill
	Value    string
	Bar      string // "" where no bar is on the metric
	BarWhere string // the window of that bar where it is another
	Mark     string // the bar's verdict as a sign
	Missed   bool
	Par      string // "" where nobody knows, or it is as good as can be
	Interval string
	N        string
}

// rests are the measures of a dimension.
func (v *view) rests(d scorecard.Dimension) []restView {
	var rests []restView
	for _, m := range d.Rests {
		r := restView{
			Words: strings.ReplaceAll(plain.Text(m.Name), "_", " "), Where: within(m),
			Value: valueOf(m.Value, m.Low, m.Unit), Interval: intervalOf(m.Low, m.High, m.Unit),
			N: words.Figure(float64(m.N), "count"),
		}
		if bar, ok := v.barOn(m); ok {
			r.Bar, r.Mark = sign(bar.Op)+" "+words.Figure(bar.Threshold, bar.Unit), mark(bar.Verdict)
			r.Missed = bar.Verdict == scorecard.Fail
			if bar.Phase != m.Phase || bar.Provider != m.Provider {
				r.BarWhere = within(measure.Measure{Phase: bar.Phase})
			}
			if bar.Par != nil && m.Par == nil {
				m.Par = bar.Par
			}
		}
		if m.Par != nil && *m.Par != 0 && *m.Par != 1 {
			r.Par = words.Figure(*m.Par, m.Unit)
		}
		rests = append(rests, r)
	}
	return rests
}

// within says where a measure was taken.
func within(m measure.Measure) string {
	switch {
	case m.Provider != "":
		return "over the outage of " + plain.Text(m.Provider)
	case m.Phase != "":
		return "in " + plain.Text(m.Phase)
	}
	return ""
}

// barOn gives the bar that a measure is held against: that of its own window, else
// the first of its metric that was missed, else the first.
func (v *view) barOn(m measure.Measure) (found scorecard.BarResult, ok bool) {
	for _, b := range v.card.Bars {
		switch {
		case b.Metric != m.Name:
		case b.Phase == m.Phase && b.Journey == m.Journey && b.Provider == m.Provider:
			return b, true
		case !ok, b.Verdict == scorecard.Fail && found.Verdict != scorecard.Fail:
			found, ok = b, true
		}
	}
	return found, ok
}

// A trendView is how a dimension went from run to run.
type trendView struct {
	Points string // of a line in 100 × 20 units, this run at its right end
	Told   string // "+12 since 3 Oct 2026, 4 runs"
}

// trend tells how a dimension went over the runs before; nil where there are none.
func (v *view) trend(name string, points float64) *trendView {
	var values []float64
	since := ""
	for _, p := range v.card.Past {
		if score, ok := p.Dimensions[name]; ok {
			values = append(values, min(max(score, 0), 100))
			since = p.StartedAt.UTC().Format("2 Jan 2006")
		}
	}
	if len(values) == 0 {
		return nil
	}
	values = append(values, points)
	var line strings.Builder
	for i, value := range values {
		fmt.Fprintf(&line, "%.1f,%.1f ", float64(i)*100/float64(len(values)-1), 19-value*0.18)
	}
	change := math.Round(points) - math.Round(values[len(values)-2])
	told := "as on " + since
	if change != 0 {
		told = strings.Replace(fmt.Sprintf("%+.0f since %s", change, since), "-", "−", 1)
	}
	if len(values) > 2 {
		told += fmt.Sprintf(", %d runs", len(values))
	}
	return &trendView{Points: strings.TrimSpace(line.String()), Told: told}
}
