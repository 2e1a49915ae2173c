package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios"
)

func newValidate(term *terminal) *cobra.Command {
	var with, format string
	var strict bool
	cmd := &cobra.Command{
		Use:   "validate SCENARIO…",
		Short: "Check scenarios without running them",
		Long: `validate reads scenarios and reports every mistake at once, each with its place,
what was found and what is allowed. What is merely unwise is a warning, with
--strict a mistake. Nothing is started.

Exit code 0 when all are valid, 2 when one is not.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return &exit{code: exitUsage, err: fmt.Errorf("unknown format %q", format), hint: "formats: text, json"}
			}
			return validate(term, args, validation{with, format == "json", strict})
		},
	}
	cmd.Flags().StringVar(&with, "with", "", "app `FILE` whose app, providers and traffic replace the scenario's")
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVar(&strict, "strict", false, "take warnings for errors")
	return cmd
}

// validation is how scenarios are checked.
type validation struct {
	with           string // the app file; "": none
	asJSON, strict bool
}

func validate(term *terminal, names []string, v validation) error {
	invalid := 0
	all := []scenarios.Diagnostic{}
	for _, name := range names {
		// Which app it will be run against is the run's business.
		plan, problems := scenarios.Load(name, scenarios.Options{AppFile: v.with, HaveApp: true})
		if v.strict && len(problems) > 0 {
			plan = nil
			for i := range problems {
				problems[i].Severity = scenarios.Error
			}
		}
		if plan == nil {
			invalid++
		}
		all = append(all, problems...)
		if v.asJSON {
			continue
		}
		if err := scenarios.Print(term.err, problems); err != nil {
			return &exit{code: exitTool, err: err}
		}
		if plan != nil {
			fmt.Fprintf(term.out, "%s: valid: %d phases, %v, %d faults, %d bars\n",
				name, len(plan.Phases), plan.Length, len(plan.Windows), len(plan.Bars))
		}
	}
	if v.asJSON {
		enc := json.NewEncoder(term.out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(all); err != nil {
			return &exit{code: exitTool, err: err}
		}
	}
	switch {
	case invalid == 0:
		return nil
	case len(names) == 1:
		return &exit{code: exitUsage}
	}
	return &exit{code: exitUsage, err: errors.New(plural(invalid, "invalid scenario"))}
}

// plural counts things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
