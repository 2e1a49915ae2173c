package course_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/course"
)

const s = time.Second

// plan has ten seconds of health, twenty of a surge with a fault in the middle of it, and
// ten of recovery.
func plan() *scenarios.Plan {
	f := &faults.Fault{Key: "surge/0", Kind: "rate_limit", Providers: []string{"primary"}, Share: faults.Share{From: 1, To: 1}}
	return &scenarios.Plan{
		Name:   "led",
		Length: 40 * s,
		Phases: []scenarios.Phase{
			{Name: "baseline", To: 10 * s},
			{Name: "surge", From: 10 * s, To: 30 * s, Steps: []scenarios.Step{{After: 15 * s}}},
			{Name: "recovery", From: 30 * s, To: 40 * s},
		},
		Windows: []faults.Window{{Fault: f, Provider: "primary", From: 15 * s, To: 20 * s}},
	}
}

// at is the plan's course at a moment.
func at(now time.Duration) course.Course {
	c := course.Of(plan())
	c.Advance(now)
	return c.Copy()
}

// drawn are a course's phases and windows, a line each.
func drawn(c course.Course) string {
	var b strings.Builder
	for _, p := range c.Phases {
		fmt.Fprintf(&b, "%s %v-%v", p.Name, p.From, p.To)
		for _, step := range p.Steps {
			fmt.Fprintf(&b, " step at %v", p.From+step.After)
		}
		b.WriteByte('\n')
	}
	for _, w := range c.Windows {
		fmt.Fprintf(&b, "%s %v-%v\n", w.Fault.Key, w.From, w.To)
	}
	return b.String() + c.Length.String()
}

// Whatever is done to a course, it is done to what is to come.
func TestActions(t *testing.T) {
	const minute = time.Minute
	for name, c := range map[string]struct {
		now    time.Duration
		change func(*course.Course) error
		want   string
	}{
		"next": {17 * s, func(c *course.Course) error { c.Next(17 * s); return nil }, `
baseline 0s-10s
surge 10s-17s
recovery 17s-27s
surge/0 15s-17s
27s`},
		"hold and release": {12 * s, func(c *course.Course) error {
			return errors.Join(c.Hold(12*s, minute), c.Release(16*s))
		}, `
baseline 0s-10s
surge 10s-34s step at 29s
recovery 34s-44s
surge/0 19s-24s
44s`},
		"extend while a fault is open": {17 * s, func(c *course.Course) error { return c.Extend(5*s, minute, 17*s) }, `
baseline 0s-10s
surge 10s-35s step at 25s
recovery 35s-45s
surge/0 15s-20s
45s`},
		"jump back": {35 * s, func(c *course.Course) error { return c.Jump(35*s, plan(), "surge") }, `
baseline 0s-10s
surge 10s-30s step at 25s
recovery 30s-35s
surge 2 35s-55s step at 50s
recovery 2 55s-1m5s
surge/0 15s-20s
surge/0 40s-45s
1m5s`},
		"heal": {17 * s, func(c *course.Course) error { c.Heal(17 * s); return nil }, `
baseline 0s-10s
surge 10s-30s step at 25s
recovery 30s-40s
surge/0 15s-17s
40s`},
		"heal before it opens": {12 * s, func(c *course.Course) error { c.Heal(12 * s); return nil }, `
baseline 0s-10s
surge 10s-30s step at 25s
recovery 30s-40s
40s`},
		"open the same once more": {17 * s, func(c *course.Course) error {
			again := *plan().Windows[0].Fault
			return c.Open(17*s, scenarios.Opening{Fault: again, After: 2 * s, Until: 4 * s})
		}, `
baseline 0s-10s
surge 10s-30s step at 25s
recovery 30s-40s
surge/0 15s-20s
surge/0#2 19s-21s
40s`},
		"cut": {17 * s, func(c *course.Course) error { c.Cut(17 * s); return nil }, `
baseline 0s-10s
surge 10s-17s
surge/0 15s-17s
17s`},
	} {
		led := course.Of(plan())
		led.Advance(c.now)
		own := led.Copy()
		if err := c.change(&own); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), drawn(own)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(drawn(course.Of(plan())), drawn(led)); diff != "" {
			t.Errorf("%s: what it is a copy of has changed (-want +got):\n%s", name, diff)
		}
	}
}

// What cannot be done is said.
func TestRefusals(t *testing.T) {
	for want, do := range map[string]func(*course.Course) error{
		`no phase "surgery" in scenario "led"; there are baseline, surge, recovery`: func(c *course.Course) error { return c.Jump(17*s, plan(), "surgery") },
		`no fault "x" is open; there are surge/0`:                                   func(c *course.Course) error { return c.Shut(17*s, "x") },
	} {
		c := at(17 * s)
		if err := do(&c); !errors.Is(err, course.ErrUnknown) || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for want, do := range map[string]func(*course.Course) error{
		"the phase is held already":                                       func(c *course.Course) error { return errors.Join(c.Hold(17*s, time.Minute), c.Hold(17*s, time.Minute)) },
		"there is no time to hold it: the drill is to last 40s at most":   func(c *course.Course) error { return c.Hold(17*s, 40*s) },
		"the phase is not held":                                           func(c *course.Course) error { return c.Release(17 * s) },
		"extend by 5s: the drill is to last 43s at most, which leaves 3s": func(c *course.Course) error { return c.Extend(5*s, 43*s, 17*s) },
		`it would open in 20s, and phase "surge" ends in 13s`:             func(c *course.Course) error { return c.Open(17*s, scenarios.Opening{After: 20 * s}) },
		"extend by -1s: more than nothing is needed":                      func(c *course.Course) error { return c.Extend(-s, time.Minute, 17*s) },
	} {
		c := at(17 * s)
		if err := do(&c); err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A hold ends by itself when there is only time left for the rest.
func TestAHoldEndsByItself(t *testing.T) {
	c := at(17 * s)
	if err := c.Hold(17*s, time.Minute); err != nil {
		t.Fatal(err)
	}
	if c.Length != time.Minute || c.Until() != 37*s {
		t.Errorf("it lasts %v, and is held until %v; want a minute, and 37 s", c.Length, c.Until())
	}
	if begun := c.Advance(37 * s); len(begun) > 0 || c.HeldTo != 0 {
		t.Errorf("at its end %v have begun, and it is held to %v", begun, c.HeldTo)
	}
	if begun := c.Advance(50 * s); len(begun) != 1 || begun[0].Name != "recovery" || c.Until() != time.Minute {
		t.Errorf("then %v begin, until %v", begun, c.Until())
	}
}

// A phase that stands stays as it ends.
func TestStanding(t *testing.T) {
	p := plan()
	p.Windows[0].Fault.Share = faults.Share{From: 0.2, To: 0.6}
	windows, err := course.Standing(p, "surge")
	if err != nil || len(windows) != 1 {
		t.Fatalf("%v, %v", windows, err)
	}
	if w := windows[0]; w.Fault.Share != (faults.Share{From: 0.6, To: 0.6}) || w.From != 0 || w.To != course.Forever {
		t.Errorf("%+v of %+v", w, w.Fault)
	}
}
