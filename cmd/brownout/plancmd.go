package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/hours"
	"github.com/seed-76a9de92/brownout/scenarios/preview"
)

func newPlan(term *terminal) *cobra.Command {
	var with, at string
	var traces traceFlags
	var formats []string
	var asJSON bool
	var names []string
	for _, f := range preview.Formats() {
		names = append(names, f.Name)
	}
	cmd := &cobra.Command{
		Use:   "plan SCENARIO",
		Short: "Show what a drill will be, without running it",
		Long: `plan shows a drill before it is run: the timeline with every fault as high as its
share, how many requests meet each, what each bar can prove with them, what the
best of all clients would reach (par), and the environment that the app needs, unless
brownout starts it and tells it. Nothing is started, nothing is sent.

Requests are counted by the draws that the drill will make, of first attempts, as
if all of them went to the fault's provider. The yaml format is the scenario as it
would be played, with its parents and app file merged in; comments say where each
line is from and what is left to defaults; the traces that it replays are written
beside it. With --traffic the plan is that of a recorded trace. The runbook is the leader's sheet in
Markdown, to print: who does what, what will be seen when, what decides and what ends
it; with --at by the time of day. brownout report RUN --format aar is the same sheet
filled in.`,
		Example: `  brownout plan ai-brownout
  brownout plan support.drill.yaml --with app.drill.yaml --format text --format svg=plan.svg
  brownout plan quarterly --with app.drill.yaml --at 10:00 --format runbook=sheet.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if asJSON {
				formats = append(formats, "json")
			}
			if len(formats) == 0 {
				formats = []string{"text"}
			}
			if err := knownFormats(formats, names); err != nil {
				return err
			}
			opts := scenarios.Options{AppFile: with, HaveApp: true, Starts: true, Traffic: traces.from, Speedup: float64(traces.speedup)}
			plan, err := load(term, args[0], opts)
			if err != nil {
				return err
			}
			var start time.Time
			if at != "" {
				if start, err = hours.At(at, time.Now()); err != nil {
					return atRefused(at, err)
				}
			}
			p := preview.Of(plan, environment(plan))
			if p.YAML, err = scenarios.Annotate(args[0], opts); err != nil {
				return toolFailed(err)
			}
			return writePlan(term, planned{p, plan.Replays, start}, formats)
		},
	}
	cmd.Flags().StringVar(&with, "with", "", "app `FILE` whose app, providers and traffic replace the scenario's")
	traces.add(cmd)
	cmd.Flags().StringVar(&at, "at", "", "the runbook's drill starts at `TIME`: RFC 3339, or HH:MM[:SS] local, today or tomorrow")
	cmd.Flags().StringArrayVar(&formats, "format", nil, "write it as `NAME[=PATH]`: "+strings.Join(names, ", ")+" (no PATH: stdout; repeatable)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	return cmd
}

// environment is what the app needs; nil where it is not known yet: a port that is
// any free one, a certificate that is not there.
func environment(plan *scenarios.Plan) []string {
	if slices.ContainsFunc(plan.Providers, func(p scenarios.Provider) bool { return p.TLS }) {
		return nil
	}
	endpoints, err := drill.Planned(plan, "", "")
	if err != nil {
		return nil
	}
	return drill.Env(endpoints)
}

// planned is a drill before it is run, as it is to be written.
type planned struct {
	preview.Preview
	replays []scenarios.Replay
	start   time.Time
}

func writePlan(term *terminal, p planned, formats []string) error {
	all := preview.Formats()
	for _, f := range formats {
		name, path, _ := strings.Cut(f, "=")
		format := all[slices.IndexFunc(all, func(f preview.Format) bool { return f.Name == name })]
		style := preview.Options{Width: 100, Start: p.start}
		write := func(w io.Writer) error { return format.Write(w, p.Preview, style) }
		if path != "" {
			files := []aside.File{{Path: path, Write: write}}
			if name == "yaml" { // which loads where its traces are
				files = append(files, results.Traces(path, p.replays)...)
			}
			if err := toolFailed(aside.WriteAll(files...)); err != nil {
				return err
			}
			continue
		}
		of := term.style()
		style = preview.Options{Width: of.Width, Color: of.Color, ASCII: of.ASCII, Start: p.start}
		if err := write(term.out); err != nil {
			return toolFailed(fmt.Errorf("write %s: %w", name, err))
		}
	}
	return nil
}
