package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/problems"
)

func newValidate(term *terminal) *cobra.Command {
	var v validation
	var asJSON bool
	var names, docs []string
	for _, f := range problems.Formats() {
		names, docs = append(names, f.Name), append(docs, fmt.Sprintf("  %-7s %s", f.Name, f.Doc))
	}
	cmd := &cobra.Command{
		Use:   "validate SCENARIO…",
		Short: "Check scenarios without running them",
		Long: `validate reads scenarios and reports every mistake at once, each with its place,
what was found and what is allowed. What is merely unwise is a warning, with
--strict a mistake. Nothing is started.

Formats of what is reported, as many as one likes:
` + strings.Join(docs, "\n") + `

Exit code 0 when all are valid, 2 when one is not.`,
		Example: `  brownout validate support.drill.yaml --with app.drill.yaml
  brownout validate drills/*.drill.yaml --format text --format gitlab=gl-code-quality-report.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if asJSON {
				v.formats = append(v.formats, "json")
			}
			if len(v.formats) == 0 {
				v.formats = []string{"text"}
			}
			if err := knownFormats(v.formats, names); err != nil {
				return err
			}
			return validate(term, args, v)
		},
	}
	cmd.Flags().StringVar(&v.with, "with", "", "app `FILE` whose app, providers and traffic replace the scenario's")
	cmd.Flags().StringArrayVar(&v.formats, "format", nil, "write it as `NAME[=PATH]`: "+strings.Join(names, ", ")+" (repeatable)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	cmd.Flags().BoolVar(&v.strict, "strict", false, "take warnings for errors")
	return cmd
}

// validation is how scenarios are checked.
type validation struct {
	with    string   // the app file; "": none
	formats []string // NAME or NAME=PATH
	strict  bool
}

func validate(term *terminal, names []string, v validation) error {
	invalid := 0
	var all []scenarios.Diagnostic
	var valid []string
	for _, name := range names {
		// Which app it will be run against is the run's business.
		plan, found := scenarios.Load(name, scenarios.Options{AppFile: v.with, HaveApp: true})
		if v.strict && len(found) > 0 {
			plan = nil
			for i := range found {
				found[i].Severity = scenarios.Error
			}
		}
		all = append(all, found...)
		if plan == nil {
			invalid++
			continue
		}
		valid = append(valid, fmt.Sprintf("%s: valid: %s, %v, %s, %s\n",
			name, plural(len(plan.Phases), "phase"), plan.Length, plural(len(plan.Windows), "fault"), plural(len(plan.Bars), "bar")))
	}
	for _, f := range v.formats {
		if err := toolFailed(writeFound(term, f, all)); err != nil {
			return err
		}
	}
	if slices.Contains(v.formats, "text") {
		fmt.Fprint(term.out, strings.Join(valid, ""))
	}
	switch {
	case invalid == 0:
		return nil
	case len(names) == 1:
		return &exit{code: exitUsage}
	}
	return &exit{code: exitUsage, err: errors.New(plural(invalid, "invalid scenario"))}
}

// writeFound writes what was found in one format. What people read is no result: it
// goes to stderr.
func writeFound(term *terminal, format string, found []scenarios.Diagnostic) error {
	name, path, _ := strings.Cut(format, "=")
	all := problems.Formats()
	row := all[slices.IndexFunc(all, func(f problems.Format) bool { return f.Name == name })]
	if path != "" {
		return aside.Write(path, func(w io.Writer) error { return row.Write(w, found) })
	}
	to := term.out
	if name == "text" {
		to = term.err
	}
	return row.Write(to, found)
}

// knownFormats refuses formats, NAME or NAME=PATH, that are not among the names.
func knownFormats(formats, names []string) error {
	for _, f := range formats {
		switch name, path, given := strings.Cut(f, "="); {
		case !slices.Contains(names, name):
			return &exit{code: exitUsage, err: fmt.Errorf("unknown format %q", f), hint: "formats: " + strings.Join(names, ", ") + ", or NAME=PATH"}
		case given && path == "":
			return &exit{code: exitUsage, err: fmt.Errorf("--format %s names no path", f)}
		}
	}
	return nil
}

// plural counts things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
