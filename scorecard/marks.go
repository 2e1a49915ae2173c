package scorecard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A MarkKind is one thing that a mark in the log can say. The rows stand in
// [MarkKinds]; who takes marks in, and who tells of them, reads the same rows.
type MarkKind struct {
	Name string
	// People says that somebody outside tells the drill so: a person, an alarm, the
	// app's own status page. The others the drill writes by itself.
	People bool
	Metric string // which it is the end of, "": none
	Doc    string // one sentence
}

// MarkKinds is the table of kinds of marks: those of people first, as an outage
// brings them.
func MarkKinds() []MarkKind {
	return []MarkKind{
		{"alert", true, "alert_time", "An alarm went off."},
		{"acknowledged", true, "acknowledged_time", "Somebody took the alarm."},
		{"diagnosed", true, "diagnosed_time", "Somebody said which provider fails, and how."},
		{"degraded_mode", true, "degraded_mode_time", "The app was switched to its lesser mode: templates, a cache, a smaller model."},
		{"status", true, "status_time", "Users were told: a notice is on the status page."},
		{"all_clear", true, "all_clear_time", "It was called over."},
		{"note", true, "", "Something worth remembering."},
		{"do", false, "", "A step of the scenario called the app."},
		{"app_died", false, "", "The app's process ended."},
		{"upstream", false, "", "A real endpoint failed by itself."},
		{"canary", false, "", "No canary was seen, so there was no drill."},
		{"egress", false, "", "The app called a real provider, and the egress guard refused."},
		{"interrupted", false, "", "The drill was interrupted."},
		{"stopped", false, "", "The drill was stopped, by somebody or by a guard rail."},
	}
}

// PeopleMarks are the kinds of marks that may come from outside.
func PeopleMarks() []string {
	var names []string
	for _, k := range MarkKinds() {
		if k.People {
			names = append(names, k.Name)
		}
	}
	return names
}

// told is a mark in words: "alert by alertmanager: ErrorRateHigh".
func (m *Mark) told() string {
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
func (l *ledger) peopleEvents() []Event {
	var events []Event
	people := PeopleMarks()
	for i := range l.marks {
		m := &l.marks[i]
		if len(events) < markEvents && (m.Kind == "do" || slices.Contains(people, m.Kind)) {
			events = append(events, Event{Kind: "mark", AtS: m.At.Float(), Text: m.told(), Actor: m.Actor})
		}
	}
	return events
}

// markLimits says what of the marks weakens the drill: steps of the scenario that
// failed, and marks made later for an earlier moment.
func (l *ledger) markLimits() []string {
	const shown = 5
	var failed []string
	late := 0
	for i := range l.marks {
		m := &l.marks[i]
		if m.Kind == "do" && m.Failed {
			failed = append(failed, fmt.Sprintf("at %s a step of the scenario failed: %s", Figure(m.At.Float(), "s"), m.Note))
		}
		if m.late > lateMark {
			late++
		}
	}
	limits := failed[:min(shown, len(failed))]
	if more := len(failed) - shown; more > 0 {
		limits = append(limits, fmt.Sprintf("%d more step%s of the scenario failed", more, plural(more)))
	}
	if late > 0 {
		limits = append(limits, fmt.Sprintf("%d mark%s made later for an earlier moment: %s time%s as people remember %s",
			late, oneOr(late, " was", "s were"), oneOr(late, "its", "their"), oneOr(late, " is", "s are"), oneOr(late, "it", "them")))
	}
	return limits
}

// byMoment orders marks by what they say, for that must not depend on the order of
// the lines.
func byMoment(a, b marked) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Actor, b.Actor),
		cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Fault, b.Fault), cmp.Compare(a.Note, b.Note), cmp.Compare(a.line, b.line))
}
