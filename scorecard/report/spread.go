package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/report/screen"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Spread writes what several runs came to: a line per run, then each bar with
// the least, the median and the greatest value.
func Spread(w io.Writer, s scorecard.Spread, opts Options) error {
	t := newTerminal(opts)
	word := strings.ToUpper(s.Verdict.String())
	t.Line(t.Paint("1;"+verdictColor(s.Verdict.String()), mark(s.Verdict)+" "+word),
		"  ", plain.Fit(fmt.Sprintf("%d run%s of %s", len(s.Runs), words.Plural(len(s.Runs)), plain.Text(s.Scenario.Name)), t.Width-len(word)-4))
	t.Line()
	for i, run := range s.Runs {
		t.Wrapped(fmt.Sprintf("  %d  %s %s  ", i+1, mark(run.Verdict), screen.Pad(run.Verdict.String(), len("inconclusive"))),
			strings.TrimSpace(plain.Text(run.Grade)+"  "+plain.Text(run.Sentence)))
	}
	t.Line()
	rows := [][]screen.Cell{{
		{Text: "bar"}, {Text: ""}, {Text: "min", Right: true}, {Text: "median", Right: true}, {Text: "max", Right: true}, {Text: "runs"},
	}}
	for _, b := range s.Bars {
		var marks strings.Builder
		for _, v := range b.Verdicts {
			marks.WriteString(mark(v))
		}
		rows = append(rows, []screen.Cell{
			{Text: plain.Text(b.Metric) + ", " + where(b.Phase, b.Journey, b.Provider)},
			{Text: sign(b.Op) + " " + words.Figure(b.Threshold, b.Unit)},
			{Text: figureOr(b.Min, b.Unit), Right: true},
			{Text: figureOr(b.Median, b.Unit), Right: true},
			{Text: figureOr(b.Max, b.Unit), Right: true},
			{Text: marks.String(), Color: verdictColor(b.Verdict.String())},
		})
	}
	t.Table(rows)
	_, err := io.WriteString(w, t.String())
	return err
}

// figureOr writes a value, or a dash where nothing was measured.
func figureOr(v *float64, unit string) string {
	if v == nil {
		return "–"
	}
	return words.Figure(*v, unit)
}
