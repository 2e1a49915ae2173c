package control

import (
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// diagnosable refuses a diagnosis that could not be right in any drill of the plan,
// nil where it could, and where the mark is none.
func diagnosable(plan *scenarios.Plan, m drill.Mark) error {
	if m.Kind != "diagnosed" {
		if m.Provider != "" || m.Fault != "" {
			return Refuse("kind", "provider and fault are for a mark diagnosed, not %s", m.Kind)
		}
		return nil
	}
	var providers, kinds []string
	for _, p := range plan.Providers {
		providers = append(providers, p.Name)
	}
	for _, k := range faults.Kinds() {
		kinds = append(kinds, k.Name)
	}
	for _, part := range []struct {
		name, said string
		known      []string
	}{{"provider", m.Provider, providers}, {"fault", m.Fault, kinds}} {
		if slices.Contains(part.known, part.said) {
			continue
		}
		p := Refuse(part.name, "a diagnosis of %s %q; there are %s", part.name, part.said, strings.Join(part.known, ", "))
		if near := schema.Nearest(part.said, part.known); near != "" {
			p.Detail += "; did you mean " + near + "?"
		}
		p.Allowed = part.known
		return p
	}
	return nil
}
