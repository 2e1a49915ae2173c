package scorecard

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A window is what one measure is taken on: the visits that a query asks for,
// and for times of an outage, the outage.
type window struct {
	span
	journey  int32 // none: all
	provider int32 // none: all; of metrics about attempts
	outage   int32 // none: the window is a phase, or the drill
	unknown  unknownAs
	visits   []*visit // by due time; those of unknown outcome as the query takes them
}

// measure answers a query. It is what judging, grading and the card's rows ask.
func (l *ledger) measure(q query) Measure {
	if !l.unsure {
		q.Unknown = leftOut // there is none
	}
	return once(l.measures, q, func() Measure { return l.take(q) })
}

func (l *ledger) take(q query) Measure {
	m := l.answer(q)
	m.Name, m.Phase, m.Journey, m.Provider = q.Metric, q.Phase, q.Journey, q.Provider
	m.Measured = m.Measured || m.Value != nil
	for _, v := range []*float64{m.Value, m.Low, m.High} {
		if v != nil && m.Unit == "s" {
			*v = math.Round(*v*1e6) / 1e6 // the log's resolution
		}
	}
	return m
}

// bound is a value known only to be more than low.
func bound(low float64, n int, reason string) Measure {
	return Measure{Low: &low, N: n, Measured: true, Reason: reason}
}

// unmeasured is a measure that there is none of.
func unmeasured(format string, args ...any) Measure {
	return Measure{Reason: fmt.Sprintf(format, args...)}
}

func (l *ledger) answer(q query) Measure {
	row, ok := l.rows[q.Metric]
	if !ok {
		return unmeasured("this version knows no metric %q", q.Metric)
	}
	m := l.refuse(row, q)
	if m.Reason == "" {
		m = l.worstOf(row, q)
	}
	m.Unit = row.Unit
	return m
}

// refuse gives the reason why a query has no answer whatever the log says.
func (l *ledger) refuse(row metricRow, q query) Measure {
	switch {
	case !l.hasSetup:
		return unmeasured("the log has no setup line")
	case q.Phase != "" && l.phaseNamed(q.Phase) == none:
		return unmeasured("there is no phase %q", q.Phase)
	case q.Journey != "" && l.journeys.find(q.Journey) == none:
		return unmeasured("no request of journey %q", q.Journey)
	case q.Journey != "" && row.People:
		return unmeasured("%s is not measured per journey", row.Name)
	case q.Provider != "" && row.per == perNothing:
		return unmeasured("%s is not measured per provider", row.Name)
	case row.Join && !l.joined():
		return unmeasured("only %s of the attempts can be joined to a user's request, it takes %s",
			words.Percent(l.join.Share), words.Percent(joinNeeds))
	}
	return Measure{}
}

// worstOf measures a metric on each of the query's windows and gives the worst.
func (l *ledger) worstOf(row metricRow, q query) Measure {
	if row.per.ofLedger() {
		q.Unknown = leftOut // what was not sent made no attempts
	}
	ofOutage := row.Scope == "outage" || row.Scope == "after"
	if !ofOutage && (q.Provider == "" || row.per.ofLedger()) {
		return row.measure(l, l.window(q, none))
	}
	var found []Measure
	for i := range l.outages {
		if !l.asked(q, row, int32(i)) {
			continue
		}
		if !row.slowest || q.Journey != "" {
			found = append(found, row.measure(l, l.window(q, int32(i))))
			continue
		}
		for _, name := range l.journeyNames() {
			of := q
			of.Journey = name
			found = append(found, row.measure(l, l.window(of, int32(i))))
		}
	}
	if len(found) == 0 {
		return unmeasured("no outage%s", l.whereOutage(q, row))
	}
	return worstOf(found)
}

// asked says whether a query is about an outage.
func (l *ledger) asked(q query, row metricRow, outage int32) bool {
	o := &l.outages[outage]
	phase := o.begins
	if row.Scope == "after" {
		phase = o.after
	}
	return (q.Provider == "" || q.Provider == o.provider) &&
		(q.Phase == "" || phase == l.phaseNamed(q.Phase))
}

func (l *ledger) whereOutage(q query, row metricRow) string {
	s := ""
	if q.Provider != "" {
		s = " of " + q.Provider
	}
	switch {
	case q.Phase == "":
		return s
	case row.Scope == "after":
		return s + " has its end before " + q.Phase
	}
	return s + " begins in " + q.Phase
}

