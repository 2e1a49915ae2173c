package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
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
		t.line()
		t.line("results  ", plain.Text(opts.Where))
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
	t.line(t.paint("1;"+verdictColor(v.Class), v.Mark+" "+v.Word), "  ", plain.Fit(v.Title, t.width-len(v.Word)-4))
	t.wrapped("", fmt.Sprintf("%s · %s · %s requests · %s", v.App, v.Length, v.Requests, v.Started))
	t.line()
	t.wrapped("", v.Sentence)
	for _, reason := range v.MoreReasons() {
		t.wrapped("  · ", reason)
	}
}

func (t *terminal) grade(v *view) {
	t.line()
	if v.Grade == "" {
		t.line(v.NoGrade)
	} else {
		t.line(t.paint("1", "grade "+v.Grade), "  ", v.Score, " of 100")
	}
	for _, limit := range v.Caps {
		t.wrapped("  · ", limit)
	}
	const width = 10
	var rows [][]cell
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
		rows = append(rows, []cell{{text: d.Name}, {text: bar}, {text: score, right: true}, {text: reason}})
	}
	t.table(rows)
}

func (t *terminal) bars(v *view) {
	t.line()
	title := fmt.Sprintf("  %d of %d met", v.Met, v.Decisive)
	if v.DefaultBars {
		title += ", the tool's own: the scenario names none"
	}
	t.line(t.paint("1", "bars"), title)
	var rows [][]cell
	for _, b := range v.Bars {
		rows = append(rows, []cell{
			{text: b.Mark + " " + b.Word, color: verdictColor(b.Class)},
			{text: b.Metric},
			{text: b.Where},
			{text: b.Value, right: true},
			{text: b.Bar},
		})
	}
	if widthOf(rows) > t.width {
		t.barList(v)
		return
	}
	const enough = 40 // columns to wrap a note in
	room := t.width - widthOf(rows) - len("  ")
	for i, b := range v.Bars {
		note := b.note()
		rows[i] = append(rows[i], cell{text: note, below: room < enough && plain.Width(note) > room})
	}
	t.table(rows)
}

// barList writes the bars where a table has no room: half a name says nothing.
func (t *terminal) barList(v *view) {
	var rows [][]cell
	for _, b := range v.Bars {
		rows = append(rows, []cell{{text: b.Mark, color: verdictColor(b.Class)}, {text: b.Title + ": " + b.Told}})
	}
	t.table(rows)
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
	t.line()
	t.line(t.paint("1", "phases"))
	columns := []cell{{text: "phase"}, {text: "requests", right: true}, {text: "served well", right: true}}
	for _, o := range v.Outcomes {
		columns = append(columns, cell{text: o, right: true})
	}
	rows := [][]cell{columns}
	for _, p := range v.Phases {
		row := []cell{{text: p.Name}, {text: p.N, right: true}, {text: p.Served, right: true}}
		for _, n := range p.Counts {
			row = append(row, cell{text: cmp.Or(strings.TrimPrefix(fmt.Sprint(n), "0"), "·"), right: true})
		}
		rows = append(rows, row)
	}
	if widthOf(rows) > t.width {
		rows = v.listed()
	}
	t.table(rows)
}

// listed is the table of phases with the outcomes in one column.
func (v *view) listed() [][]cell {
	rows := [][]cell{{
		{text: "phase"}, {text: "requests", right: true}, {text: "served well", right: true}, {text: "outcomes"},
	}}
	for _, p := range v.Phases {
		var parts []string
		for i, o := range v.Outcomes {
			if p.Counts[i] > 0 {
				parts = append(parts, fmt.Sprintf("%s %d", o, p.Counts[i]))
			}
		}
		rows = append(rows, []cell{
			{text: p.Name},
			{text: p.N, right: true},
			{text: p.Served, right: true},
			{text: strings.Join(parts, ", ")},
		})
	}
	return rows
}

func widthOf(rows [][]cell) int {
	widths := map[int]int{}
	total := 0
	for _, row := range rows {
		for i, c := range row {
			if n := plain.Width(c.text) + 2; n > widths[i] {
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
	t.line()
	t.line(t.paint("1", "reactions"))
	var rows [][]cell
	for _, r := range v.Reactions {
		text := r.Deeds
		if r.Class != "pass" {
			text += "; it should " + r.Should
		}
		rows = append(rows, []cell{
			{text: r.Mark + " " + r.Verdict, color: verdictColor(r.Class)},
			{text: r.Signal},
			{text: r.Sent, right: true},
			{text: text},
		})
	}
	t.table(rows)
}

func (t *terminal) findings(v *view) {
	if len(v.Findings) == 0 {
		return
	}
	t.line()
	t.line(t.paint("1", "findings"))
	for _, f := range v.Findings {
		t.wrapped("  "+pad(f.Severity, 8), f.Sentence)
		t.wrapped("          → ", f.Advice)
	}
}
