package mockllm

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
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

func (c Capacity) validate() error {
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

// Shares are the parts of a provider's limits and capacity that are left: 1 is all
// of it. Of all but the queue, one is always left.
type Shares struct{ Requests, Tokens, Concurrency, Queue float64 }

// whole is what a provider has on a good day.
func whole(time.Time) Shares { return Shares{1, 1, 1, 1} }

// Shrink leaves only part of the limits and of the capacity: at each moment as much
// as left says of it. Limits that the spec does not have are enforced for as long as
// they are shrunk. Requests that are being answered are finished; nil is all again.
func (s *Server) Shrink(left func(now time.Time) Shares) {
	if left == nil {
		left = whole
	}
	s.left.Store(&left)
}

func (s *Server) shares(now time.Time) Shares { return (*s.left.Load())(now) }

// capacity is the slots of a provider and the queue before them.
type capacity struct {
	spec   Capacity
	shares func(time.Time) Shares

	mu      sync.Mutex
	running int
	queue   list.List // of *turn
}

// turn is a request in the queue.
type turn struct {
	came   chan struct{} // closed when it is its turn
	factor float64       // then: how many times as long it takes
}

// What came of a request that wanted a slot.
type admission int

const (
	admitted admission = iota
	overflown
	departed // the client left while it waited
)

// enter waits for a slot, first come, first served. When it is admitted, factor is
// how many times as long its answer takes for the crowd, and leave must follow.
func (c *capacity) enter(ctx context.Context) (factor float64, how admission) {
	if c.spec.Concurrency == 0 {
		return 1, admitted
	}
	c.mu.Lock()
	now := time.Now()
	slots, places := c.size(now)
	c.admit(slots)
	if c.running >= slots && c.queue.Len() >= places {
		c.mu.Unlock()
		return 0, overflown
	}
	t := &turn{came: make(chan struct{})}
	place := c.queue.PushBack(t)
	c.admit(slots)
	c.mu.Unlock()

	select {
	case <-t.came:
		return t.factor, admitted
	case <-ctx.Done():
		return 0, c.depart(t, place)
	}
}

// depart gives up a place in the queue, or the slot if it was just given.
func (c *capacity) depart(t *turn, place *list.Element) admission {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-t.came:
		c.running--
		slots, _ := c.size(time.Now())
		c.admit(slots)
	default:
		c.queue.Remove(place)
	}
	return departed
}

// leave gives up a slot.
func (c *capacity) leave() {
	if c.spec.Concurrency == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running--
	slots, _ := c.size(time.Now())
	c.admit(slots)
}

// size is how many slots and places in the queue there are. There is always a slot:
// while anybody waits somebody is being answered, and whoever leaves lets the next
// ones in.
func (c *capacity) size(now time.Time) (slots, places int) {
	left := c.shares(now)
	return max(1, scaled(c.spec.Concurrency, left.Concurrency)), scaled(c.spec.Queue, left.Queue)
}

func scaled(n int, share float64) int {
	return int(math.Round(float64(n) * min(max(share, 0), 1)))
}

// admit gives free slots to those who waited longest.
func (c *capacity) admit(slots int) {
	for c.running < slots && c.queue.Len() > 0 {
		t := c.queue.Front().Value.(*turn)
		t.factor = c.spec.Factor(c.running+c.queue.Len(), slots)
		c.queue.Remove(c.queue.Front())
		c.running++
		close(t.came)
	}
}

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
