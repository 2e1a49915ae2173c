package limits

import (
	"errors"
	"fmt"
)

// Capacity is how much a provider does at a time. The zero Capacity has no end.
type Capacity struct {
	Concurrency int // requests that are answered at a time; 0: any number
	Queue       int // requests that wait for their turn; beyond it there is an overload
	// Slowdown is how many times as long an answer takes when there are half as many
	// requests again as are answered at a time, those that wait included; 0 is
	// [DefaultSlowdown], 1 is none. From half the concurrency on, the time rises in
	// proportion to the requests.
	Slowdown float64
}

// Validate says what of the capacity cannot be meant.
func (c Capacity) Validate() error {
	switch {
	case min(c.Concurrency, c.Queue) < 0 || max(c.Concurrency, c.Queue) > maxCapacity:
		return fmt.Errorf("concurrency and queue are 0 to %d", maxCapacity)
	case c.Concurrency == 0 && c.Queue > 0:
		return errors.New("a queue without concurrency: nobody would wait in it")
	case c.Slowdown != 0 && !(c.Slowdown >= 1 && c.Slowdown <= 100): // also not a number
		return errors.New("slowdown is 1 to 100 times as long")
	}
	return nil
}

// maxCapacity bounds slots and queues: no machine has as many connections.
const maxCapacity = 1_000_000

// DefaultSlowdown is the slowdown of a capacity that names none.
const DefaultSlowdown = 2

// Factor is how many times as long an answer takes that begins when so many
// requests are in flight, itself among them.
//
//	Factor
//	  2 |            / slowdown, at half as many again as there are slots
//	    |         /
//	  1 |______/
//	    0    0.5    1    1.5    requests in flight ÷ slots
func (c Capacity) Factor(inFlight, slots int) float64 {
	slowdown := c.Slowdown
	if slowdown == 0 {
		slowdown = DefaultSlowdown
	}
	return 1 + max(0, float64(inFlight)/float64(slots)-0.5)*(slowdown-1)
}
