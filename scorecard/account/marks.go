package account

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// markTold is a mark in words: "alert by alertmanager: ErrorRateHigh".
func markTold(m *record.Mark) string {
	s := strings.ReplaceAll(m.Kind, "_", " ")
	if m.Provider != "" || m.Fault != "" {
		s += " " + strings.TrimSpace(m.Provider+" "+m.Fault)
	}
	if m.Actor != "" {
		s += " by " + m.Actor
	}
	if m.Note != "" {
		s += ": " + m.Note
	}
	return s
}

// markEvents bounds the marks of people on the timeline: more than that nobody
// reads.
const markEvents = 100

// peopleEvents are the marks of people and the steps of the scenario, to mark on
// the timeline.
func (l *clerk) peopleEvents() []Event {
	var events []Event
	people := record.PeopleMarks()
	for i := range l.Marks {
		m := &l.Marks[i]
		if len(events) < markEvents && (m.Kind == "do" || slices.Contains(people, m.Kind)) {
			events = append(events, Event{Kind: "mark", AtS: m.At.Float(), Text: markTold(&m.Mark), Actor: m.Actor})
		}
	}
	return events
}

// renewalLimit says that users were left with tokens or cookies that may have run out.
func (l *clerk) renewalLimit() []string {
	marks := l.MarksOf("login")
	if len(marks) == 0 {
		return nil
	}
	n, first := len(marks), marks[0]
	return []string{fmt.Sprintf("at %s a user could not log in once more: %s%s; a 401 after it may be for a token that ran out",
		words.Figure(first.At.Float(), "s"), first.Note, words.OneOr(n, "", fmt.Sprintf(" (the first of %d or more)", n)))}
}

// markLimits says what of the marks weakens the drill: steps of the scenario that
// failed, users who could not log in once more, and marks made later for an earlier
// moment.
func (l *clerk) markLimits() []string {
	const shown = 5
	var failed []string
	late := 0
	for i := range l.Marks {
		m := &l.Marks[i]
		if m.Kind == "do" && m.Failed {
			failed = append(failed, fmt.Sprintf("at %s a step of the scenario failed: %s", words.Figure(m.At.Float(), "s"), m.Note))
		}
		if m.Late > measure.LateMark {
			late++
		}
	}
	limits := failed[:min(shown, len(failed))]
	if more := len(failed) - shown; more > 0 {
		limits = append(limits, fmt.Sprintf("%d more step%s of the scenario failed", more, words.Plural(more)))
	}
	limits = append(limits, l.renewalLimit()...)
	if late > 0 {
		limits = append(limits, fmt.Sprintf("%d mark%s made later for an earlier moment: %s time%s as people remember %s",
			late, words.OneOr(late, " was", "s were"), words.OneOr(late, "its", "their"), words.OneOr(late, " is", "s are"), words.OneOr(late, "it", "them")))
	}
	return limits
}
