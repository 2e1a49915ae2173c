package drill

import (
	"context"
	"fmt"
	"time"
)

// A LateError says that a drill was not ready at the time it was to begin.
type LateError struct {
	At   time.Time
	Late time.Duration
}

func (e *LateError) Error() string {
	return fmt.Sprintf("the drill was to begin at %s and was ready %v later", e.At.Format(time.RFC3339), e.Late.Round(time.Millisecond))
}

// settling is what is left between the canary's last moment and an appointed
// start.
const settling = 5 * time.Second

// Ahead is how long before an appointed start a drill's preparations begin: as
// long as the app may take to get ready, the canary to be seen, and a little more.
func (o Options) Ahead() time.Duration { return o.App.within + canaryWait + settling }

// lookAtClock is how often the wall clock is looked at while it is waited for.
const lookAtClock = time.Second

// awaitClock waits until the machine's clock shows at and reports whether it did
// before ctx ended. A timer alone would not do: it does not run while the machine
// sleeps, and knows nothing of a clock that is set.
func awaitClock(ctx context.Context, at time.Time) bool {
	at = at.Round(0) // without the monotonic clock's reading
	for {
		left := at.Sub(time.Now().Round(0))
		if left <= 0 {
			return ctx.Err() == nil
		}
		if !sleepUntil(ctx, time.Now().Add(min(left, lookAtClock))) {
			return false
		}
	}
}

// beginning is when the clock starts: now, or at the appointed time. From there
// on the drill goes by the monotonic clock, whatever becomes of the wall clock.
func (d *drill) beginning(ctx context.Context) (time.Time, error) {
	at := d.opts.At
	if at.IsZero() {
		return time.Now(), nil
	}
	if late := time.Now().Round(0).Sub(at.Round(0)); late > 0 {
		return time.Time{}, &LateError{At: at, Late: late}
	}
	if !awaitClock(ctx, at) {
		return time.Time{}, context.Cause(ctx)
	}
	now := time.Now()
	return now.Add(at.Round(0).Sub(now.Round(0))), nil
}

// sleepUntil reports whether the moment came before ctx ended.
func sleepUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
