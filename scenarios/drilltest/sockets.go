package drilltest

import (
	"fmt"
	"slices"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
)

// needsSockets says what of a plan virtual time cannot play, "" for nothing.
func needsSockets(plan *scenarios.Plan) string {
	for _, p := range plan.Providers {
		if p.Upstream != "" {
			return fmt.Sprintf("provider %q has a real endpoint, %s, which virtual time does not reach: play it with Start", p.Name, p.Upstream)
		}
	}
	for _, w := range plan.Windows {
		if slices.ContainsFunc(faults.Kinds(), func(k faults.Kind) bool { return k.Name == w.Fault.Kind && k.Sockets }) {
			return fmt.Sprintf("the fault %s on provider %q needs real sockets, and virtual time has none: play it with Start", w.Fault.Kind, w.Provider)
		}
	}
	return ""
}
