// Package rails stops a drill that goes beyond the bounds that whoever started it has
// set: a file appears, its time is over, nobody leads it any more. What a scenario
// says of its own end under stop_when is none of these; [drill.Run] sees to it.
//
//	r := rails.Rails{StopFile: "/srv/drills/STOP", Until: noon}
//	if err := r.Check(); err != nil { … }
//	err = drill.Run(ctx, plan, drill.Options{Watch: r.Watch, …})
//
// A drill that is stopped is healed, aborted, and its log says by which rail.
package rails

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// Rails are the bounds of a drill. The zero Rails have none.
type Rails struct {
	// StopFile stops the drill when there is something at this path, or nobody can
	// tell whether there is.
	StopFile string
	// Until stops it when the machine's clock shows that; Window says what ends then.
	Until  time.Time
	Window string
	// DeadMan stops it when Pulse has not been felt for so long.
	DeadMan time.Duration
	Pulse   *Pulse
}

// lookEvery is how often rails are looked at.
const lookEvery = 250 * time.Millisecond

// ErrStopFile says that a drill would be stopped as soon as it began.
var ErrStopFile = errors.New("the stop file is there already")

// Check finds out, before a drill begins, whether it would be stopped at once. The
// error is [ErrStopFile], or why nobody can tell.
func (r Rails) Check() error {
	if r.StopFile == "" {
		return nil
	}
	switch there, err := present(r.StopFile); {
	case err != nil:
		return fmt.Errorf("stop file: %w", err)
	case there:
		return fmt.Errorf("%w: %s", ErrStopFile, r.StopFile)
	}
	return nil
}

// present says whether there is something at a path: a link that leads nowhere is.
func present(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Watch looks at the rails while a drill is under way, see [drill.Options].
func (r Rails) Watch(ctx context.Context, live *drill.Live) {
	if r == (Rails{}) {
		return
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	since := time.Now() // a leader has as long to begin with as between two signs of life
	for {
		if actor, reason := r.broken(since); actor != "" {
			_, _ = live.Control().Stop(drill.By{Actor: actor}, reason) // it fails when the drill ends anyhow
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// broken names the rail that the drill has come to, and says how; "" when none.
func (r Rails) broken(since time.Time) (actor, reason string) {
	if r.StopFile != "" {
		switch there, err := present(r.StopFile); {
		case err != nil:
			return "--stop-file", fmt.Sprintf("nobody can tell whether the stop file is there: %v", err)
		case there:
			return "--stop-file", r.StopFile + " is there"
		}
	}
	if !r.Until.IsZero() && !time.Now().Round(0).Before(r.Until) {
		return "--window", r.Window + " is over"
	}
	if r.DeadMan > 0 {
		if last := r.Pulse.last.Load(); last != nil && last.After(since) {
			since = *last
		}
		if silent := time.Since(since); silent >= r.DeadMan {
			return "--dead-man", fmt.Sprintf("nobody who leads the drill was heard of for %v", r.DeadMan)
		}
	}
	return "", ""
}

// A Pulse is felt when somebody who leads a drill shows that they are there. The zero
// Pulse was never felt.
type Pulse struct{ last atomic.Pointer[time.Time] }

// Beat is a sign of life. It may be given from any goroutine.
func (p *Pulse) Beat() {
	now := time.Now()
	p.last.Store(&now)
}
