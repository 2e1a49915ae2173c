// Package course is the course that a drill takes while somebody leads it: what was played
// of it, and what is to come. Whoever leads changes what is to come, at a moment that is
// now; all of it is computed, and nothing waits.
//
//	c := course.Of(plan)
//	c.Advance(12 * time.Second)
//	c = c.Copy()
//	err := c.Hold(12*time.Second, ceiling) // the phase stands still from 12 s on …
//	err = c.Release(40 * time.Second)      // … and goes on after 28 s
package course

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
)

// A Course is that of a drill under way: what was played of it, and what is to come. Its
// methods change what is to come at a moment now, which lies in the phase that has begun
// last; what was played stays as it was. They are for a [Course.Copy], of which they leave
// the original alone; after an error it is good for nothing.
type Course struct {
	Phases  []scenarios.Phase
	Windows []faults.Window // in the order of the draws
	Length  time.Duration
	Begun   int           // phases that have begun
	HeldTo  time.Duration // until when the phase is held at most; 0: it is not
}

// Of is the course of a plan before its first phase begins.
func Of(plan *scenarios.Plan) Course {
	return Course{Phases: plan.Phases, Windows: plan.Windows, Length: plan.Length}
}

// Forever is as far as a log's moments go.
const Forever = 3 * 365 * 24 * time.Hour

// ErrUnknown says that there is no phase or open fault of that name.
var ErrUnknown = errors.New("unknown")

// unknown is an ErrUnknown in words of its own.
type unknown string

func (u unknown) Error() string      { return string(u) }
func (unknown) Is(target error) bool { return target == ErrUnknown }

// Copy is a course that can be changed.
func (c Course) Copy() Course {
	c.Phases, c.Windows = slices.Clone(c.Phases), slices.Clone(c.Windows)
	for i := range c.Phases {
		c.Phases[i].Faults = slices.Clone(c.Phases[i].Faults)
	}
	return c
}

// phase is the one that has begun last.
func (c *Course) phase() *scenarios.Phase { return &c.Phases[c.Begun-1] }

// Advance does what is due by now: phases begin, a hold ends. It gives the phases that
// have begun.
func (c *Course) Advance(now time.Duration) []scenarios.Phase {
	from := c.Begun
	for c.Begun < len(c.Phases) && c.Phases[c.Begun].From <= now {
		c.Begun++
		c.HeldTo = 0
	}
	if c.HeldTo <= now {
		c.HeldTo = 0
	}
	return c.Phases[from:c.Begun]
}

// Until is the next moment at which something begins or ends by itself.
func (c *Course) Until() time.Duration {
	until := c.Length
	if c.Begun < len(c.Phases) {
		until = c.Phases[c.Begun].From
	}
	if c.HeldTo > 0 {
		until = min(until, c.HeldTo)
	}
	return until
}

// PhaseAt is the name of the phase at a moment, "" after the last.
func (c *Course) PhaseAt(moment time.Duration) string {
	for _, p := range c.Phases {
		if p.From <= moment && moment < p.To {
			return p.Name
		}
	}
	return ""
}

// Next ends the phase that goes on, and with the last one the drill.
func (c *Course) Next(now time.Duration) {
	c.remove(now, c.phase().To)
	c.HeldTo = 0
	c.forget(now)
}

// forget leaves out the phase when it has no length, for then nothing was in it.
func (c *Course) forget(now time.Duration) {
	if c.phase().From == now {
		c.Phases = slices.Delete(c.Phases, c.Begun-1, c.Begun)
		c.Begun--
	}
}

// Jump ends the phase and goes on with another of the plan and what comes after it
// there. A phase that was played before has a number this time. The error is an
// [ErrUnknown].
func (c *Course) Jump(now time.Duration, plan *scenarios.Plan, name string) error {
	i, err := phaseOf(plan, name)
	if err != nil {
		return err
	}
	c.Cut(now)
	from := plan.Phases[i].From
	for _, p := range plan.Phases[i:] {
		p.Name, p.From, p.To = c.Fresh(p.Name), p.From-from+now, p.To-from+now
		c.Phases = append(c.Phases, p)
	}
	for _, w := range plan.Windows {
		if w.From >= from {
			c.Windows = append(c.Windows, shifted(w, now-from))
		}
	}
	c.Length = plan.Length - from + now
	return nil
}

// Cut ends the phase and leaves nothing to come.
func (c *Course) Cut(now time.Duration) {
	c.Next(now)
	c.Length = now
	c.Phases = c.Phases[:c.Begun]
	c.Windows = slices.DeleteFunc(c.Windows, func(w faults.Window) bool { return w.From >= now })
}

