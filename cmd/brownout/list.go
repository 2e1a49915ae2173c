package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios/library"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// listing is one table of names that `list` can print.
type listing struct {
	name string
	rows func() []row
}

type row struct {
	Name string `json:"name"`
	Note string `json:"note,omitempty"` // length, family, unit
	Doc  string `json:"doc"`
	// Of scenarios: the findings that they teach, and where their scripts come from.
	Teaches []string `json:"teaches,omitempty"`
	Sources []string `json:"sources,omitempty"`
}

// listings is what there is to list, by the same tables that the scenario
// language is read with.
func listings() []listing {
	return []listing{
		{"scenarios", func() (rows []row) {
			for _, e := range library.List() {
				rows = append(rows, row{e.Name, clock(e.Length), e.Title, e.Teaches, e.Sources})
			}
			return rows
		}},
		{"faults", func() (rows []row) {
			for _, k := range faults.Kinds() {
				rows = append(rows, row{Name: k.Name, Note: k.Family, Doc: k.Doc})
			}
			return rows
		}},
		{"dialects", func() (rows []row) {
			for _, d := range mockllm.Dialects() {
				rows = append(rows, row{Name: d.Name, Note: "", Doc: d.Doc})
			}
			return rows
		}},
		{"metrics", func() (rows []row) {
			for _, m := range measure.Metrics() {
				rows = append(rows, row{Name: m.Name, Note: m.Unit, Doc: m.Doc})
			}
			return rows
		}},
	}
}

func newList(term *terminal) *cobra.Command {
	var asJSON bool
	var names []string
	for _, l := range listings() {
		names = append(names, l.name)
	}
	cmd := &cobra.Command{
		Use:       "list [scenarios|faults|dialects|metrics]",
		Short:     "List the shipped scenarios, or the words of the language",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			what := names[0]
			if len(args) == 1 {
				what = args[0]
			}
			return list(term, what, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func list(term *terminal, what string, asJSON bool) error {
	for _, l := range listings() {
		if l.name != what {
			continue
		}
		if asJSON {
			enc := json.NewEncoder(term.out)
			enc.SetIndent("", "  ")
			return enc.Encode(l.rows())
		}
		w := tabwriter.NewWriter(term.out, 0, 0, 2, ' ', 0)
		for _, r := range l.rows() {
			cells := []string{r.Name, r.Note, r.Doc}
			if len(r.Sources) > 0 {
				cells = append(cells, "teaches "+strings.Join(r.Teaches, ", "), "after "+strings.Join(r.Sources, "; "))
			}
			fmt.Fprintln(w, strings.Join(cells, "\t"))
		}
		return w.Flush()
	}
	return nil
}
