package main

import (
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// announce says what there is to know before the drill begins.
func (f *drillFlags) announce(term *terminal, p performance) {
	f.when.announce(term, p.options().Ahead())
	if metrics := unheard(p.plan); f.lead.addr == "" && len(metrics) > 0 {
		term.sayf("nobody can report to this drill, so that bars on %s stay open; --control lets alarms and people", strings.Join(metrics, ", "))
	}
}

// unheard are the metrics of a plan's bars that are about marks which nothing of the
// plan itself makes.
func unheard(plan *scenarios.Plan) []string {
	var watched, metrics []string
	if plan.Status != nil {
		watched = []string{"status_time", "all_clear_time"}
	}
	for _, b := range plan.Bars {
		about := slices.ContainsFunc(record.MarkKinds(), func(k record.MarkKind) bool { return k.Metric == b.Metric })
		if about && !slices.Contains(watched, b.Metric) && !slices.Contains(metrics, b.Metric) {
			metrics = append(metrics, b.Metric)
		}
	}
	return metrics
}
