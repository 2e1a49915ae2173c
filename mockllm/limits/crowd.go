package limits

import (
	"container/list"
	"context"
	"math"
	"sync"
	"time"
)

// A Crowd is who is at a provider: in its slots, and in the queue before them. Safe for
// concurrent use.
type Crowd struct {
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

// Admission is what came of a request that wanted a slot.
type Admission int

// What can come of it.
const (
	Admitted  Admission = iota
	Overflown           // there was no place in the queue
	Departed            // the client left while it waited
)

// NewCrowd is nobody yet, at a provider of this capacity. Shares are what is left of it
// at a moment.
func NewCrowd(spec Capacity, shares func(time.Time) Shares) *Crowd {
	return &Crowd{spec: spec, shares: shares}
}

// Enter waits for a slot, first come, first served. When it is Admitted, factor is how
// many times as long its answer takes for the crowd, and Leave must follow.
func (c *Crowd) Enter(ctx context.Context) (factor float64, how Admission) {
	if c.spec.Concurrency == 0 {
		return 1, Admitted
	}
	c.mu.Lock()
	now := time.Now()
	slots, places := c.size(now)
	c.admit(slots)
	if c.running >= slots && c.queue.Len() >= places {
		c.mu.Unlock()
		return 0, Overflown
	}
	t := &turn{came: make(chan struct{})}
	place := c.queue.PushBack(t)
	c.admit(slots)
	c.mu.Unlock()

	select {
	case <-t.came:
		return t.factor, Admitted
	case <-ctx.Done():
		return 0, c.depart(t, place)
	}
}

// depart gives up a place in the queue, or the slot if it was just given.
func (c *Crowd) depart(t *turn, place *list.Element) Admission {
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
	return Departed
}

// Leave gives up a slot.
func (c *Crowd) Leave() {
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
func (c *Crowd) size(now time.Time) (slots, places int) {
	left := c.shares(now)
	return max(1, scaled(c.spec.Concurrency, left.Concurrency)), scaled(c.spec.Queue, left.Queue)
}

func scaled(n int, share float64) int {
	return int(math.Round(float64(n) * min(max(share, 0), 1)))
}

// admit gives free slots to those who waited longest.
func (c *Crowd) admit(slots int) {
	for c.running < slots && c.queue.Len() > 0 {
		t := c.queue.Front().Value.(*turn)
		t.factor = c.spec.Factor(c.running+c.queue.Len(), slots)
		c.queue.Remove(c.queue.Front())
		c.running++
		close(t.came)
	}
}
