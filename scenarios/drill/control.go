package drill

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/course"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Control is the hand of whoever leads a drill on its course: people, by whatever
// shows it to them, and guard rails. Its methods are safe from any goroutine and act
// one after the other, each on what the one before left. An action is in force when
// its method returns, written down under the name of who acted, and answered with the
// new state number; it moves nothing that was played before.
//
// All moments are spans since the start by the monotonic clock: setting the machine's
// clock during a drill moves none of them.
//
// Errors: [ErrStale], [ErrOver], [ErrUnknown], and others for what cannot be done now,
// which say why.
type Control struct {
	drill   *drill
	alone   bool // there are providers, and neither app nor traffic
	planned bool // alone, and yet it plays the plan
	start   time.Time
	ceiling time.Duration
	table   *traffic.Timetable
	halt    context.CancelCauseFunc // ends the traffic
	woken   chan struct{}           // of the course, when something has changed
	moved   chan struct{}           // the same, for the steps

	mu       sync.Mutex
	line     course.Course
	state    int
	marks    int
	led      bool          // somebody has acted
	over     bool          // it ends: nothing can be done any more
	due      []traffic.Due // made so far, due before made
	made     time.Duration
	laid     time.Duration                     // what the sender may see of it is due before
	known    map[faults.Window][]record.Window // as the log says them: few change at a time
	reported *reporting                        // nil: nothing so far
}

// By says who acts, and what they think is so.
type By struct {
	Actor string // a name for the log
	State int    // the state that the actor has seen: in another nothing is done; 0: in any
}

// What keeps an action from being done.
var (
	// ErrStale says that something has happened since the actor looked.
	ErrStale = errors.New("the drill is in another state by now")
	// ErrOver says that the drill ends, or is being stopped.
	ErrOver = errors.New("the drill is ending")
	// ErrUnknown says that there is no phase or open fault of that name.
	ErrUnknown = course.ErrUnknown
)

// unknown is an ErrUnknown in words of its own.
type unknown string

func (u unknown) Error() string      { return string(u) }
func (unknown) Is(target error) bool { return target == ErrUnknown }

// A Stopped says that the drill was stopped, by whom and why. It is the cause of the
// context of what runs beside the drill.
type Stopped struct{ Actor, Reason string }

func (s *Stopped) Error() string { return "stopped by " + s.Actor + ": " + s.Reason }

// A Mark is something that somebody saw, or did.
type Mark struct {
	Kind string // see [record.MarkKinds]
	Note string
	// Provider and Fault are what a diagnosis names.
	Provider, Fault string
	At              time.Duration // since the start, when it was; negative: now
}

// State is what a [Control] has to do with at one moment.
type State struct {
	Number  int           // grows with every action and every phase that begins
	Elapsed time.Duration // since the start
	Length  time.Duration // of the drill as it will be
	Ceiling time.Duration // what Length can come to
	PhaseNo int           // from 0, of the phase that has begun last
	Held    bool
	HeldTo  time.Duration     // when that ends by itself; 0: no phase is held
	Over    bool              // it ends: nothing can be done any more
	Phases  []scenarios.Phase // played and to come
	Windows []faults.Window
}

// Open gives the windows that are open, in the order of their draws.
func (s State) Open() []faults.Window {
	return slices.DeleteFunc(slices.Clone(s.Windows), func(w faults.Window) bool {
		return s.Elapsed < w.From || s.Elapsed >= w.To || s.Over
	})
}

const (
	// spare is how much longer than its plan a drill can be made where nothing else is said.
	spare = time.Hour
	// ahead is how far the schedule of a drill that became longer is laid out.
	ahead = time.Minute
	// mostWindows bounds the timeline, and mostMarks what is written by hand, so that a
	// loop somewhere fills no disk.
	mostWindows = 2000
	mostMarks   = 10_000
)

// newControl makes the control of a drill whose clock starts later.
func newControl(d *drill, halt context.CancelCauseFunc) *Control {
	c := &Control{
		drill: d, halt: halt,
		ceiling: d.plan.Length + spare,
		table:   new(traffic.Timetable),
		woken:   make(chan struct{}, 1),
		moved:   make(chan struct{}, 1),
		line:    course.Of(d.plan),
		made:    d.plan.Length, laid: d.plan.Length,
	}
	if d.opts.MaxLength > 0 {
		c.ceiling = max(d.opts.MaxLength, d.plan.Length)
	}
	c.due = traffic.Schedule(d.plan.Journeys, d.plan.Seed, d.plan.Length)
	c.table.Set(c.due)
	return c
}

// Next ends the current phase, and with the last one the drill.
func (c *Control) Next(by By) (int, error) {
	return c.act(by, "next", func(t *course.Course, now time.Duration) error {
		if c.alone && t.Begun == len(t.Phases) {
			return errors.New("it is the last phase, and providers that serve alone go on until they are stopped")
		}
		t.Next(now)
		return nil
	})
}

