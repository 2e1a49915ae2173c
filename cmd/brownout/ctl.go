package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// A ctlCommand is one thing that ctl does by one call, which answers with a state.
type ctlCommand struct {
	use, short string
	args       cobra.PositionalArgs
	path       string
	body       func(args []string) (any, error) // nil: it has none
}

// ctlCommands is the table of them.
func ctlCommands() []ctlCommand {
	return []ctlCommand{
		{"next", "End the phase, and with the last one the drill", cobra.NoArgs, "/v1/phases/next", nil},
		{"hold", "Let the phase stand still: faults stay open, what is to come waits", cobra.NoArgs, "/v1/phases/hold", nil},
		{"release", "Let a phase that is held go on where it was", cobra.NoArgs, "/v1/phases/release", nil},
		{"jump PHASE", "End the phase and go on with another of the scenario", cobra.ExactArgs(1), "/v1/phases/jump", func(args []string) (any, error) {
			return control.Jump{Phase: args[0]}, nil
		}},
		{"extend TIME", "Let the phase last longer (30s)", cobra.ExactArgs(1), "/v1/phases/extend", func(args []string) (any, error) {
			return control.Extend{For: args[0]}, nil
		}},
		{"open PROVIDER KIND [KEY=VALUE …]", `Open a fault, in the scenario's words: open primary stall share=40% 'at={"token": 12}'`, cobra.MinimumNArgs(2), "/v1/faults", fault},
		{"close KEY", "Close a fault that is open, by its key", cobra.ExactArgs(1), "/v1/faults/close", func(args []string) (any, error) {
			return control.Close{Key: args[0]}, nil
		}},
		{"heal", "Close every fault that is open", cobra.NoArgs, "/v1/heal", nil},
		{"diagnose PROVIDER KIND [NOTE …]", "Say which provider fails, and how: diagnose primary rate_limit", cobra.MinimumNArgs(2), "/v1/marks", func(args []string) (any, error) {
			return control.Mark{Kind: "diagnosed", Provider: args[0], Fault: args[1], Note: strings.Join(args[2:], " ")}, nil
		}},
		{"stop [REASON …]", "Stop the drill; its verdict is aborted", cobra.ArbitraryArgs, "/v1/stop", func(args []string) (any, error) {
			return control.Stop{Reason: strings.Join(args, " ")}, nil
		}},
	}
}

// fault is a fault in the scenario's words: values are JSON where they can be, and
// text else. Several providers are joined by commas.
func fault(args []string) (any, error) {
	made := map[string]any{"provider": args[0], "kind": args[1]}
	if names := strings.Split(args[0], ","); len(names) > 1 {
		made["provider"] = names
	}
	for _, arg := range args[2:] {
		key, text, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, fmt.Errorf("%q is no KEY=VALUE", arg)
		}
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			value = text
		}
		made[key] = value
	}
	return made, nil
}

