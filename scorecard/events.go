package scorecard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// events gives the moments to mark on the timeline, as they came.
func (l *ledger) events() []Event {
	events := []Event{}
	add := func(kind string, at float64, format string, args ...any) {
		events = append(events, Event{Kind: kind, AtS: at, Text: fmt.Sprintf(format, args...)})
	}
	for i := range l.outages {
		o := &l.outages[i]
		add("outage", o.from.Float(), "outage of %s: %s", o.provider, strings.Join(o.kinds(), ", "))
		add("outage_end", o.to.Float(), "end of the outage of %s", o.provider)
		for _, name := range l.journeyNames() {
			q := query{Journey: name, Provider: o.provider, Phase: l.phaseName(o.begins)}
			q.Metric = "failover_time"
			if m := l.measure(q); m.Value != nil && *m.Value > 0 && m.By == "fallback" {
				add("failover", o.onset.Float()+*m.Value, "%s failed over from %s after %s", name, o.provider, words.Figure(*m.Value, "s"))
			}
			if o.after == none {
				continue
			}
			q.Metric, q.Phase = "failback_time", l.phaseName(o.after)
			if m := l.measure(q); m.Value != nil && *m.Value > 0 {
				add("failback", o.to.Float()+*m.Value, "%s was back at %s after %s", name, o.provider, words.Figure(*m.Value, "s"))
			}
		}
	}
	for _, lull := range l.lulls {
		q := query{Metric: "recovery_lag", Phase: l.phaseName(phaseAt(&l.setup, lull.from))}
		if m := l.measure(q); m.Value != nil && *m.Value > 0 {
			add("recovered", lull.from.Float()+*m.Value, "users were served well again after %s", words.Figure(*m.Value, "s"))
		}
	}
	for _, m := range l.marks {
		switch m.Kind {
		case "app_died":
			add(m.Kind, m.At.Float(), "the app died: %s", m.Note)
		case "interrupted":
			add(m.Kind, m.At.Float(), "the drill was interrupted: %s", m.Note)
		case "stopped":
			add(m.Kind, m.At.Float(), "the drill was %s", l.broken(m.Kind))
		}
	}
	events = append(events, l.peopleEvents()...)
	for _, s := range l.steps[:min(len(l.steps), markEvents)] {
		add("course", s.at.Float(), "%s: %s", cmp.Or(s.actor, "somebody"), s.action)
		events[len(events)-1].Actor = s.actor
	}
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.AtS, b.AtS), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
	})
	return events
}

// kinds gives the kinds of faults of an outage, each once, as they come.
func (o *outage) kinds() []string {
	var kinds []string
	for _, w := range o.windows {
		if !slices.Contains(kinds, w.Kind) {
			kinds = append(kinds, w.Kind)
		}
	}
	return kinds
}
