package scorecard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// What a baseline must have before anything counts.
const (
	baselineNeeds   = 20   // requests
	baselineRetries = 1.05 // attempts ÷ calls
	unknownMost     = 0.05 // of a phase
)

// evidence is what the bars are judged on.
func (l *ledger) evidence() evidence {
	ev := evidence{
		Unfit: l.unfit(), Interrupted: l.interrupted(), Played: l.setup.Length.Float(), Measure: l.measure,
	}
	if ev.Interrupted != "" {
		ev.Played = l.last.Float()
	}
	for i := range l.outages {
		ev.Outages = append(ev.Outages, l.outageEvidence(int32(i)))
		ev.Metastable = ev.Metastable || l.metastable(int32(i))
	}
	for _, v := range l.counted {
		if l.spoilt(v) {
			ev.StreamHit++
		}
	}
	return ev
}

func (l *ledger) outageEvidence(outage int32) outageEvidence {
	o := &l.outages[outage]
	availability := unmeasured("no request met the outage")
	if o.hits > 0 {
		availability = shareOf((*visit).served)(l, l.window(query{}, outage))
	}
	availability.Name, availability.Unit = "availability", "share"
	availability.Phase, availability.Provider = l.phaseName(o.begins), o.provider
	availability.Measured = availability.Value != nil
	return outageEvidence{
		Provider: o.provider, Begins: l.phaseName(o.begins), After: l.phaseName(o.after),
		From: o.from.Float(), To: o.to.Float(), Availability: availability, Par: parIn(&l.setup, o.from, o.to),
	}
}

// interrupted says why the drill ended early, "" when it did not.
func (l *ledger) interrupted() string {
	switch {
	case !l.hasSetup:
		return ""
	case l.ended == nil:
		return fmt.Sprintf("the log breaks off at %s of %s", words.Figure(l.last.Float(), "s"), words.Figure(l.setup.Length.Float(), "s"))
	case l.ended.Reason == "interrupted", l.ended.Reason == "stopped":
		return l.broken(l.ended.Reason)
	}
	return ""
}

// broken says when the drill was broken off, by whom and why, as the mark of that
// kind tells.
func (l *ledger) broken(kind string) string {
	m, ok := l.breaking(kind)
	if !ok {
		return kind + " at " + words.Figure(l.last.Float(), "s")
	}
	by := ""
	if m.Actor != "" {
		by = " by " + m.Actor
	}
	return fmt.Sprintf("%s%s at %s: %s", kind, by, words.Figure(m.At.Float(), "s"), m.Note)
}

// breaking is the mark that tells of the drill being stopped or interrupted.
func (l *ledger) breaking(kind string) (marked, bool) {
	i := slices.IndexFunc(l.marks, func(m marked) bool { return m.Kind == kind && m.Note != "" })
	if i < 0 {
		return marked{}, false
	}
	return l.marks[i], true
}

// brokenOff says how far the drill came, nil when it reached its end.
func (l *ledger) brokenOff() *BrokenOff {
	if l.interrupted() == "" {
		return nil
	}
	b := &BrokenOff{AtS: l.last.Float()}
	if l.ended != nil {
		if m, ok := l.breaking(l.ended.Reason); ok {
			b.AtS = m.At.Float()
		}
	}
	for i := range l.visits {
		if v := &l.visits[i]; !v.warm && v.sent != never {
			b.Sent++
		}
	}
	return b
}

// unfit gives the reasons why nothing in this log may count.
func (l *ledger) unfit() []string {
	if !l.hasSetup {
		return []string{"the log has no setup line, so nobody knows what was meant to happen"}
	}
	if len(l.setups) > 0 {
		return []string{fmt.Sprintf("the log holds more than one drill: line %d is another's setup", l.setups[0])}
	}
	if l.ended != nil && l.ended.Reason == "no_start" {
		return []string{l.noStart()}
	}
	switch {
	case l.join.Attempts == 0 && l.join.UnknownPath > 0:
		return []string{fmt.Sprintf("the app called the mocks on unknown paths only (%s)", tally(l.paths))}
	case l.join.Attempts == 0:
		return []string{"the app never called the mocks"}
	case len(l.visits) == 0:
		return []string{"the log has no user's request: all that is measured is what reached the providers"}
	}
	var reasons []string
	if s := l.setup.Split; s != nil && clockGap(s) > clocksApart {
		reasons = append(reasons, fmt.Sprintf("the clocks of the users' and the providers' side are %s apart: set them by NTP", words.Figure(clockGap(s).Float(), "s")))
	}
	for _, p := range l.setup.Phases {
		if r := l.unknownIn(p.Name); r != "" {
			reasons = append(reasons, r)
		}
	}
	return append(reasons, l.unfitBaseline()...)
}

