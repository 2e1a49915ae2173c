package measure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// What a baseline must have before anything counts.
const (
	baselineNeeds   = 20   // requests
	baselineRetries = 1.05 // attempts ÷ calls
	unknownMost     = 0.05 // of a phase
)

// Interrupted says why the drill ended early, "" when it did not.
func (l *Meter) Interrupted() string {
	switch {
	case !l.HasSetup:
		return ""
	case l.Ended == nil:
		return fmt.Sprintf("the log breaks off at %s of %s", words.Figure(l.Last.Float(), "s"), words.Figure(l.Setup.Length.Float(), "s"))
	case l.Ended.Reason == "interrupted", l.Ended.Reason == "stopped":
		return l.Broken(l.Ended.Reason)
	}
	return ""
}

// Broken says when the drill was broken off, by whom and why, as the mark of that
// kind tells.
func (l *Meter) Broken(kind string) string {
	m, ok := l.Breaking(kind)
	if !ok {
		return kind + " at " + words.Figure(l.Last.Float(), "s")
	}
	by := ""
	if m.Actor != "" {
		by = " by " + m.Actor
	}
	return fmt.Sprintf("%s%s at %s: %s", kind, by, words.Figure(m.At.Float(), "s"), m.Note)
}

// Breaking is the mark that tells of the drill being stopped or interrupted.
func (l *Meter) Breaking(kind string) (ledger.Marked, bool) {
	i := slices.IndexFunc(l.Marks, func(m ledger.Marked) bool { return m.Kind == kind && m.Note != "" })
	if i < 0 {
		return ledger.Marked{}, false
	}
	return l.Marks[i], true
}

// Unfit gives the reasons why nothing in this log may count.
func (l *Meter) Unfit() []string {
	if !l.HasSetup {
		return []string{"the log has no setup line, so nobody knows what was meant to happen"}
	}
	if len(l.Setups) > 0 {
		return []string{fmt.Sprintf("the log holds more than one drill: line %d is another's setup", l.Setups[0])}
	}
	if l.Ended != nil && l.Ended.Reason == "no_start" {
		return []string{l.noStart()}
	}
	switch {
	case l.Join.Attempts == 0 && l.Join.UnknownPath > 0:
		return []string{fmt.Sprintf("the app called the mocks on unknown paths only (%s)", words.Tally(l.Paths))}
	case l.Join.Attempts == 0:
		return []string{"the app never called the mocks"}
	case len(l.Visits) == 0:
		return []string{"the log has no user's request: all that is measured is what reached the providers"}
	}
	var reasons []string
	if s := l.Setup.Split; s != nil && clockGap(s) > clocksApart {
		reasons = append(reasons, fmt.Sprintf("the clocks of the users' and the providers' side are %s apart: set them by NTP", words.Figure(clockGap(s).Float(), "s")))
	}
	for _, p := range l.Setup.Phases {
		if r := l.unknownIn(p.Name); r != "" {
			reasons = append(reasons, r)
		}
	}
	return append(reasons, l.UnfitBaseline()...)
}

func (l *Meter) noStart() string {
	for _, m := range l.Marks {
		if m.Kind == "canary" && m.Note != "" {
			return "the drill did not start: " + m.Note
		}
	}
	return "the drill did not start"
}

// unknownIn says that too much of a phase is unknown.
func (l *Meter) unknownIn(phase string) string {
	n, lost, unsent, behind := 0, 0, 0, 0
	at := l.PhaseNamed(phase)
	for i := range l.Visits {
		v := &l.Visits[i]
		if v.Warm || v.Phase != at {
			continue
		}
		n++
		switch {
		case v.Outcome != ledger.Unknown:
		case v.Journey == ledger.None:
			lost++
		case v.Dropped:
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

// UnfitBaseline gives what is wrong with the baseline.
func (l *Meter) UnfitBaseline() []string {
	calm := l.baseline()
	attempts, calls := 0, 0
	for _, v := range calm {
		for _, k := range l.TriesOf(v) {
			attempts++
			if l.Attempts[k].Prev == ledger.None {
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
		if v.Served() {
			served++
		}
	}
	if _, high := stats.Wilson(served, len(calm)); high < l.healthy() {
		reasons = append(reasons, fmt.Sprintf("the baseline was not healthy: %s of %d requests were served well, it takes %s%s",
			words.Percent(float64(served)/float64(len(calm))), len(calm), words.Percent(l.healthy()), l.Rewriters()))
	}
	if float64(attempts) > baselineRetries*float64(calls) {
		reasons = append(reasons, fmt.Sprintf("the app retried in the baseline already: %d attempts for %d calls", attempts, calls))
	}
	return reasons
}

// Rewriters names the journeys whose answers do not verify, as a part of a sentence.
func (l *Meter) Rewriters() string {
	var names []string
	for _, name := range l.JourneyNames() {
		if l.Facts[l.Journeys.Find(name)].Rewrites {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(" (the answers of %s do not carry brownout's text whole: the app rewrites them, or `answer` points elsewhere)",
		strings.Join(names, ", "))
}

// Metastable says whether users stayed without service long after an outage,
// though nothing was wrong any more.
func (l *Meter) Metastable(outage int32) bool {
	o := &l.Outages[outage]
	lull, ok := l.LullAfter(o)
	if !ok || o.After == ledger.None {
		return false
	}
	m := l.Measure(Query{Metric: "recovery_lag", Phase: l.PhaseName(o.After), Provider: o.Provider})
	switch {
	case !m.Measured:
		return false
	case m.Value == nil:
		return true
	}
	return *m.High > l.recoveryLimit(lull)
}
