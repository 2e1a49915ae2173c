package app

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A gate turns work away that there is no room for.
type gate struct {
	rules *rules

	turns    chan struct{} // as many as may be answered at a time; nil: any number
	mu       sync.Mutex
	underWay int
	nextPace time.Time       // when the next provider may be asked again
	firsts   []time.Duration // how long the last first tokens took
}

func newGate(r *rules) gate { return gate{rules: r, turns: make(chan struct{}, r.queues)} }

// enter says whether a request may begin, when it is its turn; one that may is to
// [gate.leave].
func (g *gate) enter(ctx context.Context, canWait bool) bool {
	if !g.room(canWait) {
		return false
	}
	if g.rules.queues == 0 {
		return true
	}
	select {
	case g.turns <- struct{}{}:
		return true
	case <-ctx.Done():
		g.out()
		return false
	}
}

func (g *gate) leave() {
	if g.rules.queues > 0 {
		<-g.turns
	}
	g.out()
}

func (g *gate) out() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.underWay--
}

// paced says whether the next provider may be asked now, and counts it.
func (g *gate) paced() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Now().Before(g.nextPace) {
		return false
	}
	g.nextPace = time.Now().Add(g.rules.paceAt)
	return true
}

// room says whether there is room for one more, and counts it.
func (g *gate) room(canWait bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	room := g.rules.places
	if canWait == g.rules.usersFirst {
		room /= 2
	}
	switch {
	case g.rules.places > 0 && g.underWay >= room:
		return false
	case canWait && g.rules.calmBelow > 0 && g.median() > g.rules.calmBelow:
		return false
	}
	g.underWay++
	return true
}

// first takes how long a first token took.
func (g *gate) first(d time.Duration) {
	const kept = 10
	g.mu.Lock()
	defer g.mu.Unlock()
	g.firsts = append(g.firsts, d)
	if len(g.firsts) > kept {
		g.firsts = g.firsts[1:]
	}
}

// median is that of the last first tokens, 0 before any.
func (g *gate) median() time.Duration {
	if len(g.firsts) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(g.firsts))[len(g.firsts)/2]
}