func newCtl(term *terminal) *cobra.Command {
	c := new(caller)
	cmd := &cobra.Command{
		Use:   "ctl",
		Short: "Lead a drill that runs with --control",
		Long: `ctl leads a drill that another process plays, run or serve with --control.

It finds the drill by --url and --token, else by BROWNOUT_CONTROL_URL and
BROWNOUT_CONTROL_TOKEN, else by the ready file that --ready-file or
BROWNOUT_READY_FILE names.

Each action prints the state that it made. Its number can be given to the next as
--if-state: then nothing is done if anything has happened since.

In a blind drill (run --blind) phases and faults are shown to who says --reveal.

Alerting tools report to the drill by themselves: what fires, is acknowledged and is
resolved becomes a mark alert, acknowledged, all_clear. They call a URL that run
prints and the ready file has under control.hooks, with a token of its own in the
path, for most of them can send no header:
  .../alertmanager  Alertmanager's webhook_configs (send_resolved: true), Grafana
  .../pagerduty     PagerDuty webhooks, v3 and v2; Events API v2 senders, such as
                    Alertmanager's pagerduty_configs with this url
  .../json?kind=    any JSON: kind is a kind of mark or a JSONPath to a word such as
                    firing, note and key are JSONPaths (?kind=$.state&note=$.title)

Exit codes: 0 it is done; 2 it was refused as said; 99 it was not the state any
more (--if-state), or did not come in time (wait); 1 no drill answers, or it is
over.`,
		Example: `  brownout run support.drill.yaml --control --ready-file ready.json &
  export BROWNOUT_READY_FILE=ready.json
  brownout ctl wait phase surge && brownout ctl hold
  brownout ctl open primary,secondary overloaded share=50% until=30s
  brownout ctl mark alert "pager went off"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.flags(cmd)
	for _, row := range ctlCommands() {
		cmd.AddCommand(&cobra.Command{
			Use: row.use, Short: row.short, Args: row.args,
			RunE: func(cmd *cobra.Command, args []string) error {
				var body any
				if row.body != nil {
					var err error
					if body, err = row.body(args); err != nil {
						return &exit{code: exitUsage, err: err}
					}
				}
				return c.ended(c.act(cmd.Context(), term, row.path, body))
			},
		})
	}
	cmd.AddCommand(newCtlState(term, c), newCtlFaults(term, c), newCtlMark(term, c), newCtlCounters(term, c),
		newCtlTail(term, c), newCtlCard(term, c), newCtlWait(term, c), newCtlReport(term, c), newCtlQuestions(term, c))
	return cmd
}

// act acts, and shows the state that came of it.
func (c *caller) act(ctx context.Context, term *terminal, path string, body any) error {
	var raw json.RawMessage
	if err := c.call(ctx, "POST", path, body, &raw); err != nil {
		return err
	}
	return c.show(term, raw, showState)
}

// show prints an answer: as it came with --json, else as people read it.
func (c *caller) show(term *terminal, raw json.RawMessage, people func(*terminal, json.RawMessage) error) error {
	if c.json {
		var b bytes.Buffer
		if err := json.Indent(&b, raw, "", "  "); err != nil {
			return &exit{code: exitTool, err: err}
		}
		_, err := fmt.Fprintln(term.out, strings.TrimSpace(b.String()))
		return err
	}
	return people(term, raw)
}

// showState prints a state: a line, what goes wrong, and what is to come.
func showState(term *terminal, raw json.RawMessage) error {
	var s control.State
	if err := json.Unmarshal(raw, &s); err != nil {
		return &exit{code: exitTool, err: err}
	}
	at := func(seconds float64) string { return clock(time.Duration(seconds * float64(time.Second))) }
	if s.Blind {
		fmt.Fprintf(term.out, "%s of %s  blind: --reveal shows what goes wrong\n", at(s.ElapsedS), at(s.LengthS))
		return nil
	}
	held := ""
	switch {
	case s.Over:
		held = ", ending"
	case s.Held:
		held = ", held"
	}
	fmt.Fprintf(term.out, "%s of %s  %s (%d of %d%s)  state %d\n", at(s.ElapsedS), at(s.LengthS), s.Phase, s.PhaseNo+1, len(s.Phases), held, s.State)
	for _, f := range s.Open {
		fmt.Fprintf(term.out, "  open  %s: %s %.3g%%  key %s\n", f.Provider, f.Kind, 100*f.Share, f.Key)
	}
	for _, p := range s.Phases[min(s.PhaseNo+1, len(s.Phases)):] {
		fmt.Fprintf(term.out, "  %s  %s  %s\n", at(p.StartS), p.Name, strings.Join(p.Faults, "; "))
	}
	return nil
}

func newCtlState(term *terminal, c *caller) *cobra.Command {
	return &cobra.Command{
		Use: "state", Short: "Where the drill is, what goes wrong and what is to come", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var raw json.RawMessage
			if err := c.call(cmd.Context(), "GET", "/v1/state", nil, &raw); err != nil {
				return c.ended(err)
			}
			return c.show(term, raw, showState)
		},
	}
}

func newCtlFaults(term *terminal, c *caller) *cobra.Command {
	return &cobra.Command{
		Use: "faults", Short: "What goes wrong, went wrong and will go wrong", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var raw json.RawMessage
			if err := c.call(cmd.Context(), "GET", "/v1/faults", nil, &raw); err != nil {
				return c.ended(err)
			}
			return c.show(term, raw, func(term *terminal, raw json.RawMessage) error {
				var all control.Faults
				if err := json.Unmarshal(raw, &all); err != nil {
					return &exit{code: exitTool, err: err}
				}
				for _, f := range all.Faults {
					open := ""
					if f.Open {
						open = "open"
					}
					fmt.Fprintf(term.out, "%-4s  %8.1f s to %8.1f s  %s: %s  key %s\n", open, f.StartS, f.EndS, f.Provider, f.Kind, f.Key)
				}
				return nil
			})
		},
	}
}

func newCtlMark(term *terminal, c *caller) *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "mark KIND [NOTE …]",
		Short: "Write down what somebody saw or did",
		Long:  "mark writes down what somebody saw or did. KIND is one of\n" + strings.Join(record.PeopleMarks(), ", ") + ".",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m := control.Mark{Kind: args[0], Note: strings.Join(args[1:], " ")}
			if at != "" {
				m.At = at
				if s, err := strconv.ParseFloat(strings.TrimSuffix(at, "s"), 64); err == nil {
					m.At = s
				}
			}
			return c.ended(c.act(cmd.Context(), term, "/v1/marks", m))
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "when it was, if not now: seconds since the start (12.5s) or a `TIME` as in RFC 3339")
	return cmd
}

func newCtlCounters(term *terminal, c *caller) *cobra.Command {
	return &cobra.Command{
		Use: "counters", Short: "How many requests were sent, and how they ended", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var raw json.RawMessage
			if err := c.call(cmd.Context(), "GET", "/v1/counters", nil, &raw); err != nil {
				return c.ended(err)
			}
			return c.show(term, raw, func(term *terminal, raw json.RawMessage) error {
				var n control.Counters
				if err := json.Unmarshal(raw, &n); err != nil {
					return &exit{code: exitTool, err: err}
				}
				fmt.Fprintf(term.out, "sent %d  answered %d  errors %d  in flight %d  dropped %d\n", n.Sent, n.Good, n.Errors, n.InFlight, n.Dropped)
				for _, p := range n.Providers {
					fmt.Fprintf(term.out, "  %-12s attempts %d  with a fault %d\n", p.Provider, p.Attempts, p.Faulted)
				}
				for _, phase := range n.Phases {
					for _, p := range phase.Providers {
						fmt.Fprintf(term.out, "  %-12s attempts %d  with a fault %d  retries %d, early %d  in %s\n", p.Provider, p.Attempts, p.Faulted, p.Retries, p.Early, phase.Phase)
					}
				}
				return nil
			})
		},
	}
}

func newCtlTail(term *terminal, c *caller) *cobra.Command {
	var kind, journey, provider string
	var n int
	var follow bool
	cmd := &cobra.Command{
		Use: "tail", Short: "The last lines of the log, as they stand in it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := url.Values{}
			for name, value := range map[string]string{"kind": kind, "journey": journey, "provider": provider} {
				if value != "" {
					q.Set(name, value)
				}
			}
			q.Set("limit", strconv.Itoa(n))
			return c.ended(c.tail(cmd.Context(), term, q, follow))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&kind, "kind", "", "lines of this `KIND`: user, attempt, mark, phase, course")
	flags.StringVar(&journey, "journey", "", "lines that name the journey `NAME`")
	flags.StringVar(&provider, "provider", "", "lines that name the provider `NAME`")
	flags.IntVarP(&n, "lines", "n", 20, "the last `N`")
	flags.BoolVarP(&follow, "follow", "f", false, "and go on with what comes, until the drill is over")
	return cmd
}

// tail prints lines, and with follow those that come after them.
func (c *caller) tail(ctx context.Context, term *terminal, q url.Values, follow bool) error {
	for {
		var page control.Page
		if err := c.call(ctx, "GET", "/v1/ledger?"+q.Encode(), nil, &page); err != nil {
			if follow && q.Has("after") && errors.Is(err, errNoDrill) {
				return nil // it is over
			}
			return err
		}
		if page.Lost > 0 {
			term.sayf("%d lines came too fast to be kept", page.Lost)
		}
		for _, line := range page.Lines {
			fmt.Fprintf(term.out, "%s\n", line.Line)
		}
		if !follow {
			return nil
		}
		q.Set("after", strconv.FormatInt(page.Next, 10))
		q.Set("limit", "1000")
		if !pause(ctx, 200*time.Millisecond) {
			return &exit{code: stopCode(ctx)}
		}
	}
}

// pause waits, and says whether ctx did not end before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func newCtlCard(term *terminal, c *caller) *cobra.Command {
	var fresh bool
	cmd := &cobra.Command{
		Use: "card", Short: "The card of what has been written so far", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var raw json.RawMessage
			if err := c.call(cmd.Context(), "GET", "/v1/card?fresh="+strconv.FormatBool(fresh), nil, &raw); err != nil {
				return c.ended(err)
			}
			return c.show(term, raw, func(term *terminal, raw json.RawMessage) error {
				var soFar struct{ Card json.RawMessage }
				if err := json.Unmarshal(raw, &soFar); err != nil {
					return &exit{code: exitTool, err: err}
				}
				card, err := scorecard.ReadCard(bytes.NewReader(soFar.Card))
				if err != nil {
					return &exit{code: exitTool, err: err}
				}
				return writeAs(term, []string{"text"}, report.Formats(), card)
			})
		},
	}
	cmd.Flags().BoolVar(&fresh, "fresh", false, "wait some seconds, if need be, for one of all that is written by now")
	return cmd
}

func newCtlWait(term *terminal, c *caller) *cobra.Command {
	var within time.Duration
	cmd := &cobra.Command{
		Use:   "wait begun | phase NAME | held | over | healed",
		Short: "Wait until the drill is so far",
		Long: `wait waits until the drill has begun, until a phase has, until the phase is held,
until the drill is over, or until no fault is open. It prints the state then.

Until it has begun, wait also waits for the ready file, and for the control to
answer. Exit code 99 says that the time was up first.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			there, err := condition(args)
			if err != nil {
				return &exit{code: exitUsage, err: err}
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), within)
			defer cancel()
			return c.wait(ctx, term, strings.Join(args, " "), there)
		},
	}
	cmd.Flags().DurationVar(&within, "timeout", time.Minute, "give up after this `TIME`")
	return cmd
}

