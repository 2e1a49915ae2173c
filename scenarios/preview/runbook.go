package preview

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scorecard/sheet"
)

// writeRunbook writes the leader's sheet of the drill that is to come.
func writeRunbook(w io.Writer, p Preview, o Options) error {
	s := sheet.Sheet{
		Title: p.name(), Facts: p.facts(o.Start), Roles: sheet.Roles(),
		Course: p.stretches(o.Start), Signs: p.signs(), Limits: p.limits(), Abort: sheet.Abort(p.Stops),
	}
	for _, q := range sheet.Questions() {
		s.Questions = append(s.Questions, sheet.Question{Asked: q.Asked})
	}
	return s.Write(w)
}

func (p Preview) name() string {
	if p.Title == "" {
		return p.Name
	}
	return p.Title
}

func (p Preview) facts(start time.Time) []sheet.Fact {
	when := "not settled; plan --at TIME gives times of day"
	if !start.IsZero() {
		when = fmt.Sprintf("%s, until %s", start.Format("2006-01-02 15:04:05 MST"), start.Add(p.Length.Duration()).Format(time.TimeOnly))
	}
	return []sheet.Fact{
		{Name: "scenario", Value: fmt.Sprintf("%s, seed %d", p.Name, p.Seed)},
		{Name: "starts", Value: when},
		{Name: "takes", Value: fmt.Sprintf("%s, %d requests, %d in the fullest second", span(p.Length.Duration()), p.Requests, p.Peak)},
		{Name: "result", Value: "the card, and this sheet filled in: brownout report RUN --format aar"},
	}
}

// stretches are the phases, each with what goes wrong in it and what that means for
// people.
func (p Preview) stretches(start time.Time) []sheet.Stretch {
	var course []sheet.Stretch
	for _, phase := range p.Phases {
		s := sheet.Stretch{At: sheet.Clock(start, phase.From.Duration()), Phase: phase.Name}
		for _, f := range p.Faults {
			if f.From >= phase.To || f.To <= phase.From {
				continue
			}
			s.Wrong = appendNew(s.Wrong, f.Provider+": "+f.Says)
			means := sheet.FamilyOf(kindOf(f.Kind).Family)
			s.See, s.Say, s.Watch = appendNew(s.See, means.See), appendNew(s.Say, means.Say), appendNew(s.Watch, means.Watch)
		}
		for _, step := range p.Steps {
			if step.At >= phase.From && step.At < phase.To {
				s.See = append(s.See, sheet.Clock(start, step.At.Duration())+" the drill calls "+step.Says)
			}
		}
		course = append(course, s)
	}
	return course
}

// appendNew appends what is not there yet: two faults of a family look alike.
func appendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// signs are the kinds of faults of the drill, each once, as they look from the app.
func (p Preview) signs() []sheet.Sign {
	var signs []sheet.Sign
	var seen []string
	for _, f := range p.Faults {
		if slices.Contains(seen, f.Kind) {
			continue
		}
		seen = append(seen, f.Kind)
		k := kindOf(f.Kind)
		signs = append(signs, sheet.Sign{Kind: f.Kind, Looks: k.Doc, Do: k.Client})
	}
	return signs
}

func kindOf(name string) faults.Kind {
	kinds := faults.Kinds()
	return kinds[slices.IndexFunc(kinds, func(k faults.Kind) bool { return k.Name == name })]
}

func (p Preview) limits() []sheet.Limit {
	var limits []sheet.Limit
	for _, b := range p.Bars {
		limits = append(limits, sheet.Limit{Bar: b.Says, Where: b.On})
	}
	return limits
}