func (l *ledger) noStart() string {
	for _, m := range l.marks {
		if m.Kind == "canary" && m.Note != "" {
			return "the drill did not start: " + m.Note
		}
	}
	return "the drill did not start"
}

// unknownIn says that too much of a phase is unknown.
func (l *ledger) unknownIn(phase string) string {
	n, lost, unsent, behind := 0, 0, 0, 0
	at := l.phaseNamed(phase)
	for i := range l.visits {
		v := &l.visits[i]
		if v.warm || v.phase != at {
			continue
		}
		n++
		switch {
		case v.outcome != unknown:
		case v.journey == none:
			lost++
		case v.dropped:
			unsent++
		default:
			behind++
		}
	}
	all := lost + unsent + behind
	if n == 0 || float64(all) <= unknownMost*float64(n) {
		return ""
	}
	var parts []string
	for _, part := range []struct {
		n    int
		text string
	}{{unsent, "not sent"}, {behind, "sent late"}, {lost, "missing from the log"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	return fmt.Sprintf("%s of the requests due in %s are unknown (%s)",
		words.Percent(float64(all)/float64(n)), phase, strings.Join(parts, ", "))
}

// unfitBaseline gives what is wrong with the baseline.
func (l *ledger) unfitBaseline() []string {
	calm := l.baseline()
	attempts, calls := 0, 0
	for _, v := range calm {
		for _, k := range l.triesOf(v) {
			attempts++
			if l.attempts[k].prev == none {
				calls++
			}
		}
	}
	if len(calm) < baselineNeeds {
		return []string{fmt.Sprintf("the baseline has %d requests, it takes %d", len(calm), baselineNeeds)}
	}
	var reasons []string
	served := 0
	for _, v := range calm {
		if v.served() {
			served++
		}
	}
	if _, high := stats.Wilson(served, len(calm)); high < l.healthy() {
		reasons = append(reasons, fmt.Sprintf("the baseline was not healthy: %s of %d requests were served well, it takes %s%s",
			words.Percent(float64(served)/float64(len(calm))), len(calm), words.Percent(l.healthy()), l.rewriters()))
	}
	if float64(attempts) > baselineRetries*float64(calls) {
		reasons = append(reasons, fmt.Sprintf("the app retried in the baseline already: %d attempts for %d calls", attempts, calls))
	}
	return reasons
}

// rewriters names the journeys whose answers do not verify, as a part of a sentence.
func (l *ledger) rewriters() string {
	var names []string
	for _, name := range l.journeyNames() {
		if l.facts[l.journeys.find(name)].rewrites {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(" (the answers of %s do not carry brownout's text whole: the app rewrites them, or `answer` points elsewhere)",
		strings.Join(names, ", "))
}

// metastable says whether users stayed without service long after an outage,
// though nothing was wrong any more.
func (l *ledger) metastable(outage int32) bool {
	o := &l.outages[outage]
	lull, ok := l.lullAfter(o)
	if !ok || o.after == none {
		return false
	}
	m := l.measure(query{Metric: "recovery_lag", Phase: l.phaseName(o.after), Provider: o.provider})
	switch {
	case !m.Measured:
		return false
	case m.Value == nil:
		return true
	}
	return *m.High > l.recoveryLimit(lull)
}

// spoilt says whether a visit met a fault that can leave an answer late, torn or bad.
func (l *ledger) spoilt(v *visit) bool {
	for _, k := range l.triesOf(v) {
		a := &l.attempts[k]
		if a.outage == none || !a.hit() {
			continue
		}
		for _, w := range l.outages[a.outage].windows {
			if w.Kind == l.kinds.word(a.kind) && familyOf(w.Family).spoils {
				return true
			}
		}
	}
	return false
}