// condition is what wait waits for.
func condition(args []string) (func(control.State) bool, error) {
	if (args[0] == "phase") != (len(args) == 2) {
		return nil, fmt.Errorf("wait %s: it takes begun, phase NAME, held, over or healed", strings.Join(args, " "))
	}
	switch args[0] {
	case "begun":
		return func(control.State) bool { return true }, nil
	case "phase":
		return func(s control.State) bool { return s.Phase == args[1] }, nil
	case "held":
		return func(s control.State) bool { return s.Held }, nil
	case "over":
		return func(s control.State) bool { return s.Over }, nil
	case "healed":
		return func(s control.State) bool { return len(s.Open) == 0 }, nil
	}
	return nil, fmt.Errorf("wait %s: it takes begun, phase NAME, held, over or healed", args[0])
}

func (c *caller) wait(ctx context.Context, term *terminal, what string, there func(control.State) bool) error {
	begun := false
	for {
		var raw json.RawMessage
		var s control.State
		err := c.call(ctx, "GET", "/v1/state", nil, &raw)
		switch {
		case err == nil:
			begun = true
			if err := json.Unmarshal(raw, &s); err != nil {
				return &exit{code: exitTool, err: err}
			}
			if there(s) {
				return c.show(term, raw, showState)
			}
			if s.Over {
				return &exit{code: exitTool, err: fmt.Errorf("the drill is over, and never was at: %s", what)}
			}
		case ctx.Err() != nil:
		case !errors.Is(err, errNoDrill):
			return c.ended(err)
		case begun && what == "over":
			return nil // it is: its process has ended
		case begun:
			return c.ended(err)
		}
		if !pause(ctx, 50*time.Millisecond) {
			why := cmp.Or(context.Cause(ctx), ctx.Err())
			if errors.Is(why, context.DeadlineExceeded) {
				return &exit{code: exitMissed, err: fmt.Errorf("the time is up, and the drill is not at: %s", what)}
			}
			return &exit{code: stopCode(ctx)}
		}
	}
}
