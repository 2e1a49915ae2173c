package scenarios

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// bars checks the bars and puts them into the plan, or the default ones.
func (b *builder) bars() {
	if len(b.draft.bars) == 0 {
		b.plan.DefaultBars = true
		if n := len(b.plan.Phases); n > 0 {
			b.plan.Bars = b.plan.judgeable(scorecard.DefaultBars(b.plan.Phases[n-1].Name))
		}
		return
	}
	for i := range b.draft.bars {
		d := &b.draft.bars[i]
		b.barNames(d)
		if !d.Sound() {
			continue
		}
		bar := d.bar()
		if before := slices.Index(b.plan.Bars, bar); before >= 0 {
			b.problems.Error(d.Pos, "contradiction", "the same bar on %s again; say it once", bar.Metric)
		}
		b.plan.Bars = append(b.plan.Bars, bar)
		b.barScope(d, bar)
		b.barReal(d, bar)
	}
}

// bar is the draft as the card takes it.
func (d *barDraft) bar() record.Bar {
	bar := record.Bar{
		Metric: d.metric, Phase: d.phase, Journey: d.journey, Provider: d.provider,
		Op: "max", Severity: d.severity, Evidence: d.evidence, By: d.by,
	}
	if d.Has("min") {
		bar.Op = "min"
	}
	switch v := d.threshold.(type) {
	case time.Duration:
		bar.Threshold = v.Seconds()
	case float64:
		bar.Threshold = v
	case schema.Par:
		bar.Against, bar.Threshold = "par", v.Share+v.Span.Seconds() // one of them is 0
	}
	return bar
}

// barNames checks what a bar refers to.
func (b *builder) barNames(d *barDraft) {
	var phases, journeys, providers []string
	for i := range b.draft.phases {
		phases = append(phases, b.draft.phases[i].name)
	}
	for i := range b.draft.traffic.journeys {
		journeys = append(journeys, b.draft.traffic.journeys[i].Name)
	}
	for i := range b.draft.providers {
		providers = append(providers, b.draft.providers[i].name)
	}
	for _, ref := range []struct {
		key, name string
		known     []string
	}{{"phase", d.phase, phases}, {"journey", d.journey, journeys}, {"provider", d.provider, providers}} {
		if ref.name != "" && len(ref.known) > 0 && !slices.Contains(ref.known, ref.name) {
			b.unknown(d.At(ref.key), ref.key, ref.name, ref.known)
		}
	}
}

// metric is a metric's row.
func metric(name string) measure.Metric {
	rows := measure.Metrics()
	return rows[slices.IndexFunc(rows, func(m measure.Metric) bool { return m.Name == name })]
}

// barScope refuses a bar that there is nothing to judge on.
func (b *builder) barScope(d *barDraft, bar record.Bar) {
	m := metric(bar.Metric)
	if b.barService(d, m) {
		return
	}
	if m.People && bar.Journey != "" {
		b.problems.Error(d.At("journey"), "impossible", "%s is about people, and no journey has its own; leave it out", bar.Metric)
	}
	if len(b.course.stretches(bar, m)) > 0 || !b.timelineSound() {
		return
	}
	if bar.Phase == "" {
		b.problems.Error(d.At("metric"), "impossible", "a bar on %s without phase, and %s", bar.Metric, b.nowhere(m, bar))
		return
	}
	i := slices.IndexFunc(b.plan.Phases, func(p Phase) bool { return p.Name == bar.Phase })
	if i < 0 {
		return // reported as unknown
	}
	at := d.At("phase")
	if m.Scope == "after" {
		b.problems.Error(at, "impossible", "%s belongs to the phase after an outage, and none has ended when %s begins or ends in it; %s",
			bar.Metric, bar.Phase, b.instead(m, bar))
		return
	}
	for _, o := range b.course.outages {
		if o.from < b.plan.Phases[i].From && o.to > b.plan.Phases[i].From && (bar.Provider == "" || bar.Provider == o.provider) {
			b.problems.Error(at, "impossible", "%s goes on with an outage that begins in %s, and %s belongs to the phase in which one begins; write phase: %s, or use failover_loss",
				bar.Phase, b.plan.Phases[o.begins].Name, bar.Metric, b.plan.Phases[o.begins].Name)
			return
		}
	}
	b.problems.Error(at, "impossible", "no outage begins in %s; %s", bar.Phase, b.instead(m, bar))
}

// nowhere says why a bar without phase holds nowhere.
func (b *builder) nowhere(m measure.Metric, bar record.Bar) string {
	switch {
	case m.Scope == "after" && len(b.plan.Windows) > 0:
		return "the drill ends with the outage; add a phase without faults behind it"
	case bar.Provider != "" && len(b.plan.Windows) > 0:
		return "no fault is on provider " + bar.Provider + "; leave the bar out"
	case m.Scope == "window":
		return "no phase has a fault; name a phase"
	}
	return "no phase has a fault; add one, or leave the bar out"
}

// instead names the phases that a bar could have.
func (b *builder) instead(m measure.Metric, bar record.Bar) string {
	bar.Phase = ""
	var names []string
	for _, s := range b.course.stretches(bar, m) {
		if !slices.Contains(names, s.name) {
			names = append(names, s.name)
		}
	}
	if len(names) == 0 {
		return b.nowhere(m, bar)
	}
	return "allowed: " + strings.Join(names, ", ")
}

// timelineSound says whether all phases and faults are in the plan, so that what
// is missing from it is missing from the file.
func (b *builder) timelineSound() bool {
	return b.draft.Node.Get("phases") != nil && b.draft.Node.Get("phases").Sound()
}
