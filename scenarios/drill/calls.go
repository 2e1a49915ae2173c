package drill

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// callTargets are the hosts that the plan's own calls go to, beside the app.
func callTargets(plan *scenarios.Plan) []string {
	var targets []string
	add := func(c scenarios.Call) {
		if c.Target != "" && !slices.Contains(targets, c.Target) {
			targets = append(targets, c.Target)
		}
	}
	if plan.Status != nil {
		add(plan.Status.Call)
	}
	for _, p := range plan.Phases {
		for _, s := range p.Steps {
			add(s.Call)
		}
	}
	return targets
}

// call makes a call now.
func (d *drill) call(ctx context.Context, c scenarios.Call) traffic.Result {
	journey := traffic.Journey{Request: c.Request, Timeout: c.Within}
	if c.Expect != nil {
		journey.Expect = &reply.Expect{Matcher: *c.Expect}
	}
	sender := traffic.Sender{Target: cmp.Or(c.Target, d.app.URL), Journeys: []traffic.Journey{journey}, InFlight: 1, H2C: d.plan.H2C && c.Target == "", Dial: d.opts.Net.Dial}
	return sender.Once(ctx, traffic.Due{})
}

// cameBack says what came of a call, and whether that is what it is to be.
func cameBack(c scenarios.Call, r traffic.Result) (said string, ok bool) {
	took, body := (r.Ended - r.Sent).Round(time.Millisecond), shorten(strings.Join(strings.Fields(r.Body), " "), 120)
	switch {
	case r.How != "complete":
		return fmt.Sprintf("%s after %s: %v", r.How, took, r.Err), false
	case c.Expect != nil && r.Unmet:
		return fmt.Sprintf("status %d in %s, which is not what the step expects: %s", r.Status, took, body), false
	case c.Expect == nil && r.Status >= 400:
		return fmt.Sprintf("status %d in %s: %s", r.Status, took, body), false
	}
	return fmt.Sprintf("status %d in %s", r.Status, took), true
}

// steps makes the calls of each phase that is played, when they are due, and waits
// for those under way. What a phase that is held, or ends early, makes of its steps
// stands in the timeline.
func (d *drill) steps(ctx context.Context, control *Control) {
	if !slices.ContainsFunc(d.plan.Phases, func(p scenarios.Phase) bool { return len(p.Steps) > 0 }) {
		return
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	phase, made := -1, 0
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	for {
		state := control.State()
		if state.Over {
			return
		}
		if state.PhaseNo != phase {
			phase, made = state.PhaseNo, 0
		}
		p, next := state.Phases[phase], state.Length
		if phase+1 < len(state.Phases) {
			next = state.Phases[phase+1].From
		}
		for ; made < len(p.Steps); made++ {
			s := p.Steps[made]
			if due := p.From + s.After; due > state.Elapsed {
				next = min(next, due)
				break
			}
			wg.Go(func() { d.step(ctx, s) })
		}
		alarm.Reset(time.Until(control.start.Add(next)))
		select {
		case <-alarm.C:
		case <-control.moved:
		case <-ctx.Done():
			return
		}
	}
}

// step makes one call and writes down what came of it.
func (d *drill) step(ctx context.Context, s scenarios.Step) {
	began := time.Now()
	said, ok := cameBack(s.Call, d.call(ctx, s.Call))
	d.ledger.note(record.Mark{Kind: "do", At: d.ledger.at(began), Note: d.ledger.clean(s.Says() + ": " + said), Failed: !ok})
}

// A page is the app's status page as the drill sees it.
type page struct {
	watch scenarios.Watch
	told  bool // it told of an outage when it was last seen
	blind bool // it was not seen the last time
	marks int
}

// turnsMost bounds how often a page may change its mind and be written down.
const turnsMost = 100

// hears are the kinds of marks that can come from outside.
func (d *drill) hears() []string {
	kinds := slices.Clone(d.opts.Hears)
	if d.plan.Status != nil {
		kinds = append(kinds, "status", "all_clear")
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// watcher is who made the marks of what is watched.
const watcher = "watch"

// watchStatus looks at the status page and marks when it begins to tell of an
// outage, and when it does so no more.
func (d *drill) watchStatus(ctx context.Context) {
	if d.plan.Status == nil {
		return
	}
	p := page{watch: *d.plan.Status}
	tick := time.NewTicker(p.watch.Every)
	defer tick.Stop()
	for ctx.Err() == nil && p.marks < turnsMost {
		r := d.call(ctx, p.watch.Call)
		if ctx.Err() != nil {
			return
		}
		if m := p.look(r); m != nil {
			m.At, m.Actor, m.Note = d.ledger.at(time.Now()), watcher, d.ledger.clean(m.Note)
			d.ledger.note(*m)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// look takes what came back and gives the mark that it is worth, nil when nothing
// is new.
func (p *page) look(r traffic.Result) *record.Mark {
	seen, said := p.seen(r)
	was := *p
	p.blind = !seen
	var m record.Mark
	switch {
	case !seen && was.blind:
		return nil
	case !seen:
		m = record.Mark{Kind: "note", Note: p.watch.Says() + " was not to be read: " + said}
	case r.Unmet == !was.told:
		return nil
	case was.told:
		p.told = false
		m = record.Mark{Kind: "all_clear", Note: p.watch.Says() + " tells of no outage any more"}
	default:
		p.told = true
		m = record.Mark{Kind: "status", Note: p.watch.Says() + " tells of an outage"}
	}
	p.marks++
	return &m
}

// seen says whether the page could be read, and why not. An error is no page,
// unless it is what is looked for.
func (p *page) seen(r traffic.Result) (seen bool, why string) {
	switch {
	case r.How != "complete":
		return false, fmt.Sprintf("%s: %v", r.How, r.Err)
	case r.Status >= 500 && r.Unmet:
		return false, fmt.Sprintf("status %d", r.Status)
	}
	return true, ""
}

// seePage wants a status page that can be read at all, for what nobody can see
// nobody has missed.
func (d *drill) seePage(ctx context.Context) error {
	if d.plan.Status == nil {
		return nil
	}
	p := page{watch: *d.plan.Status}
	if seen, why := p.seen(d.call(ctx, p.watch.Call)); !seen {
		return &NotReadyError{
			What: fmt.Sprintf("shows no status page: %s: %s", p.watch.Says(), why),
			Hint: "watch.status.url says where it is",
		}
	}
	return nil
}
