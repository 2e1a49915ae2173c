package drilltest

import (
	"fmt"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// needsSockets says what of a plan virtual time cannot play, "" for nothing.
func needsSockets(plan *scenarios.Plan) string {
	for _, p := range plan.Providers {
		if p.Upstream != "" {
			return fmt.Sprintf("provider %q has a real endpoint, %s, which virtual time does not reach: play it with Start", p.Name, p.Upstream)
		}
	}
	return ""
}
