package report

import (
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// Pair writes two cards of one scenario next to each other: what each app came
// to, in one sentence, then dimensions and bars line by line.
func Pair(w io.Writer, left, right *scorecard.Card, opts Options) error {
	t := newTerminal(opts)
	a, b := viewOf(left), viewOf(right)
	t.line(t.paint("1", plain.Fit(a.Title, t.width)))
	if b.Scenario != a.Scenario {
		t.line("not the same scenario: ", a.Scenario, " and ", b.Scenario)
	}
	t.line()
	t.sentences(a, b)
	t.line()
	t.table(append(pairHead(a, b), pairDimensions(a, b)...))
	t.line()
	t.table(append(pairHead(a, b), pairBars(a, b)...))
	_, err := io.WriteString(w, t.String())
	return err
}

// sentences writes verdict, grade and sentence of both, in two columns where
// there is room for them.
func (t *terminal) sentences(a, b *view) {
	if t.width < 70 {
		for _, v := range []*view{a, b} {
			t.line(t.paint("1;"+verdictColor(v.Class), v.headline()))
			t.wrapped("  ", v.Sentence)
		}
		return
	}
	const gap = 3
	width := (t.width - gap) / 2
	t.line(t.paint("1;"+verdictColor(a.Class), pad(a.headline(), width)), strings.Repeat(" ", gap),
		t.paint("1;"+verdictColor(b.Class), plain.Fit(b.headline(), width)))
	one, two := wrap(a.Sentence, width), wrap(b.Sentence, width)
	for i := range max(len(one), len(two)) {
		t.line(pad(at(one, i), width), strings.Repeat(" ", gap), at(two, i))
	}
}

func (v *view) headline() string {
	s := v.Mark + " " + v.Word + "  " + v.App
	if v.Grade != "" {
		s += "  grade " + v.Grade + " (" + v.Score + ")"
	}
	return s
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

func pairHead(a, b *view) [][]cell {
	return [][]cell{{{text: ""}, {text: a.App, right: true}, {text: b.App, right: true}}}
}

func pairDimensions(a, b *view) [][]cell {
	other := map[string]string{}
	for _, d := range b.Dimensions {
		other[d.Name] = d.Score
	}
	var rows [][]cell
	for _, d := range a.Dimensions {
		rows = append(rows, []cell{
			{text: d.Name},
			{text: d.Score, right: true},
			{text: other[d.Name], right: true},
		})
	}
	return rows
}

// pairBars lists the bars in the order of the first card, then those that only
// the second has.
func pairBars(a, b *view) [][]cell {
	other := map[string]barView{}
	for _, bar := range b.inOrder {
		other[bar.Title+bar.Bar] = bar
	}
	var rows [][]cell
	for _, bar := range a.inOrder {
		key := bar.Title + bar.Bar
		rows = append(rows, pairBar(bar, bar, other[key]))
		delete(other, key)
	}
	for _, bar := range b.inOrder {
		if _, left := other[bar.Title+bar.Bar]; left {
			rows = append(rows, pairBar(bar, barView{}, bar))
		}
	}
	return rows
}

func pairBar(name, a, b barView) []cell {
	return []cell{
		{text: name.Title + " " + name.Bar},
		{text: pairValue(a), right: true, color: verdictColor(a.Class)},
		{text: pairValue(b), right: true, color: verdictColor(b.Class)},
	}
}

func pairValue(b barView) string {
	if b.Mark == "" {
		return "–"
	}
	return b.Value + " " + b.Mark
}