// worstOf gives the worst of several measures of a metric of which less is
// better: a bound before any value, any value before none. Of none at all, it is
// the one that looked at most.
func worstOf(found []Measure) Measure {
	worst := found[0]
	for _, m := range found[1:] {
		if worse(m, worst) {
			worst = m
		}
	}
	return worst
}

func worse(a, b Measure) bool {
	if rank := badness(a) - badness(b); rank != 0 {
		return rank > 0
	}
	switch badness(a) {
	case 2:
		return *a.Low > *b.Low
	case 1:
		return *a.Value > *b.Value
	}
	return a.N > b.N
}

func badness(m Measure) int {
	switch {
	case m.Value != nil:
		return 1
	case m.Low != nil:
		return 2
	}
	return 0
}

// view is what decides which visits a window has.
type view struct {
	outage, phase, journey int32
	last                   record.Seconds
	unknown                unknownAs
}

// window gives the visits that a query asks for; with an outage, those that
// belong to it. Many metrics look at the same visits, so they are kept.
func (l *ledger) window(q query, outage int32) window {
	w := window{
		span: span{0, l.setup.Length}, journey: none, provider: none, outage: outage, unknown: q.Unknown,
	}
	if q.Journey != "" {
		w.journey = l.journeys.find(q.Journey)
	}
	if q.Provider != "" && outage == none {
		w.provider = l.providers.find(q.Provider)
	}
	phase := none
	switch {
	case outage != none:
		w.span = l.outages[outage].span
	case q.Phase != "":
		phase = l.phaseNamed(q.Phase)
		p := l.setup.Phases[phase]
		w.span = span{p.Start, p.End}
	}
	if q.Last > 0 {
		w.from = max(w.from, w.to-q.Last)
	}
	of := view{outage, phase, w.journey, q.Last, q.Unknown}
	w.visits = l.viewed(of, w.span)
	return w
}

// viewed gives the visits of a view on a stretch; of one journey's, picked from
// those of all.
func (l *ledger) viewed(of view, s span) []*visit {
	if visits, ok := l.views[of]; ok {
		return visits
	}
	var visits []*visit
	if of.journey == none {
		visits = l.collect(of, s)
	} else {
		pooled := of
		pooled.journey = none
		for _, v := range l.viewed(pooled, s) {
			if v.journey == of.journey || v.journey == none {
				visits = append(visits, v)
			}
		}
	}
	if len(l.views) == viewsKept {
		clear(l.views)
	}
	l.views[of] = slices.Clone(visits) // which leaves out the room for more
	return l.views[of]
}

// collect gathers the visits of a view of all journeys on a stretch.
func (l *ledger) collect(of view, s span) []*visit {
	var visits []*visit
	end := len(l.visits) // what is due after the end counts in the whole
	if s.to < l.setup.Length {
		end = l.dueBy(s.to)
	}
	for i := range l.visits[:end] {
		v := &l.visits[i]
		if v.warm || of.outage != none && !l.belongs(v, of.outage) || of.phase != none && v.phase != of.phase ||
			of.last > 0 && v.due < s.from {
			continue
		}
		if v = l.taken(v, of.unknown); v != nil {
			visits = append(visits, v)
		}
	}
	return visits
}

// taken gives a visit as the query takes it: as it is, left out (nil) or, when
// its outcome is unknown, as the best or the worst that it can have been.
func (l *ledger) taken(v *visit, as unknownAs) *visit {
	if v.outcome != unknown {
		return v
	}
	j := l.journey(v.journey)
	switch as {
	case asServed:
		stand := *v
		stand.outcome, stand.from, stand.how = good, j.primary, howComplete
		stand.sent, stand.first, stand.ended = v.due, v.due, v.due
		return &stand
	case asUnserved:
		stand := *v
		stand.outcome, stand.class, stand.how = failed, clean, howComplete
		stand.sent, stand.first, stand.ended = v.due, never, v.due+j.Timeout
		return &stand
	}
	return nil
}

func (l *ledger) phaseNamed(name string) int32 {
	return int32(slices.IndexFunc(l.setup.Phases, func(p record.Phase) bool { return p.Name == name }))
}

// journeyNames gives the journeys that sent anything, sorted.
func (l *ledger) journeyNames() []string { return slices.Sorted(slices.Values(l.journeys.list)) }
