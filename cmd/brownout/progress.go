package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// progress shows drills under way on stderr: bars on a terminal, a line per
// phase and a heartbeat elsewhere. It samples; a drill never waits for it.
type progress struct {
	term *terminal
	bars *mpb.Progress // nil: lines
	mu   sync.Mutex    // lines of two drills do not mix

	blind bool // neither phases nor faults are shown
}

func newProgress(term *terminal, quiet bool) *progress {
	p := &progress{term: term}
	if !quiet && term.lively() {
		p.bars = mpb.New(mpb.WithOutput(term.err), mpb.WithWidth(48), mpb.WithRefreshRate(100*time.Millisecond))
	}
	return p
}

// watch returns what shows one drill. lead draws the timeline too; the others
// beside it run on the same one.
func (p *progress) watch(name string, lead bool) func(context.Context, *drill.Live) {
	if p.term.log != nil {
		return func(ctx context.Context, live *drill.Live) { p.records(ctx, name, live) }
	}
	if p.bars == nil {
		return func(ctx context.Context, live *drill.Live) { p.lines(ctx, name, live) }
	}
	return func(ctx context.Context, live *drill.Live) {
		var wg sync.WaitGroup
		if lead {
			bar := p.timeline(live)
			wg.Go(func() { p.follow(ctx, live, bar) })
		}
		p.follow(ctx, live, p.traffic(name, live))
		wg.Wait()
	}
}

// wait returns when the last frame is drawn. Every bar has been ended by then:
// mpb waits for ever for one that has not.
func (p *progress) wait() {
	if p.bars != nil {
		p.bars.Wait()
	}
}

// follow moves a bar until the drill's traffic ends.
func (p *progress) follow(ctx context.Context, live *drill.Live, bar *mpb.Bar) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			move(bar, live.Status())
			bar.Abort(false) // keeps the last frame; a bar that completed is not harmed
			return
		case <-tick.C:
			move(bar, live.Status())
		}
	}
}

// move sets a bar to where the drill is, of a length that may be another by now.
func move(bar *mpb.Bar, s drill.Status) {
	bar.SetTotal(s.Length.Milliseconds(), false)
	bar.SetCurrent(s.Elapsed.Milliseconds())
}

// timeline is a bar over the whole drill with the phase and the faults that are
// open now.
func (p *progress) timeline(live *drill.Live) *mpb.Bar {
	return p.bars.New(live.Status().Length.Milliseconds(),
		mpb.BarStyle().Lbound("▕").Filler("█").Tip("█").Padding("░").Rbound("▏"),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
			s := live.Status()
			return fmt.Sprintf("%-14s", p.phaseOf(s))
		})),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
			s := live.Status()
			return fmt.Sprintf(" %s / %s  %s", clock(s.Elapsed), clock(s.Length), p.openFaults(s))
		})),
	)
}

// traffic is a line of live figures.
func (p *progress) traffic(name string, live *drill.Live) *mpb.Bar {
	return p.bars.New(live.Status().Length.Milliseconds(), mpb.NopStyle(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
			return fmt.Sprintf("%-14s %s", name, figures(live.Status()))
		})),
	)
}

// heartbeat is how often a drill says that it is alive where there are no bars.
const heartbeat = 10 * time.Second

// lines writes a line when a phase begins and a heartbeat in between.
func (p *progress) lines(ctx context.Context, name string, live *drill.Live) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	phase, last := -1, time.Duration(0)
	for {
		s := live.Status()
		switch {
		case s.PhaseNo != phase && s.Phase != "" && !p.blind:
			phase, last = s.PhaseNo, s.Elapsed
			p.say("%s %s phase %s (%d of %d)  %s", clock(s.Elapsed), name, s.Phase, s.PhaseNo+1, s.Phases, p.openFaults(s))
		case s.Elapsed-last >= heartbeat:
			last = s.Elapsed
			p.say("%s %s %s", clock(s.Elapsed), name, figures(s))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.term.sayf("%s", strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

func (p *progress) phaseOf(s drill.Status) string {
	switch {
	case s.Phase == "":
		return "draining"
	case p.blind:
		return "blind"
	case s.Held:
		return s.Phase + " (held)"
	}
	return s.Phase
}

func (p *progress) openFaults(s drill.Status) string {
	if len(s.Open) == 0 || p.blind {
		return ""
	}
	return strings.Join(s.Open, ", ")
}

// figures are the counters that move.
func figures(s drill.Status) string {
	var b strings.Builder
	fmt.Fprintf(&b, "sent %d  answered %d  errors %d  in flight %d ", s.Traffic.Sent, s.Traffic.Good, s.Traffic.Errors, s.Traffic.InFlight)
	for _, a := range s.Attempts {
		fmt.Fprintf(&b, " · %s %d", a.Provider, a.Attempts)
	}
	return b.String()
}

// clock writes a span as m:ss.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
