package ledger

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Step is what somebody did to the course of the drill while it was played.
type Step struct {
	At            record.Seconds
	state         int
	Actor, Action string
}

// takeCourse takes a course in. Which is the last its state says, and not where it
// stands in the log.
func (in *intake) takeCourse(at record.Seconds, c *record.Course) bool {
	if !timelike(c.Length, c.Phases, c.Windows) || !possible(c.HeldTo) {
		return false
	}
	if c.Action != record.ServedUntilHere {
		in.Steps = append(in.Steps, Step{at, c.State, c.Actor, c.Action})
	}
	if in.played == nil || later(c, in.played) {
		in.played = c
	}
	return true
}

// later says whether a course is of a later state than another. No drill writes two
// of one state, but a log that was tampered with is judged alike in any order.
func later(a, b *record.Course) bool {
	if a.State != b.State {
		return a.State > b.State
	}
	text := func(c *record.Course) string {
		raw, _ := json.Marshal(c) // it was read from JSON
		return string(raw)
	}
	return text(a) > text(b)
}

// follow puts what was played in place of what was planned. What the best of all
// clients could have reached was reckoned on the plan, and is no more.
func (in *intake) follow() {
	slices.SortFunc(in.Steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.state, b.state),
			cmp.Compare(a.Actor, b.Actor), cmp.Compare(a.Action, b.Action))
	})
	if in.played == nil || !in.HasSetup {
		return
	}
	if in.Ended == nil && in.Last < in.played.HeldTo {
		in.played = released(in.played, in.Last)
	}
	s := &in.Setup
	s.Phases, s.Windows, s.Length, s.Par = in.played.Phases, in.played.Windows, in.played.Length, nil
}

// released is a course as it would be were the phase that is held released at a moment:
// a drill under way is not as long as it could be held.
func released(c *record.Course, at record.Seconds) *record.Course {
	earlier := func(t record.Seconds) record.Seconds {
		if t <= at {
			return t
		}
		return max(at, t-(c.HeldTo-at))
	}
	r := *c
	r.Length = earlier(c.Length)
	r.Phases, r.Windows = slices.Clone(c.Phases), slices.Clone(c.Windows)
	for i := range r.Phases {
		p := &r.Phases[i]
		p.Start, p.End = earlier(p.Start), earlier(p.End)
	}
	for i := range r.Windows {
		w := &r.Windows[i]
		w.Start, w.End = earlier(w.Start), earlier(w.End)
	}
	r.Windows = slices.DeleteFunc(r.Windows, func(w record.Window) bool { return w.Start >= w.End })
	return &r
}
