package liveview

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/chart"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// Watch shows a drill under way, see [drill.Options].
func (v *View) Watch(ctx context.Context, live *drill.Live) {
	var wg sync.WaitGroup
	defer wg.Wait()
	if v.opts.Card != nil {
		wg.Go(func() { v.draw(ctx, live) })
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		v.frames.put("counters", v.fill("counters", v.countersOf(live)))
		select {
		case <-tick.C:
		case <-ctx.Done():
			v.frames.put("counters", v.fill("counters", v.countersOf(live)))
			return
		}
	}
}

// restBetween is how long a drawing stands at least.
const restBetween = 2 * time.Second

// draw draws the timeline as far as it is written while somebody looks. Judging a long
// log takes its time, and of the machine's a tenth at most.
func (v *View) draw(ctx context.Context, live *drill.Live) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var next time.Time
	for {
		if now := time.Now(); v.looking.Load() > 0 && !now.Before(next) {
			if card, err := v.opts.Card(); err == nil { // else what is there stands
				v.frames.put("timeline", v.timeline(card, live))
			}
			next = time.Now().Add(max(restBetween, 9*time.Since(now)))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// A drawing is the timeline for wide pages and for narrow ones.
type drawing struct {
	Wide, Narrow *chart.Timeline
	Legend       []chart.Sample
	Answers      []chart.Sample
	Events       []numbered // as in the drawing
}

type numbered struct {
	No   int
	Text string
}

func (v *View) timeline(card *scorecard.Card, live *drill.Live) string {
	d := chart.DrillOf(card)
	d.Length = max(d.Length, live.Status().Length.Seconds())
	if v.opts.Blind {
		d.Phases, d.Windows, d.Events = nil, nil, nil
	}
	wide := chart.TimelineOf(d, "t", 1040)
	if wide == nil {
		return ""
	}
	made := drawing{Wide: wide, Narrow: chart.TimelineOf(d, "n", 370), Legend: d.Legend(), Answers: d.Answerers()}
	for i, e := range d.Events {
		made.Events = append(made.Events, numbered{i + 1, chart.Told(e)})
	}
	return v.fill("live", made)
}

// counters are what is known at any moment.
type counters struct {
	drill.Status
	Clock, Whole string
	PhaseNo      int // from 1; 0: is not told
	Over         bool
	Blind        bool
}

func (v *View) countersOf(live *drill.Live) counters {
	s := live.Status()
	c := counters{
		Status: s, Clock: clock(s.Elapsed), Whole: clock(s.Length),
		PhaseNo: s.PhaseNo + 1, Over: s.PhaseNo >= s.Phases, Blind: v.opts.Blind,
	}
	if c.Over || c.Blind {
		c.PhaseNo, c.Phase, c.Open = 0, "", nil
	}
	c.Phase = plain.Text(c.Phase)
	for i := range c.Open {
		c.Open[i] = plain.Text(c.Open[i])
	}
	return c
}

func clock(d time.Duration) string {
	s := int(d.Seconds())
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
