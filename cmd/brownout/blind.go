package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// blindFlags keep from a team what will go wrong, and when.
type blindFlags struct {
	hidden bool
	shift  string
	share  float64 // what shift says
}

func (b *blindFlags) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&b.hidden, "blind", false, "show neither phases nor faults until the end")
	flags.StringVar(&b.shift, "shift", "", "let the seed move the beginnings of phases, by up to this `SHARE` of the shorter neighbour (10%)")
}

// parse finds out what is wrong with the flags alone.
func (b *blindFlags) parse() error {
	if b.shift == "" {
		return nil
	}
	percent, ok := strings.CutSuffix(b.shift, "%")
	n, err := strconv.ParseFloat(percent, 64)
	if b.share = n / 100; !ok || err != nil || !(b.share > 0 && b.share <= scenarios.MostShift) {
		return &exit{
			code: exitUsage, err: fmt.Errorf("--shift %s: it takes a share above 0%% and up to %s, such as 10%%", b.shift, schema.FormatShare(scenarios.MostShift)),
		}
	}
	return nil
}

// load reads a scenario. Warnings would tell what it is about, so that a blind drill
// counts them only.
func (b *blindFlags) load(term *terminal, scenario string, opts scenarios.Options) (*scenarios.Plan, error) {
	if !b.hidden {
		return load(term, scenario, opts)
	}
	plan, problems := scenarios.Load(scenario, opts)
	if plan == nil {
		return load(term, scenario, opts) // which says all that is wrong
	}
	if n := len(problems); n > 0 {
		term.sayf("warnings about the scenario, which brownout validate tells: %d", n)
	}
	return plan, nil
}

// progress shows a drill as far as it is to be seen.
func (f *drillFlags) progress(term *terminal) *progress {
	p := newProgress(term, f.quiet)
	p.blind = f.blind.hidden
	return p
}

// name is what a drill is called while it goes on.
func (b *blindFlags) name(plan *scenarios.Plan) string {
	if b.hidden {
		return "blind"
	}
	return plan.Name
}

// tell says afterwards what was hidden, and what the seed made of the timeline.
func (b *blindFlags) tell(term *terminal, plan *scenarios.Plan) {
	if b.hidden {
		term.sayf("the drill was %s, as planned:", plan.Name)
		for _, p := range plan.Phases {
			term.sayf("  %s %s", clock(p.From), strings.TrimSpace(p.Name+"  "+strings.Join(p.Faults, ", ")))
		}
	}
	if b.share == 0 {
		return
	}
	if len(plan.Shifts) == 0 {
		term.sayf("shifted by seed %d: nothing could be moved", plan.Seed)
	}
	for _, s := range plan.Shifts {
		term.sayf("shifted by seed %d: %s began at %s instead of %s", plan.Seed, s.Phase, schema.FormatDuration(s.To), schema.FormatDuration(s.From))
	}
}
