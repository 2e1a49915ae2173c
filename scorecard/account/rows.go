package account

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// outcomeCounts counts outcomes per phase.
func (l *clerk) outcomeCounts() map[string]map[string]int {
	counts := map[string]map[string]int{}
	for _, p := range l.Setup.Phases {
		counts[p.Name] = map[string]int{}
	}
	for i := range l.Visits {
		v := &l.Visits[i]
		if v.Warm {
			continue
		}
		phase := l.PhaseName(v.Phase)
		if counts[phase] == nil {
			counts[phase] = map[string]int{}
		}
		counts[phase][v.Name()]++
	}
	return counts
}

// providerRows sums providers up, in the setup's order; those that only the log
// knows come after, by name.
func (l *clerk) providerRows() []ProviderRow {
	planned := map[string]record.Provider{}
	for _, p := range slices.Concat(l.Setup.Providers, l.Services) {
		planned[p.Name] = p
	}
	rows := []ProviderRow{}
	at := map[int32]int{}
	for _, name := range l.providerNames() {
		i := l.Providers.Find(name)
		at[i] = len(rows)
		rows = append(rows, ProviderRow{
			Name: name, Dialect: planned[name].Dialect, Upstream: planned[name].Upstream, Effects: ledger.IsService(l.Services, name), Statuses: map[string]int{}, Faults: map[string]int{},
			Agents: slices.Sorted(maps.Keys(l.Agents[i])),
		})
	}
	for i := range l.Attempts {
		if a := &l.Attempts[i]; !a.Warm {
			rows[at[a.Provider]].add(a, l.Kinds.Word(a.Kind))
		}
	}
	for i := range l.Effects {
		if e := &l.Effects[i]; !e.Warm {
			rows[at[e.Provider]].add(&e.Attempt, l.Kinds.Word(e.Kind))
		}
	}
	for i := range l.Visits {
		if v := &l.Visits[i]; !v.Warm && v.Whole && v.From != ledger.None {
			rows[at[v.From]].Answered++
		}
	}
	for i := range rows {
		rows[i].Struck = l.struckRows(l.Providers.Find(rows[i].Name))
	}
	return rows
}

// struckRows counts a provider's connections that faults had, by phase and then by kind.
func (l *clerk) struckRows(provider int32) []StruckRow {
	var rows []StruckRow
	for i := range l.Conns {
		c := &l.Conns[i]
		if c.Provider != provider {
			continue
		}
		phase, kind := l.PhaseName(ledger.PhaseAt(&l.Setup, c.Struck)), l.Kinds.Word(c.Kind)
		k := slices.IndexFunc(rows, func(r StruckRow) bool { return r.Phase == phase && r.Kind == kind })
		if k < 0 {
			k, rows = len(rows), append(rows, StruckRow{Phase: phase, Kind: kind})
		}
		rows[k].Connections++
		if c.Lost {
			rows[k].Lost++
		}
	}
	for i := range rows {
		if r := &rows[i]; r.Phase != "" {
			if n := len(l.Window(measure.Query{Phase: r.Phase}, ledger.None).Visits); n > 0 {
				share := float64(r.Lost) / float64(n)
				r.PerRequest = &share
			}
		}
	}
	order := func(r StruckRow) int32 { return l.PhaseNamed(r.Phase) }
	slices.SortFunc(rows, func(a, b StruckRow) int { return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.Kind, b.Kind)) })
	return rows
}

func (r *ProviderRow) add(a *ledger.Attempt, fault string) {
	r.Attempts++
	if a.Hit() {
		r.Faulted++
		r.Faults[fault]++
	}
	if a.Left != ledger.Never {
		r.Left++
	}
	status := "none"
	if a.Status != 0 {
		status = strconv.Itoa(int(a.Status))
	}
	r.Statuses[status]++
}

// providerNames gives all providers, the setup's first.
func (l *clerk) providerNames() []string {
	var known []string
	for _, p := range slices.Concat(l.Setup.Providers, l.Services) {
		known = append(known, p.Name)
	}
	return knownFirst(known, l.Providers.List)
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
func (l *clerk) journeyRows() []JourneyRow {
	known := make([]string, len(l.Setup.Journeys))
	for i, j := range l.Setup.Journeys {
		known[i] = j.Name
	}
	rows := []JourneyRow{}
	for _, name := range knownFirst(known, l.Journeys.List) {
		row := JourneyRow{Name: name, Outcomes: map[string]int{}}
		for _, j := range l.Setup.Journeys {
			if j.Name == name {
				row.Priority, row.Rate, row.Like = j.Priority, j.Rate, j.Like
			}
		}
		if i := l.Journeys.Find(name); i != ledger.None {
			l.fillJourneyRow(&row, i)
		}
		rows = append(rows, row)
	}
	return rows
}

func (l *clerk) fillJourneyRow(row *JourneyRow, journey int32) {
	row.Primary = l.Providers.Word(l.Facts[journey].Home)
	for i := range l.Visits {
		if v := &l.Visits[i]; v.Journey == journey && !v.Warm {
			row.Offered++
			row.Outcomes[v.Name()]++
		}
	}
	value := func(metric string) *float64 {
		return l.Measure(measure.Query{Metric: metric, Journey: row.Name}).Value
	}
	row.Availability = value("availability")
	row.LatencyP50S, row.LatencyP95S = value("latency_p50"), value("latency_p95")
	row.TTFTP50S, row.TTFTP95S = value("ttft_p50"), value("ttft_p95")
}
