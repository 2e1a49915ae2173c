package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// pairStyle names the built-in support bots together, as --app builtin:both does.
const pairStyle = "both"

// A pair is one scenario played against the built-in support bots at the same time,
// each with its own mock providers: first the naive one, then the resilient one.
type pair [2]performance

// newPair loads a scenario for each of the bots. What each leaves is in a directory
// of its own, named by its style, below the one of like; without one it makes one, for
// its caller to remove when nothing has come of it.
func newPair(term *terminal, scenario string, opts scenarios.Options, like performance) (pair, error) {
	var p pair
	for i := range p {
		plan, err := load(term, scenario, opts)
		if err != nil {
			return pair{}, err
		}
		p[i].plan = plan
	}
	if like.dir == "" {
		var err error
		if like.dir, err = results.Own(p[0].plan.Name, time.Now()); err != nil {
			return pair{}, dirRefused(err)
		}
	}
	for i, style := range bot.Styles() {
		like.plan = p[i].plan
		p[i] = like
		p[i].app, p[i].dir, p[i].whole = builtin(style), filepath.Join(like.dir, style), like.dir
		if like.log != nil {
			p[i].log = like.log.With("bot", style)
		}
	}
	return p, nil
}

// play plays both drills and judges them.
func (p pair) play(ctx context.Context, term *terminal, quiet bool) ([2]*scorecard.Card, error) {
	var cards [2]*scorecard.Card
	var errs [2]error
	bars := newProgress(term, quiet)
	var wg sync.WaitGroup
	for i, one := range p {
		one.watch = bars.watch(bot.Styles()[i], i == 0)
		wg.Go(func() { errs[i] = one.perform(ctx, func() {}) })
	}
	wg.Wait()
	bars.wait()
	for i, one := range p {
		if errs[i] != nil {
			return cards, one.explain(ctx, errs[i])
		}
	}
	for i, one := range p {
		var err error
		if cards[i], err = one.card(); err != nil {
			return cards, &exit{code: exitTool, err: err}
		}
		one.remember(term, cards[i])
	}
	return cards, nil
}

// show prints both cards side by side, and where they are kept.
func (p pair) show(term *terminal, cards [2]*scorecard.Card) error {
	if err := report.Pair(term.out, cards[0], cards[1], term.style()); err != nil {
		return &exit{code: exitTool, err: err}
	}
	fmt.Fprintln(term.out)
	for _, one := range p {
		fmt.Fprintf(term.out, "%-22s %s\n", one.app.Name, filepath.Join(one.dir, "card.html"))
	}
	return nil
}

// checkPair refuses flags that are about one app, or one card.
func (f *drillFlags) checkPair() error {
	const app = "--app builtin:" + pairStyle
	switch {
	case f.target != "" || len(f.command) > 0:
		return errTwoApps()
	case f.repeat != 1 || f.suggest || f.dryRun || f.lead.addr != "" || f.ui.addr != "" || f.ready != "" || f.blind.hidden:
		return &exit{
			code: exitUsage, err: errors.New(app + " plays two drills at once, and goes without --repeat, --suggest, --dry-run, --control, --ui, --ready-file and --blind"),
			hint: "--app builtin:naive, then --app builtin:resilient",
		}
	case len(f.output.formats) > 0 || f.output.json:
		return &exit{
			code: exitUsage, err: errors.New(app + " makes two cards, and --format writes one"),
			hint: "brownout report DIR/resilient --format … afterwards",
		}
	}
	return nil
}

// runPair is `run` against both bots. The naive one is there to be compared with:
// the verdict is that of the resilient one.
func runPair(ctx context.Context, term *terminal, scenario string, f drillFlags) error {
	if err := f.checkPair(); err != nil {
		return err
	}
	trust, err := trusted(f.ca)
	if err != nil {
		return err
	}
	p, err := newPair(term, scenario, f.options(), performance{
		dir: f.dir, log: term.log, force: f.force, upstreams: f.upstreams, control: f.control, trust: trust,
	})
	if err != nil {
		return err
	}
	if f.dir == "" {
		defer os.Remove(p[0].whole) // unless the drills left something in it
	}
	if err := f.permit(ctx, p[0].plan); err != nil {
		return err
	}
	if err := f.bound(p[0].plan); err != nil {
		return err
	}
	shown, err := f.metrics.listen(term)
	if err != nil {
		return err
	}
	defer shown.close()
	for i := range p {
		p[i].at, p[i].bounds, p[i].shown = f.when.at, f.rails.around(&f.when, nil), shown
	}
	f.when.announce(term, p[0].options().Ahead())
	cards, err := p.play(ctx, term, f.quiet)
	if err != nil {
		return err
	}
	if err := p.show(term, cards); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return &exit{code: stopCode(ctx)}
	}
	if code := verdictCode(cards[1]); code != exitOK {
		return &exit{code: code}
	}
	return nil
}
