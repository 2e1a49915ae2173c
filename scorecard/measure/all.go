package measure

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
)

// All measures every metric on every window that it has: the drill and
// each phase, or the phases that outages belong to; all journeys and each alone;
// and where it says more, each provider.
func (l *Meter) All() []Measure {
	queries := []Query{}
	for _, row := range metricRows() {
		if row.said == nil || row.said(l) {
			queries = append(queries, l.queries(row)...)
		}
	}
	// Window by window, so that none needs to be gathered twice.
	order := make([]int, len(queries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, k int) int {
		a, b := queries[i], queries[k]
		return cmp.Or(cmp.Compare(a.Phase, b.Phase), cmp.Compare(a.Journey, b.Journey), cmp.Compare(a.Provider, b.Provider))
	})
	all := make([]Measure, len(queries))
	for _, i := range order {
		q := queries[i]
		all[i] = l.Measure(q)
		if q.Provider == "" {
			all[i].Par = ParOf(&l.Setup, q.Metric, q.Phase, q.Journey)
		}
	}
	return all
}

// queries gives the windows that the card shows a metric on.
func (l *Meter) queries(row metricRow) []Query {
	var queries []Query
	add := func(phase, provider string) {
		queries = append(queries, Query{Metric: row.Name, Phase: phase, Provider: provider})
		for _, journey := range l.JourneyNames() {
			if provider == "" && !row.People {
				queries = append(queries, Query{Metric: row.Name, Phase: phase, Journey: journey})
			}
		}
	}
	switch row.Scope {
	case "outage", "after":
		for _, phase := range l.outagePhases(row.Scope) {
			add(phase, "")
		}
		return queries
	}
	if row.Effects && len(l.Services) == 0 {
		return []Query{{Metric: row.Name}} // once is enough to say so
	}
	add("", "")
	for _, p := range l.Setup.Phases {
		add(p.Name, "")
	}
	switch row.per {
	case perEffects:
		for _, p := range l.Services {
			add("", p.Name)
		}
	case perAttempts:
		for _, p := range l.Setup.Providers {
			add("", p.Name)
		}
	}
	if row.per == perOutage {
		for _, o := range l.Outages {
			add(l.PhaseName(o.Begins), o.Provider)
		}
	}
	return queries
}

// outagePhases gives the phases that outage metrics belong to, without repeats.
func (l *Meter) outagePhases(scope string) []string {
	var phases []string
	seen := map[int32]bool{ledger.None: true}
	for _, o := range l.Outages {
		phase := o.Begins
		if scope == "after" {
			phase = o.After
		}
		if !seen[phase] {
			seen[phase] = true
			phases = append(phases, l.PhaseName(phase))
		}
	}
	return phases
}
