package app

import (
	"slices"
	"sync"
	"time"
)

// A gate turns work away that there is no room for.
type gate struct {
	rules *rules

	mu       sync.Mutex
	underWay int
	firsts   []time.Duration // how long the last first tokens took
}

// enter says whether a request may begin; one that may is to [gate.leave].
func (g *gate) enter(canWait bool) bool {
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

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.underWay--
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
