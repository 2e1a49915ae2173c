package report

import (
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/history"
)

// A pastPage is what history.html.tmpl is filled with.
type pastPage struct {
	*past
	CSS    template.CSS
	Charts [][]pastChart // of each trend
}

// A pastChart is the course of one figure over the runs of a trend.
type pastChart struct {
	Name, Label   string
	Width, Height int
	Line          string // path
	Dots          []pastDot
	Quarters      []pastTick
}

type (
	pastDot  struct{ X, Y, Title string }
	pastTick struct{ X, Text string }
)

// writeHistoryHTML writes a history as one file that needs no network and no script.
func writeHistoryHTML(w io.Writer, h *history.History, _ Options) error {
	t, err := template.ParseFS(files, "history.html.tmpl")
	if err != nil {
		return err
	}
	page := pastPage{past: pastOf(h), CSS: CSS()}
	for _, trend := range page.Trends {
		var charts []pastChart
		for _, s := range trend.Series {
			charts = append(charts, pastChartOf(trend, s))
		}
		page.Charts = append(page.Charts, charts)
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "history.html.tmpl", page); err != nil {
		return err
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// pastChartOf lays runs out in equal steps, and marks where a quarter begins.
func pastChartOf(trend pastTrend, s pastSeries) pastChart {
	const width, height, margin, top, bottom = 330, 96, 8, 8, 18
	c := pastChart{
		Name: s.Name, Width: width, Height: height,
		Label: fmt.Sprintf("%s over %s: first %s, last %s of 100. The table below has the quarters.", s.Name, trend.Runs, s.First, s.Last),
	}
	runs := len(s.series.Values)
	x := func(i int) string {
		return strconv.FormatFloat(float64(margin)+float64(width-2*margin)*(float64(i)+0.5)/float64(runs), 'f', 1, 64)
	}
	var line strings.Builder
	move := "M"
	for i, v := range s.series.Values {
		if i == 0 || quarterAt(trend, i) != quarterAt(trend, i-1) {
			c.Quarters = append(c.Quarters, pastTick{x(i), quarterAt(trend, i)})
		}
		if v == nil {
			move = "M"
			continue
		}
		y := strconv.FormatFloat(top+float64(height-top-bottom)*(1-min(max(*v, 0), 100)/100), 'f', 1, 64)
		line.WriteString(move + x(i) + " " + y)
		move = "L"
		c.Dots = append(c.Dots, pastDot{x(i), y, trend.Dates[i] + ": " + s.Points[i]})
	}
	c.Line = line.String()
	// Of many quarters the names would stand on each other.
	for i := range c.Quarters {
		if every := (len(c.Quarters) + 4) / 5; i%every != 0 {
			c.Quarters[i].Text = ""
		}
	}
	return c
}

func quarterAt(trend pastTrend, i int) string { return history.Quarter(trend.trend.Starts[i]) }
