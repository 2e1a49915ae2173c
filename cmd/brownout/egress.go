package main

import (
	"errors"

	"github.com/spf13/cobra"
)

// egress is what the flags say about what an app that brownout starts may call.
type egress struct {
	unguarded, intercept bool
}

func (e *egress) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&e.unguarded, "no-guard", false, "let an app that brownout starts call real providers")
	cmd.Flags().BoolVar(&e.intercept, "intercept", false, "answer what it sends to real providers by the scenario's")
}

// check finds what the flags cannot mean together, and for an app that brownout
// starts or does not.
func (e *egress) check(started, noMocks bool) error {
	usage := func(err, hint string) error { return &exit{code: exitUsage, err: errors.New(err), hint: hint} }
	switch {
	case !e.intercept:
		return nil
	case e.unguarded:
		return usage("--intercept is the guard's work, and --no-guard leaves it out", "give one of them")
	case noMocks:
		return usage("--intercept has nobody to answer with --no-mocks", "intercept where the mocks are")
	case !started:
		return usage("--intercept is for an app that brownout starts: nobody else's environment can be changed",
			"let brownout start it: brownout run SCENARIO --target URL --intercept -- COMMAND")
	}
	return nil
}
