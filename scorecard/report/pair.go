package report

import (
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/report/screen"
)

// Pair writes two cards of one scenario next to each other: what each app came
// to, in one sentence, then dimensions and bars line by line.
func Pair(w io.Writer, left, right *scorecard.Card, opts Options) error {
	t := newTerminal(opts)
	a, b := viewOf(left), viewOf(right)
	t.Line(t.Paint("1", plain.Fit(a.Title, t.Width)))
	if b.Scenario != a.Scenario {
		t.Line("not the same scenario: ", a.Scenario, " and ", b.Scenario)
	}
	t.Line()
	t.sentences(a, b)
	t.Line()
	t.Table(append(pairHead(a, b), pairDimensions(a, b)...))
	t.Line()
	t.Table(append(pairHead(a, b), pairBars(a, b)...))
	_, err := io.WriteString(w, t.String())
	return err
}

// sentences writes verdict, grade and sentence of both, in two columns where
// there is room for them.
func (t *terminal) sentences(a, b *view) {
	if t.Width < 70 {
		for _, v := range []*view{a, b} {
			t.Line(t.Paint("1;"+verdictColor(v.Class), v.headline()))
			t.Wrapped("  ", v.Sentence)
		}
		return
	}
	const gap = 3
	width := (t.Width - gap) / 2
	t.Line(t.Paint("1;"+verdictColor(a.Class), screen.Pad(a.headline(), width)), strings.Repeat(" ", gap),
		t.Paint("1;"+verdictColor(b.Class), plain.Fit(b.headline(), width)))
	one, two := screen.Wrap(a.Sentence, width), screen.Wrap(b.Sentence, width)
	for i := range max(len(one), len(two)) {
		t.Line(screen.Pad(at(one, i), width), strings.Repeat(" ", gap), at(two, i))
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

func pairHead(a, b *view) [][]screen.Cell {
	return [][]screen.Cell{{{Text: ""}, {Text: a.App, Right: true}, {Text: b.App, Right: true}}}
}

func pairDimensions(a, b *view) [][]screen.Cell {
	other := map[string]string{}
	for _, d := range b.Dimensions {
		other[d.Name] = d.Score
	}
	var rows [][]screen.Cell
	for _, d := range a.Dimensions {
		rows = append(rows, []screen.Cell{
			{Text: d.Name},
			{Text: d.Score, Right: true},
			{Text: other[d.Name], Right: true},
		})
	}
	return rows
}

// pairBars lists the bars in the order of the first card, then those that only
// the second has.
func pairBars(a, b *view) [][]screen.Cell {
	other := map[string]barView{}
	for _, bar := range b.inOrder {
		other[bar.Title+bar.Bar] = bar
	}
	var rows [][]screen.Cell
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

func pairBar(name, a, b barView) []screen.Cell {
	return []screen.Cell{
		{Text: name.Title + " " + name.Bar},
		{Text: pairValue(a), Right: true, Color: verdictColor(a.Class)},
		{Text: pairValue(b), Right: true, Color: verdictColor(b.Class)},
	}
}

func pairValue(b barView) string {
	if b.Mark == "" {
		return "–"
	}
	return b.Value + " " + b.Mark
}