// Stay ends the phase and begins another of the plan for good. The error is an
// [ErrUnknown].
func (c *Course) Stay(now time.Duration, plan *scenarios.Plan, name string) error {
	i, err := phaseOf(plan, name)
	if err != nil {
		return err
	}
	c.Cut(now)
	c.Phases = append(c.Phases, scenarios.Phase{Name: c.Fresh(name), From: now, To: Forever, Faults: slices.Clone(plan.Phases[i].Faults)})
	for _, w := range standing(plan, i) {
		w.From = now
		c.Windows = append(c.Windows, w)
	}
	c.Length = Forever
	return nil
}

// Prune forgets what was played.
func (c *Course) Prune(now time.Duration) {
	c.Windows = slices.DeleteFunc(c.Windows, func(w faults.Window) bool { return w.To <= now })
	c.Phases = c.Phases[max(c.Begun-1, 0):]
	c.Begun = min(c.Begun, 1)
}

// Fresh is a name that no phase has yet.
func (c *Course) Fresh(name string) string {
	for n, made := 2, name; ; n++ {
		if !slices.ContainsFunc(c.Phases, func(p scenarios.Phase) bool { return p.Name == made }) {
			return made
		}
		made = fmt.Sprintf("%s %d", name, n)
	}
}

// Hold lets the phase stand still: whatever is open stays open as it is, and what is
// to come waits, until it is released or there is only time left for the rest, where
// ceiling is how long all may last. The error says that it is held already, or that there
// is no time for it.
func (c *Course) Hold(now, ceiling time.Duration) error {
	switch {
	case c.HeldTo > 0:
		return errors.New("the phase is held already")
	case ceiling <= c.Length:
		return fmt.Errorf("there is no time to hold it: the drill is to last %s at most", ceiling)
	}
	d := ceiling - c.Length
	c.insert(now, d)
	c.HeldTo = now + d
	return nil
}

// Release lets a phase that is held go on where it was. The error says that none is held.
func (c *Course) Release(now time.Duration) error {
	if c.HeldTo == 0 {
		return errors.New("the phase is not held")
	}
	c.remove(now, c.HeldTo)
	c.HeldTo = 0
	return nil
}

// Extend lets the phase end that much later, within the ceiling of the whole. What ends
// with it goes on as it ends. The error says that there is no time for it.
func (c *Course) Extend(d, ceiling, now time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("extend by %s: more than nothing is needed", d)
	}
	spare := ceiling - c.Length
	if c.HeldTo > 0 { // the hold took what was left
		spare += c.HeldTo - now
	}
	if d > spare {
		return fmt.Errorf("extend by %s: the drill is to last %s at most, which leaves %s", d, ceiling, max(spare, 0).Round(time.Millisecond))
	}
	if c.HeldTo > 0 {
		c.remove(c.HeldTo-d, c.HeldTo)
		c.HeldTo -= d
	}
	c.insert(c.phase().To, d)
	return nil
}

// Open opens a fault on its providers. It closes with the phase, if it has not before. The
// error says that the phase ends first.
func (c *Course) Open(now time.Duration, o scenarios.Opening) error {
	p := c.phase()
	from, to := now+o.After, p.To
	if o.Until > 0 {
		to = min(to, now+o.Until)
	}
	if from >= to {
		return fmt.Errorf("it would open in %s, and phase %q ends in %s", o.After, p.Name, (p.To - now).Round(time.Millisecond))
	}
	f := o.Fault
	key := f.Key
	for n := 2; slices.ContainsFunc(c.Windows, func(w faults.Window) bool { return w.Fault.Key == f.Key }); n++ {
		f.Key = fmt.Sprintf("%s#%d", key, n)
	}
	for _, name := range f.Providers {
		c.Windows = append(c.Windows, faults.Window{Fault: &f, Provider: name, From: from, To: to})
	}
	p.Faults = append(p.Faults, o.Words)
	return nil
}

// Shut closes the windows of a fault that is open, by its key, for the rest of the phase.
// The error is an [ErrUnknown].
func (c *Course) Shut(now time.Duration, key string) error {
	var open []string
	for _, w := range c.Windows {
		if w.From <= now && now < w.To && !slices.Contains(open, w.Fault.Key) {
			open = append(open, w.Fault.Key)
		}
	}
	switch {
	case len(open) == 0:
		return unknown(fmt.Sprintf("no fault %q is open, and no other", key))
	case !slices.Contains(open, key):
		return unknown(fmt.Sprintf("no fault %q is open; there are %s", key, strings.Join(open, ", ")))
	}
	c.clear(now, func(w faults.Window) bool { return w.Fault.Key == key })
	return nil
}

// Heal closes every window that is open; the rest of the phase is without faults.
func (c *Course) Heal(now time.Duration) {
	c.clear(now, func(faults.Window) bool { return true })
}

