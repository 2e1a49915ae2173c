package measure

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// How long people took: from an outage to the mark that says that they noticed,
// acted, or called it over.

// LateMark is how long after its moment a mark may be made and still tell the time
// by a clock and not by somebody's memory.
const LateMark = record.Seconds(2 * time.Second)

func peopleMetrics() []metricRow {
	docs := map[string]string{
		"alert_time":         "From an outage's beginning until an alarm reached the drill.",
		"acknowledged_time":  "From an outage's beginning until somebody took the alarm.",
		"diagnosed_time":     "From an outage's beginning until somebody named the provider and the fault, and was right.",
		"degraded_mode_time": "From an outage's beginning until the app was switched to its lesser mode.",
		"status_time":        "From an outage's beginning until users were told on the status page.",
		"all_clear_time":     "From an outage's end until it was called over.",
	}
	var rows []metricRow
	for _, k := range record.MarkKinds() {
		if k.Metric == "" {
			continue
		}
		scope := "outage"
		if k.Name == "all_clear" {
			scope = "after"
		}
		rows = append(rows, metricRow{
			Metric: Metric{Name: k.Metric, Unit: "s", Scope: scope, Better: "low", People: true, Doc: docs[k.Metric]},
			per:    perOutage, said: askedOf(k), measure: timeUntil(k.Name),
		})
	}
	return rows
}

// askedOf says whether a kind of mark was asked for by a bar, or made.
func askedOf(k record.MarkKind) func(*Meter) bool {
	return func(l *Meter) bool {
		return l.MarksOf(k.Name) != nil || slices.ContainsFunc(l.Setup.Bars, func(b record.Bar) bool { return b.Metric == k.Metric })
	}
}

// MarksOf gives the marks of a kind, by moment.
func (l *Meter) MarksOf(kind string) []*record.Mark {
	var of []*record.Mark
	for i := range l.Marks {
		if l.Marks[i].Kind == kind {
			of = append(of, &l.Marks[i].Mark)
		}
	}
	return of
}

// timeUntil measures when the first mark of a kind belongs to the outage that is
// the window. Where one could have come and none did, the time is more than all
// that was left to make it in.
func timeUntil(kind string) func(*Meter, Window) Measure {
	return func(l *Meter, w Window) Measure {
		o := &l.Outages[w.outage]
		since := o.From
		if kind == "all_clear" {
			since = o.To
		}
		marks := l.MarksOf(kind)
		played := l.playedTo()
		switch {
		case since >= played:
			return unmeasured("the drill ended before it")
		case marks == nil && !slices.Contains(l.Setup.Hears, kind):
			return unmeasured("nobody could report it: the drill had neither --control nor a watch for it")
		}
		if up, yes := l.alreadyUp(kind, o); yes {
			m := numberMeasure(0, 1)
			m.Reason = fmt.Sprintf("it was so since %s, for an outage that was still on", words.Figure(up.Float(), "s"))
			return m
		}
		until, wrong := l.AnswersUntil(o), 0
		for _, m := range marks {
			switch {
			case m.At < since || m.At >= until:
			case kind == "diagnosed" && !Diagnosed(o, m):
				wrong++
			default:
				return numberMeasure((m.At - since).Float(), 1)
			}
		}
		why := "it did not come"
		if wrong > 0 {
			why = fmt.Sprintf("%d diagnos%s, none right", wrong, words.OneOr(wrong, "is", "es"))
		}
		return bound((min(until, played) - since).Float(), 1, why)
	}
}

// playedTo is how far the drill came.
func (l *Meter) playedTo() record.Seconds {
	if l.Interrupted() != "" {
		return min(l.Last, l.Setup.Length)
	}
	return l.Setup.Length
}

// AnswersUntil is until when a mark can be about an outage: until after it another
// one begins.
func (l *Meter) AnswersUntil(o *ledger.Outage) record.Seconds {
	until := record.Seconds(math.MaxInt64)
	for i := range l.Outages {
		if next := l.Outages[i].From; next >= o.To && next > o.From {
			until = min(until, next)
		}
	}
	return until
}

// alreadyUp gives the mark that was made for an outage within which this one began,
// and still stood then: an alarm that is up does not go off again. A diagnosis is of
// one provider, and all-clear is for what is over.
func (l *Meter) alreadyUp(kind string, o *ledger.Outage) (since record.Seconds, yes bool) {
	if kind == "diagnosed" || kind == "all_clear" {
		return 0, false
	}
	begin := o.From
	for i := len(l.Outages) - 1; i >= 0; i-- { // they stand by their beginning
		if p := &l.Outages[i]; p.From < begin && p.To > begin {
			begin = p.From
		}
	}
	for i := range l.Marks {
		switch m := &l.Marks[i]; {
		case m.At < begin || m.At >= o.From:
		case m.Kind == kind:
			since, yes = m.At, true
		case m.Kind == "all_clear":
			yes = false
		}
	}
	return since, yes
}

// Diagnosed says whether a diagnosis is right about an outage: a fault of that
// kind had begun on its provider.
func Diagnosed(o *ledger.Outage, m *record.Mark) bool {
	return m.Provider == o.Provider && slices.ContainsFunc(o.Windows, func(w record.Window) bool {
		return w.Kind == m.Fault && w.Start <= m.At
	})
}
