package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/history"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Histories is the table of all formats of a history.
func Histories() []FormatOf[*history.History] {
	return []FormatOf[*history.History]{
		{Name: "text", Doc: "runs and trends for a terminal", Write: writeHistoryText},
		{Name: "csv", Doc: "a row per run, for spreadsheets", Write: writeHistoryCSV},
		{Name: "html", Doc: "runs and trends as one page, without network or script", Write: writeHistoryHTML},
		{Name: "json", Doc: "everything that the index tells, for programs", Write: writeHistoryJSON},
	}
}

func writeHistoryJSON(w io.Writer, h *history.History, _ Options) error {
	raw, err := encoded(h)
	if err != nil {
		return err
	}
	_, err = w.Write(raw)
	return err
}

// writeHistoryCSV writes a row per run, its dimensions in columns of their own. Shares
// and scores are bare numbers; what there is none of is empty.
func writeHistoryCSV(w io.Writer, h *history.History, _ Options) error {
	dims := scorecard.Dimensions()
	out := csv.NewWriter(w)
	head := []string{"started_at", "dir", "scenario", "app", "verdict", "grade", "score"}
	head = append(append(head, dims...), "bars_met", "bars", "requests", "length_s", "seed", "brownout", "control", "pinned", "gone")
	if err := out.Write(head); err != nil {
		return err
	}
	for _, r := range h.Runs {
		row := []string{
			r.StartedAt.UTC().Format("2006-01-02T15:04:05Z"), plain.Text(r.Dir), plain.Text(r.Scenario), plain.Text(r.App),
			r.Verdict.String(), plain.Text(r.Grade), bareOr(r.Score),
		}
		for _, name := range dims {
			if v, ok := r.Dims[name]; ok {
				row = append(row, bare(v))
			} else {
				row = append(row, "")
			}
		}
		row = append(row, strconv.Itoa(r.Met), strconv.Itoa(r.Bars), strconv.Itoa(r.Requests), bare(r.LengthS),
			strconv.FormatUint(r.Seed, 10), plain.Text(r.Brownout),
			strconv.FormatBool(r.Control), strconv.FormatBool(r.Pinned), strconv.FormatBool(r.Gone))
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// bareOr is a number without a unit, "" for none.
func bareOr(v *float64) string {
	if v == nil {
		return ""
	}
	return bare(*v)
}

// A past is a history as plain strings.
type past struct {
	Title  string // how many runs there are
	Note   string // lines that are none of an index's; "" for none
	Trends []pastTrend
	Runs   []pastRun // the newest first

	h *history.History
}

type pastTrend struct {
	Scenario, App string
	Runs, Span    string
	Quarters      []string
	Series        []pastSeries
	Dates         []string // of its runs

	trend history.Trend
}

type pastSeries struct {
	Name, First, Last, Change, Class string
	Quarters                         []string
	Points                           []string // by run

	series history.Series
}

type pastRun struct {
	When, Verdict, Mark, Class, Grade, Bars, Scenario, App, Dir, State, Sentence string
}

func pastOf(h *history.History) *past {
	p := &past{h: h}
	gone, pinned := 0, 0
	for i := len(h.Runs) - 1; i >= 0; i-- {
		r := h.Runs[i]
		row := pastRun{
			When: r.StartedAt.UTC().Format("2006-01-02 15:04"), Verdict: r.Verdict.String(), Mark: mark(r.Verdict), Class: r.Verdict.String(),
			Grade: "–", Bars: fmt.Sprintf("%d of %d", r.Met, r.Bars), Scenario: plain.Text(r.Scenario), App: plain.Text(r.App),
			Dir: plain.Text(r.Dir), Sentence: plain.Text(r.Sentence),
		}
		if r.Score != nil {
			row.Grade = plain.Text(r.Grade) + " (" + words.Figure(*r.Score, "") + ")"
		}
		var state []string
		if r.Control {
			state = append(state, "control")
		}
		if r.Pinned {
			state = append(state, "pinned")
			pinned++
		}
		if r.Gone {
			state = append(state, "gone")
			gone++
		}
		row.State = strings.Join(state, ", ")
		p.Runs = append(p.Runs, row)
	}
	p.Title = fmt.Sprintf("%s, %d gone, %d pinned", many(len(h.Runs), "run"), gone, pinned)
	if n := len(h.Broken); n > 0 {
		p.Note = fmt.Sprintf("%s of the index %s none of ours, the first is line %d", many(n, "line"), map[bool]string{true: "is", false: "are"}[n == 1], h.Broken[0])
	}
	for _, t := range h.Trends {
		p.Trends = append(p.Trends, pastTrendOf(t))
	}
	return p
}

func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return words.Figure(float64(n), "count") + " " + what + "s"
}

func pastTrendOf(t history.Trend) pastTrend {
	p := pastTrend{
		Scenario: plain.Text(t.Scenario), App: plain.Text(t.App), Runs: many(len(t.Starts), "run"), Quarters: t.Quarters, trend: t,
	}
	for _, at := range t.Starts {
		p.Dates = append(p.Dates, at.UTC().Format("2006-01-02"))
	}
	p.Span = p.Dates[0]
	if last := p.Dates[len(p.Dates)-1]; last != p.Span {
		p.Span += " – " + last
	}
	for _, s := range t.Series {
		p.Series = append(p.Series, pastSeriesOf(s))
	}
	return p
}

func pastSeriesOf(s history.Series) pastSeries {
	p := pastSeries{Name: plain.Text(s.Name), First: "–", Last: "–", Change: "–", series: s}
	var known []float64
	for _, v := range s.Values {
		point := "–"
		if v != nil {
			point = points(*v)
			known = append(known, *v)
		}
		p.Points = append(p.Points, point)
	}
	for _, q := range s.Quarters {
		text := "–"
		if q != nil {
			text = points(*q)
		}
		p.Quarters = append(p.Quarters, text)
	}
	if n := len(known); n > 0 {
		first, last := known[0], known[n-1]
		p.First, p.Last = points(first), points(last)
		if n > 1 {
			p.Change = signed(math.Round(last)-math.Round(first), "")
		}
		switch {
		case last > first+1:
			p.Class = "pass"
		case last < first-1:
			p.Class = "fail"
		}
	}
	return p
}

// points is a score in whole points.
func points(score float64) string { return strconv.FormatFloat(score, 'f', 0, 64) }
