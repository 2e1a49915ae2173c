package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// rehearse says what a run would do, having looked whether it could.
func (p performance) rehearse(ctx context.Context, term *terminal, f drillFlags) error {
	if entries, err := os.ReadDir(p.dir); err == nil && len(entries) > 0 && !p.force {
		return occupied(p.dir, "the run")
	}
	if err := drill.Check(ctx, p.plan, p.options()); err != nil {
		return refused(err, p.explain(ctx, err))
	}
	start := f.when.start(time.Now())
	out := tabwriter.NewWriter(term.out, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(out, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	row("scenario", "%s, seed %d", f.blind.name(p.plan), p.plan.Seed)
	row("app", "%s", p.app.Name)
	begins := "once everything is ready"
	if !f.when.at.IsZero() {
		begins = "at " + start.Format(time.RFC3339)
	}
	row("starts", "%s, %s long, over at %s", begins, schema.FormatDuration(p.plan.Length),
		start.Add(time.Duration(f.repeat)*p.plan.Length).Format(time.TimeOnly))
	if f.repeat > 1 {
		row("runs", "%d", f.repeat)
	}
	for _, j := range p.plan.Journeys {
		row("traffic", "%s: %.4g/s, about %.0f requests", j.Name, p.plan.Requests(j)/p.plan.Length.Seconds(), p.plan.Requests(j))
	}
	for _, provider := range p.plan.Providers {
		where := provider.Listen
		if host, free := strings.CutSuffix(where, ":0"); free {
			where = "any free port of " + host
		}
		row("provider", "%s: %s on %s", provider.Name, provider.Spec.Dialect, where)
	}
	for _, phase := range p.plan.Phases {
		if f.blind.hidden {
			break // whoever tries a blind drill out is to be surprised, too
		}
		row("phase", "%s %s", clock(phase.From), strings.TrimSpace(phase.Name+"  "+strings.Join(phase.Faults, ", ")))
	}
	row("results", "%s", p.dir)
	if err := out.Flush(); err != nil {
		return &exit{code: exitTool, err: err}
	}
	term.sayf("dry run: the target, the ports and the app are as a run needs them; nothing was started, sent or written, and whether the app calls the mocks is for a run's canary to find out")
	return nil
}

// refused has all that is wrong in it, with the exit code and the hint of the
// first.
func refused(all, first error) error {
	if e, ok := errors.AsType[*exit](first); ok {
		return &exit{code: e.code, err: all, hint: e.hint}
	}
	return first
}
