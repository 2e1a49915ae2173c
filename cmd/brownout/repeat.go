package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// repeated plays the drill as often as the flags say, one run after the other,
// and gives the card of the worst. Being stopped ends it with the runs so far.
func repeated(ctx context.Context, term *terminal, p performance, f drillFlags) (*scorecard.Card, error) {
	if err := emptyParent(p.dir, p.force); err != nil {
		return nil, err
	}
	var cards []*scorecard.Card
	for n := 1; n <= f.repeat && ctx.Err() == nil; n++ {
		term.sayf("run %d of %d", n, f.repeat)
		one := p
		one.dir, one.whole = filepath.Join(p.dir, strconv.Itoa(n)), p.dir
		if n > 1 {
			one.at = time.Time{} // the first alone waits
		}
		card, err := once(ctx, term, one, f)
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
		if card.Stopped {
			break
		}
	}
	spread := scorecard.SpreadOf(cards)
	to := term.err
	if len(f.output.formats) == 0 {
		to = term.out // nobody asked for anything else there
	}
	if err := showSpread(to, term.style(), p.dir, spread); err != nil {
		return nil, &exit{code: exitTool, err: err}
	}
	term.sayf("the worst was run %d of %d: %s", spread.Worst, len(cards), filepath.Join(p.dir, strconv.Itoa(spread.Worst)))
	return cards[spread.Worst-1], nil
}

// showSpread keeps the spread beside the runs and shows it.
func showSpread(to io.Writer, style report.Options, dir string, spread scorecard.Spread) error {
	err := aside.Write(filepath.Join(dir, "repeat.json"), func(w io.Writer) error {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(spread)
	})
	if err != nil {
		return err
	}
	return report.Spread(to, spread, style)
}

// emptyParent makes the directory that holds the runs. Runs of an earlier and
// longer repetition must not stay between those of this one.
func emptyParent(dir string, force bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &exit{code: exitTool, err: fmt.Errorf("result directory: %w", err)}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return &exit{code: exitTool, err: fmt.Errorf("result directory: %w", err)}
	}
	if len(entries) > 0 && !force {
		return occupied(dir, "the runs")
	}
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil || !e.IsDir() {
			continue
		}
		run := filepath.Join(dir, e.Name())
		if err := results.Clear(run); err != nil {
			return &exit{code: exitTool, err: err}
		}
		_ = os.Remove(run) // stays when somebody keeps a file of their own in it
	}
	return nil
}
