package preview

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Step is a call that the drill makes by itself.
type Step struct {
	At    record.Seconds `json:"at_s"`
	Phase string         `json:"phase"`
	Says  string         `json:"says"` // "POST /safe-mode (on-call switches to templates)"
}

// stepsOf are the steps of all phases, by when they are due.
func stepsOf(plan *scenarios.Plan) []Step {
	var steps []Step
	for _, phase := range plan.Phases {
		for _, s := range phase.Steps {
			steps = append(steps, Step{record.Of(phase.From + s.After), phase.Name, s.Says()})
		}
	}
	return steps
}

func steps(w io.Writer, p Preview) {
	if len(p.Steps) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "at\tphase\tthe drill calls")
	for _, s := range p.Steps {
		fmt.Fprintf(t, "%s\t%s\t%s\n", span(s.At.Duration()), s.Phase, s.Says)
	}
	_ = t.Flush() // into a buffer
}
