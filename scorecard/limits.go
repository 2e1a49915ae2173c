package scorecard

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// limits says what this drill cannot show, and what its log lacks.
func (l *ledger) limits() []string {
	limits := []string{}
	add := func(format string, args ...any) { limits = append(limits, fmt.Sprintf(format, args...)) }
	if l.setup.Control {
		add("a control run: no fault was played, bars on outages were left out")
	}
	if n := len(l.steps); n > 0 {
		add("the timeline was changed %d time%s while it was played: it is no repetition of what was planned, and has no par",
			n, words.Plural(n))
	}
	if s := l.setup.Split; s != nil {
		add("%s", splitLimit(s))
	}
	if l.cut {
		add("the log's last line is cut off and was left out")
	}
	if l.strange > 0 {
		add("%d line%s of the log %s none of ours and %s left out (%s)",
			l.strange, words.Plural(l.strange), words.OneOr(l.strange, "is", "are"), words.OneOr(l.strange, "was", "were"), l.foreignLines())
	}
	if l.early > 0 {
		add("%d line%s of the log %s more than %s out of order: they were judged all the same, and `brownout report RUN --sort` sorts first",
			l.early, words.Plural(l.early), words.OneOr(l.early, "stands", "stand"), words.Figure(outOfOrder.Float(), "s"))
	}
	if n := l.twice(); n > 0 {
		add("%d request%s more than once in the log and %s each time", n, words.OneOr(n, " stands", "s stand"), words.OneOr(n, "counts", "count"))
	}
	if l.missing > 0 {
		add("%d planned request%s missing from the log and count as unknown", l.missing, words.OneOr(l.missing, " is", "s are"))
	}
	if l.reported > 0 {
		add("%d request%s reported by whoever sent %s: their times and outcomes are what was said, and none was owed at any rate",
			l.reported, words.OneOr(l.reported, " was", "s were"), words.OneOr(l.reported, "it", "them"))
	}
	if l.join.Attempts > 0 && !l.joined() {
		add("%s of the attempts were joined to their user's request: whatever needs the join is not measured",
			words.Percent(l.join.Share))
	}
	if note := l.rewriters(); note != "" {
		add("no identity or integrity:%s", note)
	}
	for _, m := range l.marks {
		if m.Kind == "upstream" {
			add("at %s a real endpoint failed by itself, which was no injected fault: %s", words.Figure(m.At.Float(), "s"), m.Note)
		}
	}
	limits = append(limits, l.markLimits()...)
	if note := l.unproven(); note != "" {
		add("%s", note)
	}
	if l.join.UnknownPath > 0 {
		add("%d call%s to paths that no provider here has: what the app wanted there was not exercised",
			l.join.UnknownPath, words.Plural(l.join.UnknownPath))
	}
	if note := l.unattributed(); note != "" {
		add("%s", note)
	}
	add("faults of name resolution (DNS) cannot be played")
	switch real := len(l.real()); {
	case real == 0:
		add("the providers are mocks: latency, limits and answers are those of the scenario, not of the day")
	case real < len(l.setup.Providers):
		add("the other providers are mocks: latency, limits and answers are those of the scenario, not of the day")
	}
	return limits
}

// twice counts the lines of requests of which the log has another.
func (l *ledger) twice() int {
	n := 0
	for i := 1; i < len(l.visits); i++ {
		// Two lines of one request are due together, and so stand together.
		if a, b := &l.visits[i-1], &l.visits[i]; a.n == b.n && a.due == b.due && bytes.Equal(l.nonce(a), l.nonce(b)) {
			n++
		}
	}
	return n
}

// foreignLines names the lines that were left out, the first few.
func (l *ledger) foreignLines() string {
	numbers := make([]string, len(l.foreign))
	for i, no := range l.foreign {
		numbers[i] = fmt.Sprint(no)
	}
	s := "line " + strings.Join(numbers, ", ")
	if len(l.foreign) > 1 {
		s = "lines " + strings.Join(numbers, ", ")
	}
	if l.strange > len(l.foreign) {
		s += " …"
	}
	return s
}
