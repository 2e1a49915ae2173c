package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/doctor"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// doctorScenario is what an app file is examined with when no scenario is named.
const doctorScenario = "smoke"

func newDoctor(term *terminal) *cobra.Command {
	var f drillFlags
	cmd := &cobra.Command{
		Use:   "doctor [SCENARIO] [flags] [-- APP COMMAND …]",
		Short: "Say whether an app is fit to be drilled, and what to do where it is not",
		Long: `doctor starts the mocks, and the app as run does, sends one request of each journey,
and says what it saw of it on both sides:
  answers   whether the app answers
  mocks     whether it called the mocks for that
  sdk       by which SDK, how that finds its provider, and how patient it is as it comes
  path      where the mocks are more lenient about /v1 than the real provider
  nonce     whether the request is known again at the mocks
  answer    whether the journey's answer rule finds the text, and where it stands
  stream    whether it comes as it was streamed
  timeout   what the SDK announces, beside how long users wait
  retries   whether the app asks twice though nothing is wrong
  key       whether it has a key of its own
and what in this environment leads an app astray: proxies, real keys, variables that go
before a base URL. Each line has what to do about it. Nothing goes wrong meanwhile, and
nothing is left behind.

SCENARIO is a file or the name of a shipped one; with --with it may be left out. A
running app (--target) must have been started with the mocks' environment, see brownout
env.

Exit code 0 when no check failed (a warning is no failure), 99 when one did, 1 when the
app never became ready.`,
		Example: `  brownout doctor --with app.drill.yaml
  brownout doctor support.drill.yaml --target http://127.0.0.1:8000 --format json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if at := cmd.ArgsLenAtDash(); at >= 0 {
				args, f.command = args[:at], args[at:]
			}
			switch {
			case len(args) > 1:
				return fmt.Errorf("doctor takes one scenario, got %d arguments", len(args))
			case len(args) == 0 && f.with == "":
				return errors.New("doctor needs a scenario, or --with the app file that says how the app is asked; brownout init writes one")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			scenario := doctorScenario
			if at := cmd.ArgsLenAtDash(); len(args) > 0 && at != 0 {
				scenario = args[0]
			}
			if err := f.output.checkAmong(names(doctorFormats())); err != nil {
				return err
			}
			return examine(cmd.Context(), term, scenario, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.with, "with", "", "app `FILE` whose app, providers and traffic replace the scenario's")
	flags.StringVar(&f.app, "app", "", "built-in `APP` to examine: builtin:naive or builtin:resilient")
	flags.StringVar(&f.target, "target", "", "`URL` at which the app answers")
	flags.StringArrayVar(&f.allow, "allow-target", nil, "`HOST` that may be sent requests though it is not loopback (repeatable)")
	flags.StringVar(&f.ca, "ca", "", caUsage)
	f.output.flagsOf(cmd, "report", names(doctorFormats()))
	return cmd
}

// doctorFormats are the ways in which a report is written.
func doctorFormats() []report.FormatOf[*doctor.Report] {
	return []report.FormatOf[*doctor.Report]{
		{Name: "text", Doc: "a line for each finding", Write: func(w io.Writer, r *doctor.Report, _ report.Options) error { return r.Write(w) }},
		{Name: "json", Doc: "for programs", Write: func(w io.Writer, r *doctor.Report, _ report.Options) error {
			enc := json.NewEncoder(w)
			enc.SetIndent("", "  ")
			return enc.Encode(r)
		}},
	}
}

func examine(ctx context.Context, term *terminal, scenario string, f drillFlags) error {
	plan, problems := scenarios.Load(scenario, f.options())
	if plan == nil { // what is unwise about a drill is no matter here
		if err := term.diagnose(problems); err != nil {
			return &exit{code: exitTool, err: err}
		}
		return &exit{code: exitUsage}
	}
	app, err := chooseApp(plan, f)
	if err != nil {
		return err
	}
	if err := f.permit(ctx, plan); err != nil {
		return err
	}
	trust, err := trusted(f.ca)
	if err != nil {
		return err
	}
	p := performance{plan: plan, app: app, allow: f.allow, trust: trust}
	look, err := drill.Probe(ctx, plan, p.options())
	if ready, ok := errors.AsType[*drill.NotReadyError](err); ok {
		return &exit{code: exitTool, err: withTail(ready), hint: "app.ready says what to wait for and how long; brownout run keeps all that the app prints, in app.log"}
	}
	if err != nil {
		return p.explain(ctx, err)
	}
	r := doctor.Examine(look, os.Environ())
	if err := writeAs(term, f.output.formats, doctorFormats(), r); err != nil {
		return &exit{code: exitTool, err: err}
	}
	if r.Failed() {
		return &exit{code: exitMissed}
	}
	return nil
}
