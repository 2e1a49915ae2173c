package egress

import (
	"sync"
	"time"
)

// refusals counts what was refused and tells it, in measure: an app that tries
// again at once would else fill the log.
type refusals struct {
	tell func(Refusal)

	mu    sync.Mutex
	hosts map[string]*tally
}

// tally is what one host has come to.
type tally struct {
	provider Provider
	told     time.Time // the last time
	last     time.Time // when what is untold came last
	untold   int
}

// A host is told again after a while, and hosts beyond a number are taken together
// by their pattern: whoever makes names up in *.openai.azure.com has many.
const (
	toldEvery = time.Second
	maxHosts  = 100
)

func (r *refusals) note(host string, p Provider) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hosts[host] == nil && len(r.hosts) >= maxHosts {
		host = p.Host
	}
	t := r.hosts[host]
	if t == nil {
		t = &tally{provider: p}
		r.hosts[host] = t
	}
	t.untold++
	t.last = time.Now()
	if t.last.Sub(t.told) >= toldEvery {
		r.flush(host, t)
	}
}

// flush tells what is untold of a host.
func (r *refusals) flush(host string, t *tally) {
	if t.untold == 0 {
		return
	}
	if r.tell != nil {
		r.tell(Refusal{Host: host, At: t.last, Count: t.untold, Provider: t.provider})
	}
	t.told, t.untold = t.last, 0
}

func (r *refusals) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for host, t := range r.hosts {
		r.flush(host, t)
	}
}
