package main

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios"
	guard "github.com/seed-76a9de92/brownout/scenarios/drill/rails"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// rails are the bounds that whoever starts a drill sets it, whatever the scenario
// says. A drill that is planned beyond them does not begin.
type rails struct {
	maxDuration, maxRate string
	stopFile             string
	deadMan              time.Duration

	longest time.Duration // 0: no bound
	fastest float64       // requests a second; 0: no bound
}

func (r *rails) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.maxDuration, "max-duration", "", "refuse a drill that is planned to be longer than `TIME` (10m), and to make one longer")
	cmd.Flags().StringVar(&r.stopFile, "stop-file", "", "stop the drill when there is something at `PATH`, looked for four times a second")
	cmd.Flags().DurationVar(&r.deadMan, "dead-man", 0, "stop the drill when whoever leads it by --control has not been heard of for `TIME` (60s)")
	cmd.Flags().StringVar(&r.maxRate, "max-rate", "", "refuse a drill that sends more than `RATE` (50/s, 600/min)")
}

// parse reads the flags. A dead man's handle is for somebody to hold.
func (r *rails) parse(led bool) error {
	if r.deadMan < 0 || r.deadMan > 0 && r.deadMan < time.Second {
		return &exit{code: exitUsage, err: fmt.Errorf("--dead-man %v is too short to be held", r.deadMan), hint: "a second or more, such as 60s"}
	}
	if r.deadMan > 0 && !led {
		return &exit{
			code: exitUsage, err: errors.New("--dead-man needs --control: without it nobody can show that they are there"),
			hint: "every call with the control's token is a sign of life, such as brownout ctl state",
		}
	}
	var err error
	if r.maxDuration != "" {
		if r.longest, err = schema.ParseDuration(r.maxDuration); err != nil || r.longest == 0 {
			return &exit{code: exitUsage, err: fmt.Errorf("--max-duration %s is no span of time", r.maxDuration), hint: "such as 90s, 10m or 1h30m"}
		}
	}
	if r.maxRate != "" {
		if r.fastest, err = schema.ParseRate(r.maxRate); err != nil || r.fastest == 0 {
			return &exit{code: exitUsage, err: fmt.Errorf("--max-rate %s is no rate", r.maxRate), hint: "such as 50/s or 600/min"}
		}
	}
	switch err := (guard.Rails{StopFile: r.stopFile}).Check(); {
	case errors.Is(err, guard.ErrStopFile):
		return &exit{code: exitUsage, err: err, hint: "whoever put it there wants no drill; remove it when they do"}
	case err != nil:
		return &exit{code: exitUsage, err: err}
	}
	return nil
}

// bounds are what keeps a drill under way inside the rails.
type bounds struct {
	rails   guard.Rails
	longest time.Duration // that it can be made; 0: as the drill has it
}

// around makes the bounds of a drill that begins as w says. Pulse is its leader's.
func (r *rails) around(w *when, pulse *guard.Pulse) bounds {
	b := bounds{longest: r.longest, rails: guard.Rails{
		StopFile: r.stopFile, Until: w.closes, Window: w.windowText, DeadMan: r.deadMan, Pulse: pulse,
	}}
	if !w.closes.IsZero() {
		left := w.closes.Sub(w.start(time.Now()))
		b.longest = min(left, cmp.Or(b.longest, left))
	}
	return b
}

// allow refuses a plan that goes beyond the rails.
func (r *rails) allow(plan *scenarios.Plan) error {
	if r.longest > 0 && plan.Length > r.longest {
		return &exit{code: exitUsage, err: fmt.Errorf("scenario %q takes %s, --max-duration is %s", plan.Name,
			schema.FormatDuration(plan.Length), r.maxDuration)}
	}
	rate := plan.Peak()
	// A sum of rates such as 0.1 + 0.2 is a little more than what it says.
	if r.fastest > 0 && rate > r.fastest*(1+1e-9) {
		return &exit{code: exitUsage, err: fmt.Errorf("scenario %q sends up to %.4g/s, all journeys together, --max-rate is %s", plan.Name, rate, r.maxRate)}
	}
	return nil
}
