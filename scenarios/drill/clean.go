package drill

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/secrets"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// secretsOf are those of a plan.
func secretsOf(plan *scenarios.Plan) *secrets.Set {
	known := secrets.NewSet()
	for name, value := range plan.Secrets {
		known.Given(name, value)
	}
	for _, p := range plan.Providers {
		known.Key(mockKey(plan.Seed, p.Name))
		known.Key(p.Key)
	}
	if plan.App != nil {
		for name, value := range plan.App.Env {
			known.Environment([]string{name + "=" + value})
		}
	}
	return known
}

// clean is a text without secrets.
func (l *ledger) clean(s string) string { return l.secrets.Clean(s) }

// cleaned is a line of the log without secrets in what the app, the scenario or a
// person has said. Names by which lines refer to one another stay what they are.
func (l *ledger) cleaned(line record.Line) record.Line {
	switch {
	case line.Setup != nil:
		setup := *line.Setup
		setup.App, setup.Scenario.Title = l.clean(setup.App), l.clean(setup.Scenario.Title)
		setup.Providers = slices.Clone(setup.Providers)
		for i := range setup.Providers {
			setup.Providers[i].Upstream = l.clean(setup.Providers[i].Upstream)
		}
		line.Setup = &setup
	case line.Mark != nil:
		mark := *line.Mark
		mark.Note, mark.Actor = l.clean(mark.Note), l.clean(mark.Actor)
		line.Mark = &mark
	}
	return line
}
