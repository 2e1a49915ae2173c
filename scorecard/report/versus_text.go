package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/compare"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/report/screen"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// writeVersusText writes a comparison for a terminal: what it comes to first, then
// what it rests on. Rows of single phases and journeys that nobody asked for are left
// to the other formats.
func writeVersusText(w io.Writer, c *compare.Comparison, opts Options) error {
	t := newTerminal(opts)
	v := versusOf(c)
	t.Line(t.Paint("1;"+versusColor(v.Class), v.Mark+" "+v.Word), "  ", plain.Fit(v.Title, t.Width-len(v.Word)-4))
	t.Wrapped("", v.Sentence)
	t.Line()
	t.versusRuns(v)
	t.versusChecks(v)
	if c.Method != compare.ByNone {
		t.Line()
		t.Wrapped("method  ", v.Method)
	}
	if len(v.Rows) > 0 {
		t.versusRows(t.Paint("1", "judged")+"  ", v.JudgedNote, v.Judged)
		t.lines(v)
		t.users(v)
		t.versusRows(t.Paint("1", "whole drill")+"  ", "what else changed; nobody asked, so nothing is claimed", v.Whole)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

func versusColor(class string) string {
	if class == "same" {
		return ""
	}
	return verdictColor(class)
}

func (t *terminal) versusRuns(v *versus) {
	var rows [][]screen.Cell
	for _, r := range v.Runs {
		rows = append(rows, []screen.Cell{
			{Text: r.Side},
			{Text: r.Mark + " " + r.Verdict, Color: verdictColor(r.Class)},
			{Text: r.Grade},
			{Text: r.App},
			{Text: "seed " + r.Seed},
			{Text: r.Log},
			{Text: r.Name},
		})
	}
	t.Table(rows)
}

func (t *terminal) versusChecks(v *versus) {
	if len(v.Checks) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint("1", "what differs"))
	for _, c := range v.Checks {
		t.Wrapped("  "+t.Paint(versusColor(c.Class), screen.Pad(c.Level, 8))+"  ", c.What+": "+c.Reason)
		t.Wrapped("            A  ", c.A)
		t.Wrapped("            B  ", c.B)
	}
}

func (t *terminal) versusRows(title, note string, list []versusRow) {
	if len(list) == 0 {
		return
	}
	t.Line()
	t.Wrapped(title, note)
	rows := [][]screen.Cell{{
		{Text: ""},
		{Text: "metric"},
		{Text: "where"},
		{Text: "A", Right: true},
		{Text: "B", Right: true},
		{Text: "change", Right: true},
		{Text: "p", Right: true},
		{Text: "95 %, bar"},
	}}
	for _, r := range list {
		var last []string
		if r.Interval != "" {
			last = append(last, r.Interval)
		}
		if r.Met != "" {
			last = append(last, "bar "+r.Met)
		}
		if r.Note != "" && r.Claim != "not tested" {
			last = append(last, r.Note)
		}
		rows = append(rows, []screen.Cell{
			{Text: r.Mark + " " + shortClaim(r.Claim), Color: versusColor(r.Class)},
			{Text: r.Metric},
			{Text: r.Where},
			{Text: r.A, Right: true},
			{Text: r.B, Right: true},
			{Text: r.Change, Right: true},
			{Text: r.Chance, Right: true},
			{Text: strings.Join(last, "; ")},
		})
	}
	t.Table(rows)
}

// shortClaim is a claim in a word.
func shortClaim(claim string) string {
	switch claim {
	case string(compare.Same):
		return "same"
	case "not tested":
		return ""
	}
	return claim
}

// lines draws the share of users served well over time, one side under the other.
func (t *terminal) lines(v *versus) {
	l := v.c.Lines
	const label = 4
	steps := max(len(l.A), len(l.B))
	each := (steps + t.Width - label - 1) / max(t.Width-label, 1)
	if steps == 0 || each == 0 {
		return
	}
	t.Line()
	t.Wrapped(t.Paint("1", "served well")+"  ", "a character is "+words.Figure(l.StepS*float64(each), "s")+", its height the share of users served well then")
	t.Line("  A ", t.Paint("32", sparkShares(l.A, each)))
	t.Line("  B ", t.Paint("34", sparkShares(l.B, each)))
}

// sparkShares draws shares, the mean of each so many, as blocks.
func sparkShares(shares []*float64, each int) string {
	var sums, counts []float64
	for i, s := range shares {
		if i%each == 0 {
			sums, counts = append(sums, 0), append(counts, 0)
		}
		if s != nil {
			sums[len(sums)-1] += *s
			counts[len(counts)-1]++
		}
	}
	return spark(sums, counts)
}

func (t *terminal) users(v *versus) {
	if v.Lost == "" {
		return
	}
	t.Line()
	t.Wrapped(t.Paint("1", "users")+"  ", fmt.Sprintf("%s lost, %s saved; %s", v.Lost, v.Saved, v.Kept))
	if v.Alone != "" {
		t.Wrapped("       ", v.Alone)
	}
	const most = 10
	listed := map[string]int{}
	rows := [][]screen.Cell{}
	for _, s := range v.Swings {
		if listed[s.Word]++; listed[s.Word] > most {
			continue
		}
		rows = append(rows, []screen.Cell{
			{Text: s.Mark + " " + s.Word, Color: verdictColor(s.Class)},
			{Text: s.Due, Right: true},
			{Text: s.Journey},
			{Text: s.Phase},
			{Text: s.Before + " → " + s.After},
			{Text: s.Nonce},
		})
	}
	t.Table(rows)
	if more := len(v.Swings) - len(rows) + v.Unlisted; more > 0 {
		t.Line(fmt.Sprintf("  and %d more", more))
	}
}
