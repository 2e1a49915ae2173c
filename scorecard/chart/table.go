package chart

import (
	"cmp"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A Table is what a drawing shows, for whoever does not see it. The first cell of
// a row names it; the others are figures.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// Bounds of the tables: a reader has no use for more, and a page no room.
const (
	mostSteps   = 60
	mostWindows = 200
)

// Tables are the timeline in figures: the faults, and what happened step by step.
func (d Drill) Tables() []Table {
	var tables []Table
	if t := d.faultTable(); len(t.Rows) > 0 {
		tables = append(tables, t)
	}
	if t := d.stepTable(); len(t.Rows) > 0 {
		tables = append(tables, t)
	}
	return tables
}

func (d Drill) faultTable() Table {
	t := Table{Caption: "Faults: when each was out, and the share of requests it hit", Head: []string{"fault", "from", "to", "share"}}
	windows := slices.Clone(d.Windows)
	slices.SortStableFunc(windows, func(a, b record.Window) int { return cmp.Compare(a.Start, b.Start) })
	for _, w := range windows[:min(len(windows), mostWindows)] {
		t.Rows = append(t.Rows, []string{
			plain.Text(w.Provider) + ": " + kindOf(w), words.Figure(w.Start.Float(), "s"), words.Figure(w.End.Float(), "s"), course(w),
		})
	}
	return t
}

// kindOf names the kind of a fault as people write it.
func kindOf(w record.Window) string { return strings.ReplaceAll(plain.Text(w.Kind), "_", " ") }

// course says how the share of a fault goes: "40 % → 10 %, rising for 5 s, 5 s bad
// and 3 s well in turn".
func course(w record.Window) string {
	s := shares(w)
	if w.Rise > 0 {
		s += ", rising for " + words.Figure(w.Rise.Float(), "s")
	}
	if w.Bad > 0 {
		s += ", " + words.Figure(w.Bad.Float(), "s") + " bad and " + words.Figure(w.OK.Float(), "s") + " well in turn"
	}
	return s
}

func (d Drill) stepTable() Table {
	steps := d.steps(mostSteps)
	t := Table{
		Caption: "Step by step: requests due by what became of them, who answered, what reached providers, how long users waited",
		Head:    []string{"from"},
	}
	for _, c := range steps.columns {
		t.Head = append(t.Head, c.name)
	}
	for i := range steps.n {
		row := []string{words.Figure(float64(i)*steps.step, "s")}
		for _, c := range steps.columns {
			row = append(row, c.figure(i))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
