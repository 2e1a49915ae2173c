package measure

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A Window is what one measure is taken on: the visits that a query asks for,
// and for times of an outage, the outage.
type Window struct {
	ledger.Span
	Journey  int32 // none: all
	provider int32 // none: all; uncalled: one without attempts; of metrics about attempts
	outage   int32 // none: the window is a phase, or the drill
	unknown  UnknownAs
	Visits   []*ledger.Visit // by due time; those of unknown outcome as the query takes them
}

// uncalled stands for a provider that nobody called: the log has no number for it, and
// none would mean all of them.
const uncalled = ledger.None - 1

// Measure answers a query. It is what judging, grading and the card's rows ask.
func (l *Meter) Measure(q Query) Measure {
	if !l.Unsure {
		q.Unknown = LeftOut // there is none
	}
	return once(l.measures, q, func() Measure { return l.take(q) })
}

func (l *Meter) take(q Query) Measure {
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

func (l *Meter) answer(q Query) Measure {
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
func (l *Meter) refuse(row metricRow, q Query) Measure {
	switch {
	case !l.HasSetup:
		return unmeasured("the log has no setup line")
	case q.Phase != "" && l.PhaseNamed(q.Phase) == ledger.None:
		return unmeasured("there is no phase %q", q.Phase)
	case q.Journey != "" && l.Journeys.Find(q.Journey) == ledger.None:
		return unmeasured("no request of journey %q", q.Journey)
	case q.Journey != "" && row.People:
		return unmeasured("%s is not measured per journey", row.Name)
	case q.Provider != "" && row.per == perNothing:
		return unmeasured("%s is not measured per provider", row.Name)
	case row.Join && !l.Joined():
		return unmeasured("only %s of the attempts can be joined to a user's request, it takes %s",
			words.Percent(l.Join.Share), words.Percent(ledger.JoinNeeds))
	}
	return Measure{}
}

// worstOf measures a metric on each of the query's windows and gives the worst.
func (l *Meter) worstOf(row metricRow, q Query) Measure {
	if row.per.ofLedger() {
		q.Unknown = LeftOut // what was not sent made no attempts
	}
	ofOutage := row.Scope == "outage" || row.Scope == "after"
	if !ofOutage && (q.Provider == "" || row.per.ofLedger()) {
		return row.measure(l, l.Window(q, ledger.None))
	}
	var found []Measure
	for i := range l.Outages {
		if !l.asked(q, row, int32(i)) {
			continue
		}
		if !row.slowest || q.Journey != "" {
			found = append(found, row.measure(l, l.Window(q, int32(i))))
			continue
		}
		for _, name := range l.JourneyNames() {
			of := q
			of.Journey = name
			found = append(found, row.measure(l, l.Window(of, int32(i))))
		}
	}
	if len(found) == 0 {
		return unmeasured("no outage%s", l.whereOutage(q, row))
	}
	return worstOf(found)
}

// asked says whether a query is about an outage.
func (l *Meter) asked(q Query, row metricRow, outage int32) bool {
	o := &l.Outages[outage]
	phase := o.Begins
	if row.Scope == "after" {
		phase = o.After
	}
	return (q.Provider == "" || q.Provider == o.Provider) &&
		(q.Phase == "" || phase == l.PhaseNamed(q.Phase))
}

func (l *Meter) whereOutage(q Query, row metricRow) string {
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
	unknown                UnknownAs
}

// Window gives the visits that a query asks for; with an outage, those that
// belong to it. Many metrics look at the same visits, so they are kept.
func (l *Meter) Window(q Query, outage int32) Window {
	w := Window{
		Span: ledger.Span{From: 0, To: l.Setup.Length}, Journey: ledger.None, provider: ledger.None, outage: outage, unknown: q.Unknown,
	}
	if q.Journey != "" {
		w.Journey = l.Journeys.Find(q.Journey)
	}
	if q.Provider != "" && outage == ledger.None {
		if w.provider = l.Providers.Find(q.Provider); w.provider == ledger.None {
			w.provider = uncalled
		}
	}
	phase := ledger.None
	switch {
	case outage != ledger.None:
		w.Span = l.Outages[outage].Span
	case q.Phase != "":
		phase = l.PhaseNamed(q.Phase)
		p := l.Setup.Phases[phase]
		w.Span = ledger.Span{From: p.Start, To: p.End}
	}
	if q.Last > 0 {
		w.From = max(w.From, w.To-q.Last)
	}
	of := view{outage, phase, w.Journey, q.Last, q.Unknown}
	w.Visits = l.viewed(of, w.Span)
	return w
}

// viewed gives the visits of a view on a stretch; of one journey's, picked from
// those of all.
func (l *Meter) viewed(of view, s ledger.Span) []*ledger.Visit {
	if visits, ok := l.views[of]; ok {
		return visits
	}
	var visits []*ledger.Visit
	if of.journey == ledger.None {
		visits = l.collect(of, s)
	} else {
		pooled := of
		pooled.journey = ledger.None
		for _, v := range l.viewed(pooled, s) {
			if v.Journey == of.journey || v.Journey == ledger.None {
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
func (l *Meter) collect(of view, s ledger.Span) []*ledger.Visit {
	var visits []*ledger.Visit
	end := len(l.Visits) // what is due after the end counts in the whole
	if s.To < l.Setup.Length {
		end = l.dueBy(s.To)
	}
	for i := range l.Visits[:end] {
		v := &l.Visits[i]
		if v.Warm || of.outage != ledger.None && !l.Belongs(v, of.outage) || of.phase != ledger.None && v.Phase != of.phase ||
			of.last > 0 && v.Due < s.From {
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
func (l *Meter) taken(v *ledger.Visit, as UnknownAs) *ledger.Visit {
	if v.Outcome != ledger.Unknown {
		return v
	}
	j := l.Journey(v.Journey)
	switch as {
	case AsServed:
		stand := *v
		stand.Outcome, stand.From, stand.How = ledger.Good, j.Home, ledger.HowComplete
		stand.Sent, stand.First, stand.Ended = v.Due, v.Due, v.Due
		return &stand
	case AsUnserved:
		stand := *v
		stand.Outcome, stand.Class, stand.How = ledger.Failed, ledger.Clean, ledger.HowComplete
		stand.Sent, stand.First, stand.Ended = v.Due, ledger.Never, v.Due+j.Timeout
		return &stand
	}
	return nil
}

// JourneyNames gives the journeys that sent anything, sorted.
func (l *Meter) JourneyNames() []string { return slices.Sorted(slices.Values(l.Journeys.List)) }
