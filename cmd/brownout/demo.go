package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
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
	if f.dir == "" {
		f.dir = defaultDir(flagship, time.Now())
	}
	bars := newProgress(term, f.quiet)
	pair := [2]performance{}
	for i, style := range bot.Styles() {
		plan, err := load(term, flagship, scenarios.Options{HaveApp: true, AnyPorts: true})
		if err != nil {
			return err
		}
		pair[i] = performance{
			plan: plan, app: builtin(style), dir: filepath.Join(f.dir, style), force: f.force,
			watch: bars.watch(style, i == 0),
		}
	}
	var errs [2]error
	var wg sync.WaitGroup
	for i, p := range pair {
		wg.Go(func() { errs[i] = p.perform(ctx, func() {}) })
	}
	wg.Wait()
	bars.wait()
	for i, p := range pair {
		if errs[i] != nil {
			return p.explain(ctx, errs[i])
		}
	}
	return showPair(ctx, term, pair)
}

// showPair judges both runs and decides whether the demo showed what it is for.
func showPair(ctx context.Context, term *terminal, pair [2]performance) error {
	var cards [2]*scorecard.Card
	for i, p := range pair {
		var err error
		if cards[i], err = p.card(); err != nil {
			return &exit{code: exitTool, err: err}
		}
	}
	if err := report.Pair(term.out, cards[0], cards[1], term.style()); err != nil {
		return &exit{code: exitTool, err: err}
	}
	fmt.Fprintln(term.out)
	for _, p := range pair {
		fmt.Fprintf(term.out, "%-22s %s\n", p.app.Name, filepath.Join(p.dir, "card.html"))
	}
	switch {
	case ctx.Err() != nil:
		return &exit{code: stopCode(ctx)}
	case cards[0].Verdict != scorecard.Fail || cards[1].Verdict != scorecard.Pass:
		return &exit{code: exitMissed, err: errors.New("not the expected pair: naive should fail and resilient pass")}
	}
	return nil
}
