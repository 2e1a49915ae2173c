package account

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// limits says what this drill cannot show, and what its log lacks.
func (l *clerk) limits() []string {
	limits := []string{}
	add := func(format string, args ...any) { limits = append(limits, fmt.Sprintf(format, args...)) }
	if l.Setup.Control {
		add("a control run: no fault was played, bars on outages were left out")
	}
	if n := len(l.Steps); n > 0 {
		add("the timeline was changed %d time%s while it was played: it is no repetition of what was planned, and has no par",
			n, words.Plural(n))
	}
	if s := l.Setup.Split; s != nil {
		add("%s", splitLimit(s))
	}
	if l.Cut {
		add("the log's last line is cut off and was left out")
	}
	if l.Strange > 0 {
		add("%d line%s of the log %s none of ours and %s left out (%s)",
			l.Strange, words.Plural(l.Strange), words.OneOr(l.Strange, "is", "are"), words.OneOr(l.Strange, "was", "were"), l.foreignLines())
	}
	if l.Early > 0 {
		add("%d line%s of the log %s more than %s out of order: they were judged all the same, and `brownout report RUN --sort` sorts first",
			l.Early, words.Plural(l.Early), words.OneOr(l.Early, "stands", "stand"), words.Figure(ledger.OutOfOrder.Float(), "s"))
	}
	if n := l.twice(); n > 0 {
		add("%d request%s more than once in the log and %s each time", n, words.OneOr(n, " stands", "s stand"), words.OneOr(n, "counts", "count"))
	}
	if l.Missing > 0 {
		add("%d planned request%s missing from the log and count as unknown", l.Missing, words.OneOr(l.Missing, " is", "s are"))
	}
	if l.Ended != nil && l.Ended.Unsent > 0 {
		add("%d planned request%s not due yet when it was broken off, and %s nowhere",
			l.Ended.Unsent, words.OneOr(l.Ended.Unsent, " was", "s were"), words.OneOr(l.Ended.Unsent, "counts", "count"))
	}
	if l.Reported > 0 {
		add("%d request%s reported by whoever sent %s: their times and outcomes are what was said, and none was owed at any rate",
			l.Reported, words.OneOr(l.Reported, " was", "s were"), words.OneOr(l.Reported, "it", "them"))
	}
	if l.Join.Attempts > 0 && !l.Joined() {
		add("%s of the attempts were joined to their user's request: whatever needs the join is not measured",
			words.Percent(l.Join.Share))
	}
	if note := l.Rewriters(); note != "" {
		add("no identity or integrity:%s", note)
	}
	for _, m := range l.Marks {
		if m.Kind == "upstream" {
			add("at %s a real endpoint failed by itself, which was no injected fault: %s", words.Figure(m.At.Float(), "s"), m.Note)
		}
	}
	limits = append(limits, l.markLimits()...)
	if note := l.Unproven(); note != "" {
		add("%s", note)
	}
	if l.Join.UnknownPath > 0 {
		add("%d call%s to paths that no provider here has: what the app wanted there was not exercised",
			l.Join.UnknownPath, words.Plural(l.Join.UnknownPath))
	}
	if note := l.Unattributed(); note != "" {
		add("%s", note)
	}
	for _, name := range l.refused() {
		add("connections to %s that were refused are seen by nobody: how often the app tried it then is not known, and attempts do not count them", name)
	}
	add("faults of name resolution (DNS) cannot be played")
	switch real := len(l.Real()); {
	case real == 0:
		add("the providers are mocks: latency, limits and answers are those of the scenario, not of the day")
	case real < len(l.Setup.Providers):
		add("the other providers are mocks: latency, limits and answers are those of the scenario, not of the day")
	}
	return limits
}

// refused are the providers that refused connections, in the setup's order.
func (l *clerk) refused() []string {
	var names []string
	for _, name := range l.providerNames() {
		if !l.Setup.Control && slices.ContainsFunc(l.Setup.Windows, func(w record.Window) bool { return w.Kind == "refuse" && w.Provider == name }) {
			names = append(names, name)
		}
	}
	return names
}

// twice counts the lines of requests of which the log has another.
func (l *clerk) twice() int {
	n := 0
	for i := 1; i < len(l.Visits); i++ {
		// Two lines of one request are due together, and so stand together.
		if a, b := &l.Visits[i-1], &l.Visits[i]; a.N == b.N && a.Due == b.Due && bytes.Equal(l.Nonce(a), l.Nonce(b)) {
			n++
		}
	}
	return n
}

// foreignLines names the lines that were left out, the first few.
func (l *clerk) foreignLines() string {
	numbers := make([]string, len(l.Foreign))
	for i, no := range l.Foreign {
		numbers[i] = fmt.Sprint(no)
	}
	s := "line " + strings.Join(numbers, ", ")
	if len(l.Foreign) > 1 {
		s = "lines " + strings.Join(numbers, ", ")
	}
	if l.Strange > len(l.Foreign) {
		s += " …"
	}
	return s
}

// splitLimit is what cannot be known of a drill that was played in several places.
func splitLimit(s *record.Split) string {
	text := fmt.Sprintf("joined from %d logs: a real API key shown to users goes unnoticed, for where they are nobody knows it; ", s.Logs)
	if s.Requests == 0 {
		return text + "how far the machines' clocks are apart is not known, for no request was seen on both sides once and whole"
	}
	low, high := words.Figure(s.AheadLow.Float(), "s"), words.Figure(s.AheadHigh.Float(), "s")
	return text + fmt.Sprintf("by %d requests the providers' clock is between %s and %s ahead of the users', and times from the one to the other are off by that",
		s.Requests, low, high)
}
