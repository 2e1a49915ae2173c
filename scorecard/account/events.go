package account

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// events gives the moments to mark on the timeline, as they came.
func (l *clerk) events() []Event {
	events := []Event{}
	add := func(kind string, at float64, format string, args ...any) {
		events = append(events, Event{Kind: kind, AtS: at, Text: fmt.Sprintf(format, args...)})
	}
	for i := range l.Outages {
		o := &l.Outages[i]
		add("outage", o.From.Float(), "outage of %s: %s", o.Provider, strings.Join(kinds(o), ", "))
		add("outage_end", o.To.Float(), "end of the outage of %s%s", o.Provider, l.lostIn(int32(i)))
		for _, name := range l.JourneyNames() {
			q := measure.Query{Journey: name, Provider: o.Provider, Phase: l.PhaseName(o.Begins)}
			q.Metric = "failover_time"
			if m := l.Measure(q); m.Value != nil && *m.Value > 0 && m.By == "fallback" {
				add("failover", o.Onset.Float()+*m.Value, "%s failed over from %s after %s", name, o.Provider, words.Figure(*m.Value, "s"))
			}
			if o.After == ledger.None {
				continue
			}
			q.Metric, q.Phase = "failback_time", l.PhaseName(o.After)
			if m := l.Measure(q); m.Value != nil && *m.Value > 0 {
				add("failback", o.To.Float()+*m.Value, "%s was back at %s after %s", name, o.Provider, words.Figure(*m.Value, "s"))
			}
		}
	}
	for _, lull := range l.Lulls {
		q := measure.Query{Metric: "recovery_lag", Phase: l.PhaseName(ledger.PhaseAt(&l.Setup, lull.From))}
		if m := l.Measure(q); m.Value != nil && *m.Value > 0 {
			add("recovered", lull.From.Float()+*m.Value, "users were served well again after %s", words.Figure(*m.Value, "s"))
		}
	}
	for _, m := range l.Marks {
		switch m.Kind {
		case "app_died":
			add(m.Kind, m.At.Float(), "the app died: %s", m.Note)
		case "interrupted":
			add(m.Kind, m.At.Float(), "the drill was interrupted: %s", m.Note)
		case "stopped":
			add(m.Kind, m.At.Float(), "the drill was %s", l.Broken(m.Kind))
		}
	}
	events = append(events, l.peopleEvents()...)
	for _, s := range l.Steps[:min(len(l.Steps), markEvents)] {
		add("course", s.At.Float(), "%s: %s", cmp.Or(s.Actor, "somebody"), s.Action)
		events[len(events)-1].Actor = s.Actor
	}
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.AtS, b.AtS), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
	})
	return events
}

// lostIn tells of the attempts that an outage took with their connections, "" for none.
func (l *clerk) lostIn(outage int32) string {
	o, lost := &l.Outages[outage], 0
	for c := range l.Lost(l.Window(measure.Query{}, outage)) {
		if c.Provider == o.Number {
			lost++
		}
	}
	due := 0
	for i := range l.Visits {
		if v := &l.Visits[i]; !v.Warm && o.Has(v.Due) {
			due++
		}
	}
	if lost == 0 || due == 0 {
		return ""
	}
	return fmt.Sprintf(": %s lost with their connections, %s for each request due in it",
		words.OneOr(lost, "1 attempt was", words.Count(float64(lost))+" attempts were"), words.Decimals(float64(lost)/float64(due), 1))
}

// kinds gives the kinds of faults of an outage, each once, as they come.
func kinds(o *ledger.Outage) []string {
	var kinds []string
	for _, w := range o.Windows {
		if !slices.Contains(kinds, w.Kind) {
			kinds = append(kinds, w.Kind)
		}
	}
	return kinds
}
