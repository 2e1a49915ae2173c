package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// drillFlags are the flags of `run`.
type drillFlags struct {
	with, app, target, dir string
	traces                 traceFlags
	ca                     string
	force, quiet           bool
	control, suggest       bool
	repeat                 int
	allow, upstreams       []string // hosts
	seed                   uint64
	seeded                 bool
	command                []string // after --
	output                 output
	when                   when
	rails                  rails
	metrics                metricsFlags
	ui                     uiFlags
	logFormat              logFormat
	dryRun, noMocks        bool
	interactive            bool // led by keys
	lead                   controlFlags
	ready                  string
	egress                 egress
	blind                  blindFlags
}

func newRun(term *terminal) *cobra.Command {
	var f drillFlags
	cmd := &cobra.Command{
		Use:   "run SCENARIO [flags] [-- APP COMMAND …]",
		Short: "Drill an app and score what its users got",
		Long: `run plays a scenario against an app and scores what its users got.

SCENARIO is a file or the name of a shipped scenario (see brownout list). The app
is one of: a running one (--target or traffic.target), a command that brownout
starts with the mocks in its environment (app.command, or after --), or a
built-in one (--app builtin:naive|resilient|both).

With --repeat N the drill is played N times, one after the other and with the
same luck for every user, into the directories 1, 2, … of the result directory.
The verdict and --format are those of the worst run; how far each bar's value
moved stands on stdout and in repeat.json. An app that brownout starts is
started anew for each run; a running one keeps what it learnt (an open breaker).

With --app builtin:both the naive and the resilient bot play it at the same time,
as in demo, into the directories naive and resilient of the result directory. Both
cards are shown side by side; the exit code is the resilient bot's.

With --traffic a recorded trace is replayed in place of the scenario's rates: when
requests came, and how long prompts and answers were. brownout explain
journeys.trace tells what such a file is like. Its lines name the journeys, where
there are several; JOURNEY=FILE gives all of it to one, and the others keep their
rates. What comes after the drill's end is not sent. --traffic-speedup 2 replays it
in half of the time. The trace is a part of what was
played: results keep it, and other traffic is another drill to compare and history.

With --no-faults the same traffic goes through an app whose providers stay well:
a control run, whose card should hold no finding. --suggest prints what such a
run carries as lines for the scenario: rates, slow_over, and bars that its phases
are long enough to prove.

An app that brownout starts is told by its environment where the mocks are, so that
these listen on free ports unless the scenario names one (listen), and {{port}} is a
free port for the app itself, in app.command, app.env, app.ready.url and
traffic.target: several drills can go on at once. Without such an app the mocks are on
ports 4100 upward, as brownout env says.

It has an egress guard: a proxy, in its environment, that
lets all through but calls to the hosts of real providers (api.openai.com and the
like). Those are refused and the card tells of them; --no-guard turns it off. With
--intercept they are answered instead, each by the scenario's first provider of its
dialect, for apps whose base URL cannot be set: the guard speaks TLS in the hosts'
names, and the app is told by its environment to trust the drill's CA.

With --at the command waits, and the clock starts at that time of day; what has to
be ready by then is started shortly before. Only the start goes by the machine's
clock: a drill under way does not notice when that is set. --window refuses to
start what would not be over in time, and stops what is not. --max-duration,
--max-rate, --stop-file and --dead-man are bounds, too, whatever the scenario says. A drill that
is stopped is healed, aborted, and ends with exit code 97. --dry-run says what would be done, having
looked whether it could: the scenario, the target, the ports, the app's command. It
starts nothing and sends nothing, not even the canary.

With --control the drill is led while it runs: ` + "`brownout ctl`" + `, or whatever else speaks
HTTP, ends, holds, repeats and extends its phases, opens and closes faults, marks
what people saw, and stops it. Where, and the token that it takes, is said at the
start and in --ready-file. Who did what stands in the log; the card judges the
timeline as it was played.

With --interactive it is led by keys at the terminal, which shows phases, what users
got in the last seconds and who was asked for it: next, hold, heal, mark, stop.

With --ui a page shows the card's timeline while the drill goes on, and becomes the
card at the end; the URL to open is said at the start. With --control there is a
second one, whose page has the leader's buttons. A page that loses the connection
comes back to what is to be seen then, and a slow one misses some of it. In a blind
drill it shows neither phases nor faults.

With --blind nobody sees phases or faults before the end: not on the terminal, not
by brownout ctl, but for its --reveal, and the results are filed under "blind".
brownout ctl diagnose PROVIDER KIND is what the team says is wrong; the card tells
when it was right, and what was to be seen by then. --shift 10% moves the beginnings
of phases by the seed, so that a scenario that everybody knows still surprises; what
was played is told at the end, and stands in scenario.yaml.

Nothing that a drill leaves shows an API key, an Authorization header, what a ${VAR}
of the scenario stood for, or what the environment holds under a secret's name (KEY,
TOKEN, PASSWORD and the like), be it that the app prints it or sends it: a key's hash
or the variable's name stands there. Values of fewer than 12 characters are not looked
for, but those of 6 and more that the scenario has under a name like DRILL_PASSWORD or
API_TOKEN, unless they are plain words; what a scenario holds without ${VAR} stays in
its copy.

With --no-mocks it sends the traffic alone, to a running app: the mocks are played
near that by brownout serve --play, with the same scenario and the same --at. They
cannot be seen from here, so that the canary wants no more than an answer. The log
has the users' side, and there is no card until brownout report joins both logs.`,
		Example: `  brownout run support.drill.yaml
  brownout run ai-brownout --with app.drill.yaml
  brownout run ai-brownout --app builtin:resilient
  brownout run support.drill.yaml --target http://127.0.0.1:8000 -- python app.py
  brownout run ai-brownout --with app.drill.yaml --traffic chat=AzureLLMInferenceTrace_conv.csv
  brownout run support.drill.yaml --at 10:00 --window 10:00-12:00 --max-rate 50/s`,
		Args: func(cmd *cobra.Command, args []string) error {
			if at := cmd.ArgsLenAtDash(); at >= 0 {
				args, f.command = args[:at], args[at:]
				if len(f.command) == 0 {
					return errors.New("no command after --")
				}
			}
			if len(args) != 1 {
				return fmt.Errorf("run takes one scenario, got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f.seeded = cmd.Flags().Changed("seed")
			return runDrill(cmd.Context(), term, args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.with, "with", "", "app `FILE` whose app, providers and traffic replace the scenario's")
	f.traces.add(cmd)
	flags.StringVar(&f.app, "app", "", "built-in `APP` to drill: builtin:naive, builtin:resilient or builtin:both")
	flags.StringVar(&f.target, "target", "", "`URL` at which the app answers")
	flags.StringVarP(&f.dir, "output", "o", "", "result `DIR` (default brownout-results/<start>-<scenario>)")
	flags.BoolVar(&f.force, "force", false, "replace an earlier run in the result directory")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no moving bars, a line per phase")
	flags.BoolVarP(&f.interactive, "interactive", "i", false, "lead the drill by keys at this terminal")
	flags.BoolVar(&f.control, "no-faults", false, "control run: the providers stay well")
	flags.BoolVar(&f.suggest, "suggest", false, "print rates, slow_over and bars that the app's own baseline carries")
	flags.IntVar(&f.repeat, "repeat", 1, "play the drill `N` times and take the worst")
	flags.StringVar(&f.ca, "ca", "", caUsage)
	flags.StringArrayVar(&f.allow, "allow-target", nil, "`HOST` that may be sent traffic though it is not loopback (repeatable)")
	flags.StringArrayVar(&f.upstreams, "allow-upstream", nil, "`HOST` that may be a provider's upstream though it is not loopback (repeatable)")
	flags.Uint64Var(&f.seed, "seed", 0, "play the scenario with another seed")
	flags.BoolVar(&f.noMocks, "no-mocks", false, "send the traffic alone, at --at; brownout serve --play is the other half")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and do nothing of it")
	f.egress.flags(cmd)
	f.blind.flags(cmd)
	f.metrics.flags(cmd)
	f.ui.flags(cmd)
	f.logFormat.flags(cmd)
	f.when.flags(cmd)
	flags.StringVar(&f.ready, "ready-file", "", "write where the mocks and the control are to `FILE` when the drill begins")
	f.lead.flags(cmd)
	f.rails.flags(cmd)
	f.output.flags(cmd)
	return cmd
}

// runDrill loads, drills, judges and reports.
func runDrill(ctx context.Context, term *terminal, scenario string, f drillFlags) error {
	if err := f.logFormat.apply(term); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	if err := f.atTerminal(term); err != nil {
		return err
	}
	if f.app == "builtin:"+pairStyle {
		return runPair(ctx, term, scenario, f)
	}
	plan, err := f.blind.load(term, scenario, f.options())
	if err != nil {
		return err
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
	if err := f.bound(plan); err != nil {
		return err
	}
	if f.dir == "" {
		if f.dir, err = f.ownDir(f.blind.name(plan)); err != nil {
			return err
		}
		defer os.Remove(f.dir) // unless the run left something in it
	}
	p := performance{
		plan: plan, app: app, dir: f.dir, force: f.force, allow: f.allow, upstreams: f.upstreams, control: f.control, trust: trust,
		log: term.log, at: f.when.at, noMocks: f.noMocks, egress: f.egress,
	}
	if f.dryRun {
		return p.rehearse(ctx, term, f)
	}
	return conduct(ctx, term, p, f)
}

// ownDir is a result directory for the run alone, which a dry run only names.
func (f *drillFlags) ownDir(scenario string) (string, error) {
	at := f.when.start(time.Now())
	if f.dryRun {
		return results.Name(scenario, at), nil
	}
	dir, err := results.Own(scenario, at)
	return dir, dirRefused(err)
}

// conduct plays the drill, led and shown as the flags say, and reports.
func conduct(ctx context.Context, term *terminal, p performance, f drillFlags) error {
	lead, err := f.lead.listen(term)
	if err != nil {
		return err
	}
	defer lead.close()
	if lead.announce(f.ready); f.ready != "" {
		defer os.Remove(f.ready)
	}
	p.leading, p.blind = lead, f.blind.hidden
	if p.shown, err = f.metrics.listen(term); err != nil {
		return err
	}
	defer p.shown.close()
	if p.page, err = f.ui.listen(term, lead.server); err != nil {
		return err
	}
	defer p.page.close()
	p.bounds = f.rails.around(&f.when, &lead.pulse)
	f.announce(term, p)
	if f.noMocks {
		return p.half(ctx, term, f)
	}
	play := once
	if f.repeat > 1 {
		play = repeated
	}
	card, err := play(ctx, term, p, f)
	if err != nil {
		return err
	}
	p.page.end(card)
	if err := f.show(term, card); err != nil {
		return &exit{code: exitTool, err: err}
	}
	f.blind.tell(term, p.plan)
	term.sayf("results: %s", f.dir)
	if ctx.Err() != nil {
		return &exit{code: stopCode(ctx)}
	}
	if code := verdictCode(card); code != exitOK {
		return &exit{code: code}
	}
	return nil
}

// once plays the drill and gives its card.
func once(ctx context.Context, term *terminal, p performance, f drillFlags) (*scorecard.Card, error) {
	bars := f.progress(term)
	p.watch = bars.watch(f.blind.name(p.plan), true)
	if f.interactive {
		p.watch = bars.cockpit(&f, p.leading.pulse.Beat, p.watch)
	}
	if err := p.perform(ctx, bars.wait); err != nil {
		return nil, p.explain(ctx, err)
	}
	card, err := p.card()
	if err != nil {
		return nil, &exit{code: exitTool, err: err}
	}
	p.remember(term, card)
	return card, nil
}

// show writes what was asked for. A suggestion is a result of its own: it takes
// the place of the summary, and other formats go where they say.
func (f *drillFlags) show(term *terminal, card *scorecard.Card) error {
	if f.suggest {
		if err := report.Suggestion(term.out, scorecard.Suggest(card)); err != nil {
			return err
		}
		if len(f.output.formats) == 0 {
			return nil
		}
	}
	return f.output.write(term, card)
}

// check finds out what is wrong with the flags alone.
func (f *drillFlags) check() error {
	if f.repeat < 1 {
		return &exit{code: exitUsage, err: fmt.Errorf("--repeat %d: it takes a number of runs, 1 or more", f.repeat)}
	}
	if err := f.rails.parse(f.lead.addr != ""); err != nil {
		return err
	}
	if err := f.blind.parse(); err != nil {
		return err
	}
	f.lead.blind, f.metrics.blind, f.ui.blind = f.blind.hidden, f.blind.hidden, f.blind.hidden
	if f.noMocks {
		if err := f.checkHalf(); err != nil {
			return err
		}
	}
	if err := f.lead.check(); err != nil {
		return err
	}
	return f.output.check()
}

// bound refuses a plan that is not for this time of day, or beyond the rails.
func (f *drillFlags) bound(plan *scenarios.Plan) error {
	if err := f.when.settle(time.Now(), time.Duration(f.repeat)*plan.Length); err != nil {
		return err
	}
	if err := f.lead.fit(plan); err != nil {
		return err
	}
	return f.rails.allow(plan)
}

// permit refuses hosts that nobody has allowed.
func (f *drillFlags) permit(ctx context.Context, plan *scenarios.Plan) error {
	if err := f.egress.check(f.starts(plan), f.noMocks); err != nil {
		return err
	}
	if plan.Target != "" {
		if err := drill.CheckTarget(plan.Target, f.allow); err != nil {
			return performance{}.explain(ctx, err)
		}
	}
	if err := drill.CheckUpstreams(plan, f.upstreams); err != nil {
		return performance{}.explain(ctx, err)
	}
	return nil
}

// options are what the flags say about how the scenario is read.
func (f drillFlags) options() scenarios.Options {
	opts := scenarios.Options{
		AppFile:  f.with,
		AnyPorts: f.app != "",
		Starts:   len(f.command) > 0 || f.target == "" && !f.noMocks,
		HaveApp:  f.app != "",
		Target:   f.target,
		Traffic:  f.traces.from,
		Speedup:  float64(f.traces.speedup),
		Command:  f.command,
		Shift:    f.blind.share,
	}
	if f.seeded {
		opts.Seed = &f.seed
	}
	return opts
}

// load reads a scenario and says everything that is wrong with it.
func load(term *terminal, scenario string, opts scenarios.Options) (*scenarios.Plan, error) {
	plan, problems := scenarios.Load(scenario, opts)
	if err := term.diagnose(problems); err != nil {
		return nil, &exit{code: exitTool, err: err}
	}
	if plan == nil {
		return nil, &exit{code: exitUsage}
	}
	return plan, nil
}

func errTwoApps() error {
	return &exit{code: exitUsage, err: errors.New("--app, --target and a command name different apps: give one")}
}

// starts says whether brownout starts the app that [chooseApp] chooses.
func (f *drillFlags) starts(plan *scenarios.Plan) bool {
	return f.app == "" && (len(f.command) > 0 || f.target == "" && plan.App != nil && len(plan.App.Command) > 0)
}

// chooseApp finds out what is drilled. Flags beat the file.
func chooseApp(plan *scenarios.Plan, f drillFlags) (drill.App, error) {
	switch {
	case f.app != "" && (f.target != "" || len(f.command) > 0):
		return drill.App{}, errTwoApps()
	case f.app != "":
		style, ok := strings.CutPrefix(f.app, "builtin:")
		if !ok || !slices.Contains(bot.Styles(), style) {
			return drill.App{}, &exit{
				code: exitUsage,
				err:  fmt.Errorf("unknown app %q", f.app),
				hint: "--app builtin:naive, builtin:resilient or builtin:both; your own app: --target URL, or its command after --",
			}
		}
		return builtin(style), nil
	case len(f.command) > 0:
		return drill.Command(*plan.App), nil // the command is in the plan already
	case f.target != "":
		return drill.Running(f.target), nil
	case plan.App != nil && len(plan.App.Command) > 0:
		return drill.Command(*plan.App), nil
	case plan.Target != "":
		return drill.Running(plan.Target), nil
	}
	return drill.App{}, &exit{
		code: exitUsage,
		err:  fmt.Errorf("scenario %q does not say which app to drill", plan.Name),
		hint: "--target URL for a running app, -- COMMAND to start one, --app builtin:resilient to try brownout out",
	}
}
