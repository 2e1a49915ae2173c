package drill

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
)

// A timeline is the course of a drill under way: what was played of it, and what is
// to come. Its methods change what is to come at a moment now, which lies in the
// phase that has begun last; what was played stays as it was. They leave the timeline
// of which it is a copy alone.
type timeline struct {
	phases  []scenarios.Phase
	windows []faults.Window // in the order of the draws
	length  time.Duration
	begun   int           // phases that have begun
	heldTo  time.Duration // until when the phase is held at most; 0: it is not
}

// copied is a timeline that can be changed.
func (t timeline) copied() timeline {
	t.phases, t.windows = slices.Clone(t.phases), slices.Clone(t.windows)
	for i := range t.phases {
		t.phases[i].Faults = slices.Clone(t.phases[i].Faults)
	}
	return t
}

// phase is the one that has begun last.
func (t *timeline) phase() *scenarios.Phase { return &t.phases[t.begun-1] }

// at is the name of the phase at a moment.
func (t *timeline) at(moment time.Duration) string {
	for _, p := range t.phases {
		if p.From <= moment && moment < p.To {
			return p.Name
		}
	}
	return ""
}

// next ends the phase, and with the last one the drill.
func (t *timeline) next(now time.Duration) {
	t.remove(now, t.phase().To)
	t.heldTo = 0
	t.forget(now)
}

// forget leaves out the phase when it has no length, for then nothing was in it.
func (t *timeline) forget(now time.Duration) {
	if t.phase().From == now {
		t.phases = slices.Delete(t.phases, t.begun-1, t.begun)
		t.begun--
	}
}

// jump ends the phase and goes on with another of the plan and what comes after it
// there. A phase that was played before has a number this time.
func (t *timeline) jump(now time.Duration, plan *scenarios.Plan, name string) error {
	i, err := phaseOf(plan, name)
	if err != nil {
		return err
	}
	t.cut(now)
	from := plan.Phases[i].From
	for _, p := range plan.Phases[i:] {
		p.Name, p.From, p.To = t.fresh(p.Name), p.From-from+now, p.To-from+now
		t.phases = append(t.phases, p)
	}
	for _, w := range plan.Windows {
		if w.From >= from {
			t.windows = append(t.windows, shifted(w, now-from))
		}
	}
	t.length = plan.Length - from + now
	return nil
}

// cut ends the phase and leaves nothing to come.
func (t *timeline) cut(now time.Duration) {
	t.next(now)
	t.phases = t.phases[:t.begun]
	t.windows = slices.DeleteFunc(t.windows, func(w faults.Window) bool { return w.From >= now })
}

// stay ends the phase and begins another of the plan for good.
func (t *timeline) stay(now time.Duration, plan *scenarios.Plan, name string) error {
	windows, err := playing(plan, ServeOptions{Phase: name})
	if err != nil {
		return err
	}
	i, err := phaseOf(plan, name)
	if err != nil {
		return err
	}
	t.cut(now)
	t.phases = append(t.phases, scenarios.Phase{Name: t.fresh(name), From: now, To: forever, Faults: slices.Clone(plan.Phases[i].Faults)})
	for _, w := range windows {
		w.From = now
		t.windows = append(t.windows, w)
	}
	t.length = forever
	return nil
}

// prune forgets what was played.
func (t *timeline) prune(now time.Duration) {
	t.windows = slices.DeleteFunc(t.windows, func(w faults.Window) bool { return w.To <= now })
	t.phases = t.phases[max(t.begun-1, 0):]
	t.begun = min(t.begun, 1)
}

// fresh is a name that no phase has yet.
func (t *timeline) fresh(name string) string {
	for n, made := 2, name; ; n++ {
		if !slices.ContainsFunc(t.phases, func(p scenarios.Phase) bool { return p.Name == made }) {
			return made
		}
		made = fmt.Sprintf("%s %d", name, n)
	}
}

// hold lets the phase stand still: whatever is open stays open as it is, and what is
// to come waits, until it is released or there is only time left for the rest.
func (t *timeline) hold(now, ceiling time.Duration) error {
	switch {
	case t.heldTo > 0:
		return errors.New("the phase is held already")
	case ceiling <= t.length:
		return fmt.Errorf("there is no time to hold it: the drill is to last %s at most", ceiling)
	}
	d := ceiling - t.length
	t.insert(now, d)
	t.heldTo = now + d
	return nil
}

