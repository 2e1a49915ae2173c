package guard

import (
	"sync"
	"time"
)

// A Gate bounds the requests under way at one provider. The bound halves when
// the provider says that it is given too much and grows by one with each
// request that it serves, so that the caller finds the provider's capacity
// without knowing it. Work that can wait gets in only while at least half of the
// places are free: it is the first to be turned away, before any request that a
// user waits for. A Gate is safe for concurrent use.
type Gate struct {
	mu       sync.Mutex
	most     int
	limit    int
	inside   int
	narrowed time.Time
}

// leastPlaces keeps a narrowed gate from closing for good: with no request
// inside, nothing could widen it again.
const leastPlaces = 4

// NewGate returns a gate of at most this many places.
func NewGate(places int) *Gate { return &Gate{most: places, limit: places} }

// Enter asks for a place; whoever gets one must Leave.
func (g *Gate) Enter(deferrable bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	limit := g.limit
	if deferrable {
		limit /= 2
	}
	if g.inside >= limit {
		return false
	}
	g.inside++
	return true
}

// Leave gives the place back.
func (g *Gate) Leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
}

// Narrow halves the places. The refusals of one burst count once: they answer
// requests that were all sent before the first of them was heard.
func (g *Gate) Narrow() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.narrowed) < time.Second {
		return
	}
	g.narrowed = time.Now()
	g.limit = max(min(leastPlaces, g.most), g.limit/2)
}

// Widen gives one more place, up to the number the gate was made with.
func (g *Gate) Widen() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit = min(g.most, g.limit+1)
}
