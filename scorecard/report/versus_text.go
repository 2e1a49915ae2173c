package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/compare"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// writeVersusText writes a comparison for a terminal: what it comes to first, then
// what it rests on. Rows of single phases and journeys that nobody asked for are left
// to the other formats.
func writeVersusText(w io.Writer, c *compare.Comparison, opts Options) error {
	t := newTerminal(opts)
	v := versusOf(c)
	t.line(t.paint("1;"+versusColor(v.Class), v.Mark+" "+v.Word), "  ", plain.Fit(v.Title, t.width-len(v.Word)-4))
	t.wrapped("", v.Sentence)
	t.line()
	t.versusRuns(v)
	t.versusChecks(v)
	if c.Method != compare.ByNone {
		t.line()
		t.wrapped("method  ", v.Method)
	}
	if len(v.Rows) > 0 {
		t.versusRows(t.paint("1", "judged")+"  ", v.JudgedNote, v.Judged)
		t.lines(v)
		t.users(v)
		t.versusRows(t.paint("1", "whole drill")+"  ", "what else changed; nobody asked, so nothing is claimed", v.Whole)
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
	var rows [][]cell
	for _, r := range v.Runs {
		rows = append(rows, []cell{
			{text: r.Side},
			{text: r.Mark + " " + r.Verdict, color: verdictColor(r.Class)},
			{text: r.Grade},
			{text: r.App},
			{text: "seed " + r.Seed},
			{text: r.Log},
			{text: r.Name},
		})
	}
	t.table(rows)
}

func (t *terminal) versusChecks(v *versus) {
	if len(v.Checks) == 0 {
		return
	}
	t.line()
	t.line(t.paint("1", "what differs"))
	for _, c := range v.Checks {
		t.wrapped("  "+t.paint(versusColor(c.Class), pad(c.Level, 8))+"  ", c.What+": "+c.Reason)
		t.wrapped("            A  ", c.A)
		t.wrapped("            B  ", c.B)
	}
}

func (t *terminal) versusRows(title, note string, list []versusRow) {
	if len(list) == 0 {
		return
	}
	t.line()
	t.wrapped(title, note)
	rows := [][]cell{{
		{text: ""},
		{text: "metric"},
		{text: "where"},
		{text: "A", right: true},
		{text: "B", right: true},
		{text: "change", right: true},
		{text: "p", right: true},
		{text: "95 %, bar"},
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
		rows = append(rows, []cell{
			{text: r.Mark + " " + shortClaim(r.Claim), color: versusColor(r.Class)},
			{text: r.Metric},
			{text: r.Where},
			{text: r.A, right: true},
			{text: r.B, right: true},
			{text: r.Change, right: true},
			{text: r.Chance, right: true},
			{text: strings.Join(last, "; ")},
		})
	}
	t.table(rows)
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
	each := (steps + t.width - label - 1) / max(t.width-label, 1)
	if steps == 0 || each == 0 {
		return
	}
	t.line()
	t.wrapped(t.paint("1", "served well")+"  ", "a character is "+words.Figure(l.StepS*float64(each), "s")+", its height the share of users served well then")
	t.line("  A ", t.paint("32", sparkShares(l.A, each)))
	t.line("  B ", t.paint("34", sparkShares(l.B, each)))
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
	t.line()
	t.wrapped(t.paint("1", "users")+"  ", fmt.Sprintf("%s lost, %s saved; %s", v.Lost, v.Saved, v.Kept))
	if v.Alone != "" {
		t.wrapped("       ", v.Alone)
	}
	const most = 10
	listed := map[string]int{}
	rows := [][]cell{}
	for _, s := range v.Swings {
		if listed[s.Word]++; listed[s.Word] > most {
			continue
		}
		rows = append(rows, []cell{
			{text: s.Mark + " " + s.Word, color: verdictColor(s.Class)},
			{text: s.Due, right: true},
			{text: s.Journey},
			{text: s.Phase},
			{text: s.Before + " → " + s.After},
			{text: s.Nonce},
		})
	}
	t.table(rows)
	if more := len(v.Swings) - len(rows) + v.Unlisted; more > 0 {
		t.line(fmt.Sprintf("  and %d more", more))
	}
}
