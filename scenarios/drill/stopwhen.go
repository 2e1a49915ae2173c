package drill

import (
	"context"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/stop"
)

// lookEvery is how often the rules of stop_when are held against the counters. They
// are read and nothing waits: the sender does not know that it is watched.
const lookEvery = 250 * time.Millisecond

// stopWhen stops the drill when one of its plan's rules says so, or returns with ctx.
func (d *drill) stopWhen(ctx context.Context, c *Control) {
	var watches []*stop.Watch
	for _, r := range d.plan.StopWhen {
		watches = append(watches, stop.NewWatch(r))
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for len(watches) > 0 {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := d.sample(c.now())
		for _, w := range watches {
			if reason, is := w.Add(now); is {
				_, _ = c.Stop(By{Actor: "stop_when"}, reason) // it fails when the drill ends anyhow
				return
			}
		}
	}
}

// sample is what the counters say now.
func (d *drill) sample(at time.Duration) stop.Sample {
	counts := d.sender.Counts()
	s := stop.Sample{
		At: at, Ended: float64(counts.Ended), Errors: float64(counts.Errors), Dropped: float64(counts.Dropped), InFlight: float64(counts.InFlight),
	}
	for _, p := range d.ledger.providers {
		s.Attempts += float64(p.attempts.Load())
	}
	return s
}