// release lets a phase that is held go on where it was.
func (t *timeline) release(now time.Duration) error {
	if t.heldTo == 0 {
		return errors.New("the phase is not held")
	}
	t.remove(now, t.heldTo)
	t.heldTo = 0
	return nil
}

// extend lets the phase end that much later. What ends with it goes on as it ends.
func (t *timeline) extend(d, ceiling, now time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("extend by %s: more than nothing is needed", d)
	}
	spare := ceiling - t.length
	if t.heldTo > 0 { // the hold took what was left
		spare += t.heldTo - now
	}
	if d > spare {
		return fmt.Errorf("extend by %s: the drill is to last %s at most, which leaves %s", d, ceiling, max(spare, 0).Round(time.Millisecond))
	}
	if t.heldTo > 0 {
		t.remove(t.heldTo-d, t.heldTo)
		t.heldTo -= d
	}
	t.insert(t.phase().To, d)
	return nil
}

// open opens a fault on its providers. It closes with the phase, if it has not before.
func (t *timeline) open(now time.Duration, o scenarios.Opening) error {
	p := t.phase()
	from, to := now+o.After, p.To
	if o.Until > 0 {
		to = min(to, now+o.Until)
	}
	if from >= to {
		return fmt.Errorf("it would open in %s, and phase %q ends in %s", o.After, p.Name, (p.To - now).Round(time.Millisecond))
	}
	f := o.Fault
	key := f.Key
	for n := 2; slices.ContainsFunc(t.windows, func(w faults.Window) bool { return w.Fault.Key == f.Key }); n++ {
		f.Key = fmt.Sprintf("%s#%d", key, n)
	}
	for _, name := range f.Providers {
		t.windows = append(t.windows, faults.Window{Fault: &f, Provider: name, From: from, To: to})
	}
	p.Faults = append(p.Faults, o.Words)
	return nil
}

// shut closes the windows of a fault that is open, for the rest of the phase.
func (t *timeline) shut(now time.Duration, key string) error {
	var open []string
	for _, w := range t.windows {
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
	t.clear(now, func(w faults.Window) bool { return w.Fault.Key == key })
	return nil
}

// heal closes every window that is open; the rest of the phase is without faults.
func (t *timeline) heal(now time.Duration) {
	t.clear(now, func(faults.Window) bool { return true })
}

// clear takes some of the faults out of the rest of the phase.
func (t *timeline) clear(now time.Duration, some func(faults.Window) bool) {
	end := t.phase().To
	t.rewrite(func(w faults.Window) []faults.Window {
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
func (t *timeline) insert(at, d time.Duration) {
	end := t.phase().To
	t.rewrite(func(w faults.Window) []faults.Window {
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
	t.steps(func(due time.Duration) (time.Duration, bool) {
		if due > at {
			due += d
		}
		return due, true
	})
	t.stretch(d)
}

// remove takes a stretch out of what is to come of the phase.
func (t *timeline) remove(from, to time.Duration) {
	d, end := to-from, t.phase().To
	t.rewrite(func(w faults.Window) []faults.Window {
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
	t.steps(func(due time.Duration) (time.Duration, bool) {
		if due >= to {
			return due - d, true
		}
		return due, due < from
	})
	t.stretch(-d)
}

// steps says of each step of the phase, by when it is due, when it is due now, and
// whether it is.
func (t *timeline) steps(when func(time.Duration) (time.Duration, bool)) {
	p := t.phase()
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
func (t *timeline) rewrite(pieces func(faults.Window) []faults.Window) {
	var all []faults.Window
	for _, w := range t.windows {
		all = append(all, pieces(w)...)
	}
	t.windows = all
}

// stretch moves the end of the phase and all that comes after it.
func (t *timeline) stretch(d time.Duration) {
	t.phase().To += d
	for i := t.begun; i < len(t.phases); i++ {
		t.phases[i].From += d
		t.phases[i].To += d
	}
	t.length += d
}

func shifted(w faults.Window, d time.Duration) faults.Window {
	w.From += d
	w.To += d
	return w
}