// clear takes some of the faults out of the rest of the phase.
func (c *Course) clear(now time.Duration, some func(faults.Window) bool) {
	end := c.phase().To
	c.rewrite(func(w faults.Window) []faults.Window {
		switch {
		case w.To <= now || w.From >= end || !some(w):
			return []faults.Window{w}
		case w.From < now:
			return []faults.Window{w.Until(now)}
		}
		return nil
	})
}

// insert lets the phase stand still at a moment for a while. Its end is such a moment.
func (c *Course) insert(at, d time.Duration) {
	end := c.phase().To
	c.rewrite(func(w faults.Window) []faults.Window {
		switch {
		case w.From > at || w.From >= end:
			return []faults.Window{shifted(w, d)}
		case w.To < at, w.To == at && at < end:
			return []faults.Window{w}
		case w.Steady(at):
			w.To += d
			return []faults.Window{w}
		}
		var pieces []faults.Window
		if w.From < at {
			pieces = append(pieces, w.Until(at))
		}
		pieces = append(pieces, w.Standing(at, d))
		if at < w.To {
			for _, after := range w.After(at) {
				pieces = append(pieces, shifted(after, d))
			}
		}
		return pieces
	})
	c.steps(func(due time.Duration) (time.Duration, bool) {
		if due > at {
			due += d
		}
		return due, true
	})
	c.stretch(d)
}

// remove takes a stretch out of what is to come of the phase.
func (c *Course) remove(from, to time.Duration) {
	d, end := to-from, c.phase().To
	c.rewrite(func(w faults.Window) []faults.Window {
		switch {
		case w.From >= to || w.From >= end:
			return []faults.Window{shifted(w, -d)}
		case w.To <= from:
			return []faults.Window{w}
		}
		from := from
		if w.To < to { // it is to last as long as was said, if it can
			from = min(w.To, end-d)
		}
		var pieces []faults.Window
		if w.From < from {
			pieces = append(pieces, w.Until(from))
		}
		switch {
		case w.To <= to:
		case w.Steady(from):
			w.From, w.To = min(w.From, from), w.To-d
			return []faults.Window{w}
		default:
			for _, after := range w.After(max(w.From, to)) {
				pieces = append(pieces, shifted(after, -d))
			}
		}
		return pieces
	})
	c.steps(func(due time.Duration) (time.Duration, bool) {
		if due >= to {
			return due - d, true
		}
		return due, due < from
	})
	c.stretch(-d)
}

// steps says of each step of the phase, by when it is due, when it is due now, and
// whether it is.
func (c *Course) steps(when func(time.Duration) (time.Duration, bool)) {
	p := c.phase()
	var moved []scenarios.Step
	for _, s := range p.Steps {
		if due, still := when(p.From + s.After); still {
			s.After = due - p.From
			moved = append(moved, s)
		}
	}
	p.Steps = moved
}

// rewrite puts for each window others in its place.
func (c *Course) rewrite(pieces func(faults.Window) []faults.Window) {
	var all []faults.Window
	for _, w := range c.Windows {
		all = append(all, pieces(w)...)
	}
	c.Windows = all
}

// stretch moves the end of the phase and all that comes after it.
func (c *Course) stretch(d time.Duration) {
	c.phase().To += d
	for i := c.Begun; i < len(c.Phases); i++ {
		c.Phases[i].From += d
		c.Phases[i].To += d
	}
	c.Length += d
}

func shifted(w faults.Window, d time.Duration) faults.Window {
	w.From += d
	w.To += d
	return w
}

// Standing are the windows of a phase of the plan, kept open for ever. The error is an
// [ErrUnknown].
func Standing(plan *scenarios.Plan, phase string) ([]faults.Window, error) {
	i, err := phaseOf(plan, phase)
	if err != nil {
		return nil, err
	}
	return standing(plan, i), nil
}

// standing are those of the i-th phase.
func standing(plan *scenarios.Plan, i int) []faults.Window {
	var held []faults.Window
	for _, w := range plan.Windows {
		if w.From >= plan.Phases[i].From && w.From < plan.Phases[i].To {
			held = append(held, keptOpen(w))
		}
	}
	return held
}

// phaseOf finds a phase of the plan.
func phaseOf(plan *scenarios.Plan, name string) (int, error) {
	var names []string
	for i, p := range plan.Phases {
		if p.Name == name {
			return i, nil
		}
		names = append(names, p.Name)
	}
	return 0, unknown(fmt.Sprintf("no phase %q in scenario %q; there are %s", name, plan.Name, strings.Join(names, ", ")))
}

// keptOpen is a window that stays open for ever, at the share with which it ends: there
// is no beginning to climb from.
func keptOpen(w faults.Window) faults.Window {
	f := *w.Fault
	f.Share = faults.Share{From: f.Share.To, To: f.Share.To}
	return faults.Window{Fault: &f, Provider: w.Provider, From: 0, To: Forever}
}