// Hold lets the current phase stand still: faults stay open as they are, and what is
// to come waits, until Release, Next or Jump. It releases itself when there is only
// time left for the rest, see [Options.MaxLength].
func (c *Control) Hold(by By) (int, error) {
	return c.act(by, "hold", func(t *course.Course, now time.Duration) error {
		if c.alone && t.Begun == len(t.Phases) {
			return errors.New("nothing comes after this phase: it stays as it is until another is jumped to")
		}
		return t.Hold(now, c.ceiling)
	})
}

// Release lets a phase that is held go on where it was.
func (c *Control) Release(by By) (int, error) {
	return c.act(by, "release", func(t *course.Course, now time.Duration) error { return t.Release(now) })
}

// Jump ends the current phase and begins another of the plan, from which on it goes
// as planned. A phase that was played before bears a number this time: "surge 2".
func (c *Control) Jump(by By, phase string) (int, error) {
	return c.act(by, "jump "+phase, func(t *course.Course, now time.Duration) error {
		if c.alone {
			return t.Stay(now, c.drill.plan, phase)
		}
		return t.Jump(now, c.drill.plan, phase)
	})
}

// Extend lets the current phase, and what ends with it, last longer.
func (c *Control) Extend(by By, d time.Duration) (int, error) {
	return c.act(by, "extend "+d.String(), func(t *course.Course, now time.Duration) error {
		return t.Extend(d, c.ceiling, now)
	})
}

// Open lets one more thing go wrong, from now on or after a while, see
// [scenarios.Plan.Opening]. It ends with the phase, if not before. Its key, which may
// be empty, gets a number if there was a fault of that key.
func (c *Control) Open(by By, o scenarios.Opening) (int, error) {
	o.Words = cmp.Or(o.Words, strings.Join(o.Fault.Providers, ", ")+": "+o.Fault.Kind)
	o.Fault.Key = cmp.Or(o.Fault.Key, "opened/"+strings.Join(o.Fault.Providers, "+")+"/"+o.Fault.Kind)
	return c.act(by, "open "+o.Words, func(t *course.Course, now time.Duration) error {
		if c.drill.opts.NoFaults {
			return errors.New("this is a control run: it has no faults")
		}
		if err := c.drill.check(o.Fault); err != nil {
			return err
		}
		return t.Open(now, o)
	})
}

// Shut closes a fault that is open, by its key, for the rest of the phase.
func (c *Control) Shut(by By, key string) (int, error) {
	return c.act(by, "shut "+key, func(t *course.Course, now time.Duration) error { return t.Shut(now, key) })
}

// Heal closes every fault that is open; the rest of the phase is without.
func (c *Control) Heal(by By) (int, error) {
	return c.act(by, "heal", func(t *course.Course, now time.Duration) error {
		t.Heal(now)
		return nil
	})
}

// Stop ends the drill here: traffic, faults and all. It is aborted, and its log says
// by whom and why.
func (c *Control) Stop(by By, reason string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(by); err != nil {
		return c.state, err
	}
	c.state++
	c.over = true
	why := &Stopped{Actor: c.name(by), Reason: c.words(reason)}
	c.drill.ledger.note(record.Mark{Kind: "stopped", Note: why.Reason, Actor: why.Actor, At: record.Of(c.now())})
	c.drill.heal()
	c.halt(why)
	return c.state, nil
}

// Mark writes down what somebody saw or did. It changes no state, so that an alarm
// which goes off is in nobody's way.
func (c *Control) Mark(by By, m Mark) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(by); err != nil {
		return c.state, err
	}
	now := c.now()
	switch {
	case m.At > now:
		return c.state, fmt.Errorf("the drill is at %s: a mark at %s is in the future", now.Round(time.Millisecond), m.At)
	case c.marks >= mostMarks:
		return c.state, fmt.Errorf("there are %d marks already", c.marks)
	case m.At < 0:
		m.At = now
	}
	c.marks++
	c.drill.ledger.note(record.Mark{
		Kind: m.Kind, Note: c.words(m.Note), Provider: c.words(m.Provider), Fault: c.words(m.Fault),
		Actor: c.name(by), At: record.Of(m.At),
	})
	return c.state, nil
}

// State looks at the drill now.
func (c *Control) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.advance(now)
	own := c.line.Copy()
	return State{
		Number: c.state, Elapsed: now, Length: own.Length, Ceiling: c.ceiling,
		PhaseNo: own.Begun - 1, Held: own.HeldTo > 0, HeldTo: own.HeldTo, Over: c.over, Phases: own.Phases, Windows: own.Windows,
	}
}

