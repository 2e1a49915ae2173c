package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// flagship is the scenario that the demo plays.
const flagship = "ai-brownout"

type demoFlags struct {
	dir          string
	force, quiet bool
}

func newDemo(term *terminal) *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch one outage hit a naive and a resilient app side by side",
		Long: `demo plays the scenario ai-brownout against two built-in support bots at the
same time, each with its own mock providers: a naive one with a single provider
and immediate retries, and a resilient one with timeouts, backoff, a breaker and
a fallback. It takes about a minute, needs no key and no network, and ends with
both scorecards side by side.

Exit code 0 when the naive app failed and the resilient one passed, else 99.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return demo(cmd.Context(), term, f) },
	}
	cmd.Flags().StringVarP(&f.dir, "output", "o", "", "result `DIR` (default brownout-results/<start>-ai-brownout)")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace an earlier demo in the result directory")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "no moving bars, a line per phase")
	return cmd
}

// demo drills both apps and shows both cards.
func demo(ctx context.Context, term *terminal, f demoFlags) error {
	p, err := newPair(term, flagship, scenarios.Options{HaveApp: true, AnyPorts: true}, performance{dir: f.dir, force: f.force})
	if err != nil {
		return err
	}
	if f.dir == "" {
		defer os.Remove(p[0].whole) // unless the drills left something in it
	}
	cards, err := p.play(ctx, term, f.quiet)
	if err != nil {
		return err
	}
	if err := p.show(term, cards); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return &exit{code: stopCode(ctx)}
	case cards[0].Verdict != scorecard.Fail || cards[1].Verdict != scorecard.Pass:
		return &exit{code: exitMissed, err: errors.New("not the expected pair: naive should fail and resilient pass")}
	}
	return nil
}
