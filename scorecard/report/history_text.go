package report

import (
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/history"
	"github.com/seed-76a9de92/brownout/scorecard/report/screen"
)

// writeHistoryText writes, for each scenario and app, the trend as sparklines and the
// runs below, the newest first.
func writeHistoryText(w io.Writer, h *history.History, opts Options) error {
	t := newTerminal(opts)
	p := pastOf(h)
	t.Line(t.Paint("1", p.Title))
	if p.Note != "" {
		t.Wrapped("  ! ", p.Note)
	}
	type of struct{ scenario, app string }
	runs := map[of][]pastRun{}
	var order []of
	for _, r := range p.Runs {
		k := of{r.Scenario, r.App}
		if runs[k] == nil {
			order = append(order, k)
		}
		runs[k] = append(runs[k], r)
	}
	for _, k := range order {
		t.Line()
		t.Wrapped("", t.Paint("1", k.scenario)+" · "+k.app)
		for _, trend := range p.Trends {
			if trend.Scenario == k.scenario && trend.App == k.app && len(trend.Dates) > 1 {
				t.trend(trend)
			}
		}
		t.pastRuns(runs[k])
	}
	_, err := io.WriteString(w, t.String())
	return err
}

func (t *terminal) pastRuns(runs []pastRun) {
	var rows [][]screen.Cell
	for _, r := range runs {
		rows = append(rows, []screen.Cell{
			{Text: r.When},
			{Text: r.Mark + " " + r.Verdict, Color: verdictColor(r.Class)},
			{Text: r.Grade},
			{Text: r.Bars + " bars"},
			{Text: r.State},
			{Text: r.Dir},
		})
	}
	t.Table(rows)
}

// trend draws the last runs of a scenario and app, a character per run, and says what
// its last quarters came to.
func (t *terminal) trend(p pastTrend) {
	quarters := p.Quarters[max(len(p.Quarters)-4, 0):]
	head := []screen.Cell{{Text: ""}, {Text: ""}, {Text: "first", Right: true}, {Text: "last", Right: true}, {Text: "change", Right: true}}
	for _, q := range quarters {
		head = append(head, screen.Cell{Text: q, Right: true})
	}
	rows := [][]screen.Cell{head}
	for _, s := range p.Series {
		row := []screen.Cell{
			{Text: s.Name},
			{Text: t.scores(s.series.Values)},
			{Text: s.First, Right: true},
			{Text: s.Last, Right: true},
			{Text: s.Change, Right: true, Color: trendColor(s.Class)},
		}
		for _, q := range s.Quarters[len(s.Quarters)-len(quarters):] {
			row = append(row, screen.Cell{Text: q, Right: true})
		}
		rows = append(rows, row)
	}
	t.Table(rows)
	t.Line()
}

func trendColor(class string) string {
	if class == "" {
		return ""
	}
	return verdictColor(class)
}

// scores draws scores as blocks, as many of the last as there is room for.
func (t *terminal) scores(values []*float64) string {
	values = values[max(len(values)-max(t.Width-64, 12), 0):]
	scores, full := make([]float64, len(values)), make([]float64, len(values))
	for i, v := range values {
		if v != nil {
			// A zero is a score and not nothing.
			scores[i], full[i] = max(*v, 1), 100
		}
	}
	return strings.TrimRight(spark(scores, full), " ")
}
