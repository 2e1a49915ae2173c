// Package scorecard judges what a drill wrote down, as package record has it. It
// owns every metric, the bars, the verdict, the score and the findings; it knows
// nothing of how the drill was made and never looks at a clock.
//
// Start at [Judge]:
//
//	card, err := scorecard.Judge(record.Read(file))
//	…
//	fmt.Println(card.Verdict, card.Sentence)
//
// A log goes through in one pass: package ledger joins what users asked with what
// reached a provider and gives each request its phase and outcome, and then
// everything else is a question put to that ledger. The same log gives the same
// card, in whatever order its lines stand; lines more than 5 s out of order are
// counted, and the card says so.
//
// What judging holds at its peak, as BenchmarkJudge tells it, is about 260 bytes a
// line of the log, half of which is garbage that the collector has not come to.
package scorecard

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Judge makes the card of a log. Lines that are none of a log's are passed over
// and counted, and a log that ends early is judged as far as it goes; the card
// says so in both cases. A log that proves nothing, down to an empty one, gives
// an inconclusive card. The only errors are those that the log yields beside
// [record.LineError]: that it cannot be read, or is [record.ErrNewer].
func Judge(log iter.Seq2[record.Entry, error]) (*Card, error) {
	l, err := read(log)
	if err != nil {
		return nil, err
	}
	ev := l.evidence()
	card := l.card()
	judgeBars(card, &l.Setup, ev)
	grade(card, &l.Setup, ev)
	card.Reactions = reactions(l.meter)
	card.Findings = findings(l.meter)
	card.Diagnoses = diagnoses(l.meter)
	card.Sentence = sentence(card)
	return card, nil
}

// judging is what a card is made of.
type judging struct{ *meter }

func read(log iter.Seq2[record.Entry, error]) (*judging, error) {
	l, err := ledger.Read(log)
	if err != nil {
		return nil, fmt.Errorf("judge the log: %w", err)
	}
	return &judging{newMeter(l)}, nil
}

// card fills in what is read off the ledger; verdict, score, findings and the
// sentence are not.
func (l *judging) card() *Card {
	s := &l.Setup
	worst, slowest := l.worst()
	return &Card{
		Schema: record.Schema, Brownout: s.Brownout, Scenario: s.Scenario, App: s.App, Machine: s.Machine,
		StartedAt: s.StartedAt, LengthS: s.Length.Float(), Control: s.Control,
		Stopped:   l.Ended != nil && l.Ended.Reason == "stopped",
		BrokenOff: l.brokenOff(),
		Metrics:   l.allMeasures(),
		Outcomes:  l.outcomeCounts(),
		Join:      Join(l.Join),
		Phases:    append([]record.Phase{}, s.Phases...),
		Windows:   append([]record.Window{}, s.Windows...),
		Providers: l.providerRows(),
		Journeys:  l.journeyRows(),
		Timeline:  l.timeline(),
		Events:    l.events(),
		Worst:     worst,
		Slowest:   slowest,
		Limits:    l.limits(),
		Resolved:  s.Resolved,
	}
}

// allMeasures measures every metric on every window that it has: the drill and
// each phase, or the phases that outages belong to; all journeys and each alone;
// and where it says more, each provider.
func (l *judging) allMeasures() []Measure {
	queries := []query{}
	for _, row := range metricRows() {
		if row.said == nil || row.said(l.meter) {
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
		all[i] = l.measure(q)
		if q.Provider == "" {
			all[i].Par = parOf(&l.Setup, q.Metric, q.Phase, q.Journey)
		}
	}
	return all
}

// queries gives the windows that the card shows a metric on.
func (l *judging) queries(row metricRow) []query {
	var queries []query
	add := func(phase, provider string) {
		queries = append(queries, query{Metric: row.Name, Phase: phase, Provider: provider})
		for _, journey := range l.journeyNames() {
			if provider == "" && !row.People {
				queries = append(queries, query{Metric: row.Name, Phase: phase, Journey: journey})
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
		return []query{{Metric: row.Name}} // once is enough to say so
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
func (l *judging) outagePhases(scope string) []string {
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

// brokenOff says how far the drill came, nil when it reached its end.
func (l *judging) brokenOff() *BrokenOff {
	if l.interrupted() == "" {
		return nil
	}
	b := &BrokenOff{AtS: l.Last.Float()}
	if l.Ended != nil {
		if m, ok := l.breaking(l.Ended.Reason); ok {
			b.AtS = m.At.Float()
		}
	}
	for i := range l.Visits {
		if v := &l.Visits[i]; !v.Warm && v.Sent != ledger.Never {
			b.Sent++
		}
	}
	return b
}
