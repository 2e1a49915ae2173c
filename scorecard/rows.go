package scorecard

import (
	"maps"
	"slices"
	"strconv"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// outcomeCounts counts outcomes per phase.
func (l *ledger) outcomeCounts() map[string]map[string]int {
	counts := map[string]map[string]int{}
	for _, p := range l.setup.Phases {
		counts[p.Name] = map[string]int{}
	}
	for i := range l.visits {
		v := &l.visits[i]
		if v.warm {
			continue
		}
		phase := l.phaseName(v.phase)
		if counts[phase] == nil {
			counts[phase] = map[string]int{}
		}
		counts[phase][v.name()]++
	}
	return counts
}

// providerRows sums providers up, in the setup's order; those that only the log
// knows come after, by name.
func (l *ledger) providerRows() []ProviderRow {
	planned := map[string]record.Provider{}
	for _, p := range slices.Concat(l.setup.Providers, l.services) {
		planned[p.Name] = p
	}
	rows := []ProviderRow{}
	at := map[int32]int{}
	for _, name := range l.providerNames() {
		i := l.providers.find(name)
		at[i] = len(rows)
		rows = append(rows, ProviderRow{
			Name: name, Dialect: planned[name].Dialect, Upstream: planned[name].Upstream, Effects: isService(l.services, name), Statuses: map[string]int{}, Faults: map[string]int{},
			Agents: slices.Sorted(maps.Keys(l.agents[i])),
		})
	}
	for i := range l.attempts {
		if a := &l.attempts[i]; !a.warm {
			rows[at[a.provider]].add(a, l.kinds.word(a.kind))
		}
	}
	for i := range l.effects {
		if e := &l.effects[i]; !e.warm {
			rows[at[e.provider]].add(&e.attempt, l.kinds.word(e.kind))
		}
	}
	for i := range l.visits {
		if v := &l.visits[i]; !v.warm && v.whole && v.from != none {
			rows[at[v.from]].Answered++
		}
	}
	return rows
}

func (r *ProviderRow) add(a *attempt, fault string) {
	r.Attempts++
	if a.hit() {
		r.Faulted++
		r.Faults[fault]++
	}
	if a.left != never {
		r.Left++
	}
	status := "none"
	if a.status != 0 {
		status = strconv.Itoa(int(a.status))
	}
	r.Statuses[status]++
}

// providerNames gives all providers, the setup's first.
func (l *ledger) providerNames() []string {
	var known []string
	for _, p := range slices.Concat(l.setup.Providers, l.services) {
		known = append(known, p.Name)
	}
	return knownFirst(known, l.providers.list)
}

// knownFirst gives known as it stands, and then the rest of seen, sorted.
func knownFirst(known, seen []string) []string {
	names := slices.Clone(known)
	for _, name := range slices.Sorted(slices.Values(seen)) {
		if !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	return names
}

// journeyRows sums journeys up, in the setup's order.
func (l *ledger) journeyRows() []JourneyRow {
	known := make([]string, len(l.setup.Journeys))
	for i, j := range l.setup.Journeys {
		known[i] = j.Name
	}
	rows := []JourneyRow{}
	for _, name := range knownFirst(known, l.journeys.list) {
		row := JourneyRow{Name: name, Outcomes: map[string]int{}}
		for _, j := range l.setup.Journeys {
			if j.Name == name {
				row.Priority, row.Rate = j.Priority, j.Rate
			}
		}
		if i := l.journeys.find(name); i != none {
			l.fillJourneyRow(&row, i)
		}
		rows = append(rows, row)
	}
	return rows
}

func (l *ledger) fillJourneyRow(row *JourneyRow, journey int32) {
	row.Primary = l.providers.word(l.facts[journey].primary)
	for i := range l.visits {
		if v := &l.visits[i]; v.journey == journey && !v.warm {
			row.Offered++
			row.Outcomes[v.name()]++
		}
	}
	value := func(metric string) *float64 {
		return l.measure(query{Metric: metric, Journey: row.Name}).Value
	}
	row.Availability = value("availability")
	row.LatencyP50S, row.LatencyP95S = value("latency_p50"), value("latency_p95")
	row.TTFTP50S, row.TTFTP95S = value("ttft_p50"), value("ttft_p95")
}
