package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/report/screen"
)

// writeText writes the summary for a terminal: the verdict and the sentence
// first, then what it rests on.
func writeText(w io.Writer, card *scorecard.Card, opts Options) error {
	t := newTerminal(opts)
	v := viewOf(card)
	t.head(v)
	t.grade(v)
	t.bars(v)
	t.timeline(v)
	t.phases(v)
	t.reactions(v)
	t.findings(v)
	t.diagnoses(v)
	if opts.Where != "" {
		t.Line()
		t.Line("results  ", plain.Text(opts.Where))
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// verdictColor is the SGR code of a verdict, or of a bar's class.
func verdictColor(class string) string {
	switch class {
	case "pass":
		return "32"
	case "fail":
		return "31"
	}
	return "33"
}

func (t *terminal) head(v *view) {
	t.Line(t.Paint("1;"+verdictColor(v.Class), v.Mark+" "+v.Word), "  ", plain.Fit(v.Title, t.Width-len(v.Word)-4))
	t.Wrapped("", fmt.Sprintf("%s · %s · %s requests · %s", v.App, v.Length, v.Requests, v.Started))
	t.Line()
	t.Wrapped("", v.Sentence)
	for _, reason := range v.MoreReasons() {
		t.Wrapped("  · ", reason)
	}
}

func (t *terminal) grade(v *view) {
	t.Line()
	if v.Grade == "" {
		t.Line(v.NoGrade)
	} else {
		t.Line(t.Paint("1", "grade "+v.Grade), "  ", v.Score, " of 100")
	}
	for _, limit := range v.Caps {
		t.Wrapped("  · ", limit)
	}
	const width = 10
	var rows [][]screen.Cell
	for _, d := range v.Dimensions {
		full := int(d.Points/100*width + 0.5)
		bar := strings.Repeat("█", full) + strings.Repeat("░", width-full)
		score := d.Score
		if !d.Exercised {
			bar, score = strings.Repeat("·", width), "–"
		}
		reason := d.Reason
		if !d.Exercised {
			reason = "not exercised: " + reason
		}
		rows = append(rows, []screen.Cell{{Text: d.Name}, {Text: bar}, {Text: score, Right: true}, {Text: reason}})
	}
	t.Table(rows)
}

func (t *terminal) bars(v *view) {
	t.Line()
	title := fmt.Sprintf("  %d of %d met", v.Met, v.Decisive)
	if v.DefaultBars {
		title += ", the tool's own: the scenario names none"
	}
	t.Line(t.Paint("1", "bars"), title)
	var rows [][]screen.Cell
	for _, b := range v.Bars {
		rows = append(rows, []screen.Cell{
			{Text: b.Mark + " " + b.Word, Color: verdictColor(b.Class)},
			{Text: b.Metric},
			{Text: b.Where},
			{Text: b.Value, Right: true},
			{Text: b.Bar},
		})
	}
	if widthOf(rows) > t.Width {
		t.barList(v)
		return
	}
	const enough = 40 // columns to wrap a note in
	room := t.Width - widthOf(rows) - len("  ")
	for i, b := range v.Bars {
		note := b.note()
		rows[i] = append(rows[i], screen.Cell{Text: note, Below: room < enough && plain.Width(note) > room})
	}
	t.Table(rows)
}

// barList writes the bars where a table has no room: half a name says nothing.
func (t *terminal) barList(v *view) {
	var rows [][]screen.Cell
	for _, b := range v.Bars {
		rows = append(rows, []screen.Cell{{Text: b.Mark, Color: verdictColor(b.Class)}, {Text: b.Title + ": " + b.Told}})
	}
	t.Table(rows)
}

// note is what a reader should know beside the figures of a bar.
func (b barView) note() string {
	note := strings.TrimPrefix(b.Reason, b.Value+": ")
	if b.Close {
		note = strings.TrimSuffix("close: "+note, ": ")
	}
	return note
}

// phases writes the outcomes of each phase: as columns where the terminal is
// wide enough, else as a list.
func (t *terminal) phases(v *view) {
	t.Line()
	t.Line(t.Paint("1", "phases"))
	columns := []screen.Cell{{Text: "phase"}, {Text: "requests", Right: true}, {Text: "served well", Right: true}}
	for _, o := range v.Outcomes {
		columns = append(columns, screen.Cell{Text: o, Right: true})
	}
	rows := [][]screen.Cell{columns}
	for _, p := range v.Phases {
		row := []screen.Cell{{Text: p.Name}, {Text: p.N, Right: true}, {Text: p.Served, Right: true}}
		for _, n := range p.Counts {
			row = append(row, screen.Cell{Text: cmp.Or(strings.TrimPrefix(fmt.Sprint(n), "0"), "·"), Right: true})
		}
		rows = append(rows, row)
	}
	if widthOf(rows) > t.Width {
		rows = v.listed()
	}
	t.Table(rows)
}

// listed is the table of phases with the outcomes in one column.
func (v *view) listed() [][]screen.Cell {
	rows := [][]screen.Cell{{
		{Text: "phase"}, {Text: "requests", Right: true}, {Text: "served well", Right: true}, {Text: "outcomes"},
	}}
	for _, p := range v.Phases {
		var parts []string
		for i, o := range v.Outcomes {
			if p.Counts[i] > 0 {
				parts = append(parts, fmt.Sprintf("%s %d", o, p.Counts[i]))
			}
		}
		rows = append(rows, []screen.Cell{
			{Text: p.Name},
			{Text: p.N, Right: true},
			{Text: p.Served, Right: true},
			{Text: strings.Join(parts, ", ")},
		})
	}
	return rows
}

func widthOf(rows [][]screen.Cell) int {
	widths := map[int]int{}
	total := 0
	for _, row := range rows {
		for i, c := range row {
			if n := plain.Width(c.Text) + 2; n > widths[i] {
				total += n - widths[i]
				widths[i] = n
			}
		}
	}
	return total
}

// reactions writes what the app made of each signal, and where that was not good,
// what it should have.
func (t *terminal) reactions(v *view) {
	if len(v.Reactions) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint("1", "reactions"))
	var rows [][]screen.Cell
	for _, r := range v.Reactions {
		text := r.Deeds
		if r.Class != "pass" {
			text += "; it should " + r.Should
		}
		rows = append(rows, []screen.Cell{
			{Text: r.Mark + " " + r.Verdict, Color: verdictColor(r.Class)},
			{Text: r.Signal},
			{Text: r.Sent, Right: true},
			{Text: text},
		})
	}
	t.Table(rows)
}

func (t *terminal) findings(v *view) {
	if len(v.Findings) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint("1", "findings"))
	for _, f := range v.Findings {
		t.Wrapped("  "+screen.Pad(f.Severity, 8), f.Sentence)
		t.Wrapped("          → ", f.Advice)
	}
}
