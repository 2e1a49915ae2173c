package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Spread writes what several runs came to: a line per run, then each bar with
// the least, the median and the greatest value.
func Spread(w io.Writer, s scorecard.Spread, opts Options) error {
	t := newTerminal(opts)
	word := strings.ToUpper(s.Verdict.String())
	t.line(t.paint("1;"+verdictColor(s.Verdict.String()), mark(s.Verdict)+" "+word),
		"  ", plain.Fit(fmt.Sprintf("%d run%s of %s", len(s.Runs), words.Plural(len(s.Runs)), plain.Text(s.Scenario.Name)), t.width-len(word)-4))
	t.line()
	for i, run := range s.Runs {
		t.wrapped(fmt.Sprintf("  %d  %s %s  ", i+1, mark(run.Verdict), pad(run.Verdict.String(), len("inconclusive"))),
			strings.TrimSpace(plain.Text(run.Grade)+"  "+plain.Text(run.Sentence)))
	}
	t.line()
	rows := [][]cell{{
		{text: "bar"}, {text: ""}, {text: "min", right: true}, {text: "median", right: true}, {text: "max", right: true}, {text: "runs"},
	}}
	for _, b := range s.Bars {
		var marks strings.Builder
		for _, v := range b.Verdicts {
			marks.WriteString(mark(v))
		}
		rows = append(rows, []cell{
			{text: plain.Text(b.Metric) + ", " + where(b.Phase, b.Journey, b.Provider)},
			{text: sign(b.Op) + " " + words.Figure(b.Threshold, b.Unit)},
			{text: figureOr(b.Min, b.Unit), right: true},
			{text: figureOr(b.Median, b.Unit), right: true},
			{text: figureOr(b.Max, b.Unit), right: true},
			{text: marks.String(), color: verdictColor(b.Verdict.String())},
		})
	}
	t.table(rows)
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
