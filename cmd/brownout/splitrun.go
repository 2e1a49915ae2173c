package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// checkHalf refuses flags that one half of a split drill cannot have.
func (f *drillFlags) checkHalf() error {
	switch {
	case f.when.atText == "":
		return &exit{
			code: exitUsage, err: errors.New("--no-mocks needs --at, so that both halves begin together"),
			hint: "--at 10:00 here and with brownout serve --play",
		}
	case f.app != "" || len(f.command) > 0:
		return &exit{
			code: exitUsage, err: errors.New("--no-mocks sends traffic to an app that runs where the mocks are, and starts none"),
			hint: "--target URL",
		}
	case f.blind.share > 0:
		return &exit{code: exitUsage, err: errors.New("--no-mocks is half a drill, and the other half plays the scenario as it is written; leave out --shift")}
	case f.traces != traceFlags{}:
		return &exit{
			code: exitUsage, err: errors.New("--no-mocks is half a drill, and the other half would not know how long answers are to --traffic"),
			hint: "write it in the scenario, which both halves play: journeys: {chat: {trace: FILE, …}}",
		}
	case f.lead.addr != "":
		return &exit{code: exitUsage, err: errors.New("--no-mocks is half a drill, which is not led: the other half would not know")}
	case f.repeat != 1 || f.suggest || f.control || f.ui.addr != "" || len(f.output.formats) > 0 || f.output.json:
		return &exit{
			code: exitUsage, err: errors.New("--no-mocks makes no card, and goes without --repeat, --suggest, --no-faults, --ui, --format and --json"),
			hint: "brownout report DIR LOG joins both halves and makes the card",
		}
	}
	return nil
}

// half plays the users' half of a split drill. There is nothing to judge before it
// has been joined with the other.
func (p performance) half(ctx context.Context, term *terminal, f drillFlags) error {
	for _, rule := range p.plan.StopWhen {
		if rule.Metric == "attempt_rate" {
			return &exit{
				code: exitUsage, err: fmt.Errorf("stop_when %v: the users' half does not see the providers", rule),
				hint: "watch error_rate or in_flight instead",
			}
		}
	}
	if strings.Contains(p.plan.Target, scenarios.PortWord) {
		return &exit{
			code: exitUsage, err: fmt.Errorf("scenario %q leaves the app's port to a drill that starts it", p.plan.Name),
			hint: "say where the app runs: --target URL",
		}
	}
	p.app = drill.Running(p.plan.Target)
	bars := f.progress(term)
	p.watch = bars.watch(f.blind.name(p.plan), true)
	if err := p.perform(ctx, bars.wait); err != nil {
		return p.explain(ctx, err)
	}
	term.sayf("results: %s", p.dir)
	term.sayf("the users' half alone is no drill; brownout report %s LOG joins it with what brownout serve --log wrote", p.dir)
	if ctx.Err() != nil {
		return &exit{code: stopCode(ctx)}
	}
	return nil
}
