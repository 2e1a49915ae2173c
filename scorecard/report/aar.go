package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/explain"
	"github.com/seed-76a9de92/brownout/scorecard/sheet"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// writeAAR writes the leader's sheet filled in: the after-action report.
func writeAAR(w io.Writer, card *scorecard.Card, _ Options) error {
	v := viewOf(card)
	s := sheet.Sheet{
		Title: v.Title, After: true, Facts: aarFacts(v), Roles: aarRoles(card), Course: aarCourse(v),
		Moments: aarMoments(card), Signs: aarSigns(card), Abort: sheet.Abort(nil),
		Questions: aarQuestions(card), Actions: aarActions(card),
	}
	for _, b := range v.Bars {
		s.Limits = append(s.Limits, sheet.Limit{Bar: b.Metric + " " + b.Bar, Where: b.Where, Was: b.Mark + " " + b.Value})
	}
	return s.Write(w)
}

func aarFacts(v *view) []sheet.Fact {
	facts := []sheet.Fact{
		{Name: "verdict", Value: v.Word + ": " + v.Sentence},
		{Name: "scenario", Value: fmt.Sprintf("%s, seed %d", v.card.Scenario.Name, v.card.Scenario.Seed)},
		{Name: "app", Value: v.App},
		{Name: "started", Value: v.Started},
		{Name: "took", Value: v.Length + ", " + v.Requests + " requests"},
	}
	for _, limit := range v.card.Limits {
		facts = append(facts, sheet.Fact{Name: "mind", Value: limit})
	}
	return facts
}

// aarRoles are the roles, and below them those whose names the drill wrote down.
func aarRoles(card *scorecard.Card) []sheet.Role {
	roles := sheet.Roles()
	var people []string
	for _, e := range card.Events {
		if e.Actor != "" && !slices.Contains(people, e.Actor) {
			people = append(people, e.Actor)
		}
	}
	slices.Sort(people)
	if len(people) > 0 {
		roles = append(roles, sheet.Role{Name: "on the log", Does: "acted, or made marks", Who: strings.Join(people, "\n")})
	}
	return roles
}

func aarCourse(v *view) []sheet.Stretch {
	var course []sheet.Stretch
	for _, p := range v.card.Phases {
		s := sheet.Stretch{
			At: sheet.Clock(v.card.StartedAt, p.Start.Duration()), Phase: p.Name, Wrong: p.Faults,
			Was: v.servedIn(p.Name),
		}
		for _, w := range v.card.Windows {
			if w.Start >= p.End || w.End <= p.Start {
				continue
			}
			means := sheet.FamilyOf(w.Family)
			s.See, s.Say, s.Watch = addNew(s.See, means.See), addNew(s.Say, means.Say), addNew(s.Watch, means.Watch)
		}
		course = append(course, s)
	}
	return course
}

func addNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// servedIn says what users got in a phase, the most frequent first.
func (v *view) servedIn(phase string) string {
	outcomes := v.card.Outcomes[phase]
	names := slices.SortedFunc(maps.Keys(outcomes), func(a, b string) int {
		return cmp.Or(cmp.Compare(outcomes[b], outcomes[a]), cmp.Compare(a, b))
	})
	var lines []string
	if m := v.measure("availability", phase); m.Value != nil {
		lines = append(lines, "served well "+words.Figure(*m.Value, m.Unit))
	}
	for _, name := range names {
		lines = append(lines, fmt.Sprintf("%s %d", strings.ReplaceAll(name, "_", " "), outcomes[name]))
	}
	return strings.Join(lines, "\n")
}

func aarMoments(card *scorecard.Card) []sheet.Moment {
	var moments []sheet.Moment
	for _, e := range card.Events {
		at := time.Duration(e.AtS * float64(time.Second))
		moments = append(moments, sheet.Moment{At: sheet.Clock(card.StartedAt, at), What: e.Text})
	}
	return moments
}

func aarSigns(card *scorecard.Card) []sheet.Sign {
	var signs []sheet.Sign
	for _, r := range card.Reactions {
		was := []string{r.Verdict + ":"}
		for _, d := range r.Did {
			was = append(was, fmt.Sprintf("%d × %s", d.N, d.Name))
		}
		signs = append(signs, sheet.Sign{Looks: r.Signal, Kind: fmt.Sprintf("sent %d ×", r.Sent), Do: r.Should, Was: strings.Join(was, "\n")})
	}
	return signs
}

// aarQuestions answers what the log can answer.
func aarQuestions(card *scorecard.Card) []sheet.Question {
	var all []sheet.Question
	for _, q := range sheet.Questions() {
		all = append(all, sheet.Question{Asked: q.Asked, Answer: answerTo(card, q.Metric)})
	}
	return all
}

// answerTo is a metric of each outage.
func answerTo(card *scorecard.Card, metric string) string {
	var parts []string
	for _, m := range card.Metrics {
		if m.Name != metric || m.Journey != "" || m.Provider == "" {
			continue
		}
		says := valueOf(m.Value, m.Low, m.Unit)
		if !m.Measured {
			says = "not measured: " + m.Reason
		}
		if m.By != "" {
			says += ", by " + m.By
		}
		parts = append(parts, "outage of "+where(m.Phase, "", m.Provider)+": "+says)
	}
	if metric == "diagnosed_time" {
		for _, d := range card.Diagnoses {
			parts = append(parts, fmt.Sprintf("%s said %s %s: %s", cmp.Or(d.Actor, "somebody"), d.Provider, d.Fault, strings.ReplaceAll(d.Verdict, "_", " ")))
		}
	}
	return strings.Join(parts, "\n")
}

// aarActions are the findings as things to do. Advice and effort come from the
// finding's row; a finding that this version does not know keeps its own words.
func aarActions(card *scorecard.Card) []sheet.Action {
	_, notes := explain.Notes()
	var actions []sheet.Action
	for _, f := range card.Findings {
		a := sheet.Action{Severity: f.Severity, Seen: f.Sentence, Do: f.Advice}
		if i := slices.IndexFunc(notes, func(n explain.Finding) bool { return n.Code == f.Code }); i >= 0 {
			a.Do, a.Effort = notes[i].Change, notes[i].Effort
		}
		actions = append(actions, a)
	}
	return actions
}
