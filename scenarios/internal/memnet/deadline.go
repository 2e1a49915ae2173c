package memnet

import (
	"sync"
	"time"
)

// A deadline is a moment that fails the calls under way and those to come. It
// is guarded by its connection's lock.
type deadline struct {
	timer  *time.Timer
	passed bool
}

// set moves the deadline; the zero time is never. The caller holds changed.L.
func (d *deadline) set(t time.Time, changed *sync.Cond) {
	d.stop()
	d.passed = false
	wait := time.Until(t)
	switch {
	case t.IsZero():
	case wait <= 0:
		d.passed = true
		changed.Broadcast()
	default:
		var timer *time.Timer
		timer = time.AfterFunc(wait, func() {
			changed.L.Lock()
			defer changed.L.Unlock()
			// A timer that fired just before it was stopped must not end the
			// deadline that replaced it.
			if d.timer == timer {
				d.passed = true
				changed.Broadcast()
			}
		})
		d.timer = timer
	}
}

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}
