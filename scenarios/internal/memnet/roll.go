package memnet

import (
	"fmt"
	"slices"
	"sync"
)

// A roll knows the ends of connections that are not closed. Its lock is taken
// last: whoever holds it takes no other.
type roll struct {
	mu   sync.Mutex
	ends map[*conn]struct{}
}

func (r *roll) enter(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ends == nil {
		r.ends = make(map[*conn]struct{})
	}
	r.ends[c] = struct{}{}
}

func (r *roll) leave(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.ends, c)
}

// Open names the ends of connections that nobody closed, "local → remote",
// sorted: what a test asks when all should be over.
func (n *Net) Open() []string {
	n.alive.mu.Lock()
	defer n.alive.mu.Unlock()
	var open []string
	for c := range n.alive.ends {
		open = append(open, fmt.Sprintf("%v → %v", c.local, c.remote))
	}
	slices.Sort(open)
	return open
}
