package app

import (
	"log/slog"
	"sync"
	"time"
)

// breakerRules are when a breaker keeps requests from a provider.
type breakerRules struct {
	after  int           // failures in a row that open it; 0: nothing does
	share  float64       // of the last [recent] attempts, that opens it too; 0: none does
	open   time.Duration // how long it lets nobody through
	all    bool          // afterwards everybody is let through, until the first result; else one at a time
	closes bool          // a success after that closes it
}

// recent is how many attempts a share is taken of.
const recent = 20

// A breaker stands before one provider.
type breaker struct {
	breakerRules
	log *slog.Logger

	mu       sync.Mutex
	failures int    // in a row
	results  []bool // of the last attempts: failed
	until    time.Time
	opened   bool
	tried    bool          // it has been open
	probing  int           // probes under way
	closed   chan struct{} // ends with the breaker's being open; nil while it is not
}

func newBreaker(r breakerRules, log *slog.Logger) *breaker {
	return &breaker{breakerRules: r, log: log}
}

// admit says whether an attempt may be made, and whether it is a probe: one that
// is made while the breaker is open. Both are to be told to [breaker.ended].
func (b *breaker) admit() (ok, probe bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.opened {
		return true, false
	}
	if time.Now().Before(b.until) || b.probing > 0 && !b.all {
		return false, false
	}
	b.probing++
	return true, true
}

// ended takes the result of an attempt. Nothing is learnt from one that its user
// gave up, or that set out before the breaker opened.
func (b *breaker) ended(f *failure, probe bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if probe {
		b.probing--
	}
	if f != nil && f.cause == left || b.opened && !probe {
		return
	}
	b.results = append(b.results, f != nil)
	if len(b.results) > recent {
		b.results = b.results[1:]
	}
	switch {
	case f != nil:
		b.failures++
		if !b.tried {
			b.log.Info("trait", "trait", "failed_before_opening")
		}
		if b.opened || b.after > 0 && b.failures >= b.after || b.tooMany() {
			b.openNow()
		}
	case b.opened && !b.closes:
		b.until = time.Now().Add(b.open)
	case b.opened:
		b.closeNow()
	default:
		b.failures = 0
	}
}

// tooMany says whether the share of failures opens the breaker.
func (b *breaker) tooMany() bool {
	n := 0
	for _, failed := range b.results {
		if failed {
			n++
		}
	}
	return b.share > 0 && len(b.results) == recent && float64(n) >= b.share*recent
}

func (b *breaker) openNow() {
	if !b.opened {
		b.log.Info("breaker open", "failures", b.failures)
		b.closed = make(chan struct{})
	}
	b.opened, b.tried, b.until = true, true, time.Now().Add(b.open)
}

func (b *breaker) closeNow() {
	b.log.Info("breaker closed")
	b.opened, b.failures, b.results = false, 0, nil
	close(b.closed)
	b.closed = nil
}

// isOpen gives the channel that is closed when the breaker closes, nil when it
// is not open.
func (b *breaker) isOpen() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// forget closes the breaker, whatever it knew.
func (b *breaker) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.opened {
		b.closeNow()
	}
	b.failures, b.results = 0, nil
}