// act does one action: on a copy, so that one that fails leaves nothing behind.
func (c *Control) act(by By, action string, change func(*course.Course, time.Duration) error) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(by); err != nil {
		return c.state, err
	}
	now := c.now()
	line := c.line.Copy()
	if err := change(&line, now); err != nil {
		return c.state, fmt.Errorf("%s: %w", action, err)
	}
	if c.alone && len(line.Windows) > mostWindows/2 {
		line.Prune(now) // they may be led for weeks, and nobody judges it
	}
	written := c.written(&line)
	switch {
	case line.Length > c.ceiling:
		return c.state, fmt.Errorf("%s: the drill would last %s, and is to last %s at most", action, line.Length.Round(time.Millisecond), c.ceiling)
	case len(written.Windows) > mostWindows:
		return c.state, fmt.Errorf("%s: there have been %d faults; the most is %d", action, len(c.line.Windows), mostWindows)
	}
	c.line = line
	c.led = true
	c.state++
	c.drill.ledger.census.lay(line.Phases, len(c.drill.ledger.providers))
	written.State, written.Actor, written.Action = c.state, c.name(by), c.words(action)
	if !c.drill.opts.NoFaults {
		for _, p := range c.drill.providers {
			p.change(c.start, line.Windows)
		}
	}
	c.drill.ledger.write(record.Line{Kind: "course", Course: &written})
	c.lay(now)
	c.advance(now)
	for _, tell := range []chan struct{}{c.woken, c.moved} {
		select {
		case tell <- struct{}{}:
		default: // it has not come to the last one yet
		}
	}
	return c.state, nil
}

// written is a course as the log says it.
func (c *Control) written(t *course.Course) record.Course {
	made := record.Course{Length: record.Of(t.Length), HeldTo: record.Of(t.HeldTo)}
	for _, p := range t.Phases {
		made.Phases = append(made.Phases, p.Written())
	}
	known := map[faults.Window][]record.Window{}
	for _, w := range t.Windows {
		bouts := c.known[w]
		if bouts == nil {
			bouts = scenarios.Written(w)
		}
		known[w] = bouts
		for _, bout := range bouts {
			bout.Phase = t.PhaseAt(bout.Start.Duration())
			made.Windows = append(made.Windows, bout)
		}
	}
	c.known = known
	return made
}

// ready says whether anything can be done. It is called with the lock held, like all
// below it but run.
func (c *Control) ready(by By) error {
	c.advance(c.now())
	switch {
	case c.over:
		return ErrOver
	case by.State != 0 && by.State != c.state:
		return fmt.Errorf("%w: it is %d, not %d", ErrStale, c.state, by.State)
	}
	return nil
}

func (c *Control) now() time.Duration { return time.Since(c.start) }

func (c *Control) name(by By) string { return shorten(c.drill.ledger.clean(by.Actor), 100) }

func (c *Control) words(s string) string { return shorten(c.drill.ledger.clean(s), 1000) }

// advance does what the course wants by now: phases begin, a hold ends, the drill
// does.
func (c *Control) advance(now time.Duration) {
	if c.over {
		return
	}
	for _, p := range c.line.Advance(now) {
		if !c.alone {
			c.drill.ledger.phase(p.Name)
		}
		c.state++
	}
	c.over = now >= c.line.Length
}

// lay shows the sender what is due before the end. The schedule itself is one, made
// further as need be, so that a drill which lasts longer goes on by the same law.
func (c *Control) lay(now time.Duration) {
	c.laid = min(c.line.Length, c.made, max(c.drill.plan.Length, now+ahead))
	n, _ := slices.BinarySearchFunc(c.due, c.laid, func(d traffic.Due, at time.Duration) int { return int(d.At - at) })
	c.table.Set(c.due[:n])
}

// run plays the timeline and returns when it ends, or with ctx.
func (c *Control) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		until, further := c.step()
		if further > 0 {
			c.extendSchedule(further)
			continue
		}
		if until < 0 {
			break
		}
		timer.Reset(until - c.now())
		select {
		case <-timer.C:
		case <-c.woken:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	c.table.Close()
}

// step does what is to be done now and tells when there is more to do, −1 at the end
// of the drill; and to where the schedule is to be made first, 0 when it is far enough.
func (c *Control) step() (until, further time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.advance(now)
	if c.over {
		return -1, 0
	}
	until = c.line.Until()
	if c.laid == c.line.Length {
		return until, 0
	}
	if wanted := min(c.line.Length, now+ahead); wanted > c.made {
		return 0, max(wanted, 2*c.made)
	}
	c.lay(now)
	if c.laid < c.line.Length {
		until = min(until, c.laid-ahead/2)
	}
	return until, 0
}

// extendSchedule makes the schedule that far. It takes a moment, and nobody who acts
// is to wait for it.
func (c *Control) extendSchedule(to time.Duration) {
	due := traffic.Schedule(c.drill.plan.Journeys, c.drill.plan.Seed, to)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.due, c.made = due, to
	c.lay(c.now())
}
