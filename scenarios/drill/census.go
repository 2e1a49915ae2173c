package drill

import (
	"slices"
	"sort"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// A census counts attempts by the phase in which they arrived. Who counts takes no
// lock; who changes the timeline lays another list down, in which a phase keeps its
// numbers.
type census struct{ phases atomic.Pointer[[]counted] }

// counted is a phase and, by provider, what reached it.
type counted struct {
	name  string
	from  time.Duration
	cells []*cell
}

// cell is what one provider had in one phase.
type cell struct{ attempts, faulted, retries, early atomic.Int64 }

// lay makes the phases those of a timeline, for so many providers.
func (c *census) lay(phases []scenarios.Phase, providers int) {
	var before []counted
	if p := c.phases.Load(); p != nil {
		before = *p
	}
	made := make([]counted, len(phases))
	for i, p := range phases {
		made[i] = counted{name: p.Name, from: p.From}
		if k := slices.IndexFunc(before, func(b counted) bool { return b.name == p.Name }); k >= 0 {
			made[i].cells = before[k].cells
			continue
		}
		for range providers {
			made[i].cells = append(made[i].cells, new(cell))
		}
	}
	c.phases.Store(&made)
}

// cell is where an attempt at a provider counts that arrives now; nil before the start.
func (c *census) cell(provider int, now time.Duration) *cell {
	p := c.phases.Load()
	if p == nil {
		return nil
	}
	phases := *p
	i := sort.Search(len(phases), func(i int) bool { return phases[i].from > now }) - 1
	if i < 0 {
		return nil
	}
	return phases[i].cells[provider]
}

// PhaseArrivals are the attempts that arrived in one phase, by provider in the plan's
// order.
type PhaseArrivals struct {
	Phase    string
	Start    time.Duration
	Arrivals []Counted
}

// Counted are the attempts that reached a provider in one phase. Retries are those
// whose question had reached it before: the same nonce, endpoint and prompt, word for
// word, as the judge has it. Early are the retries that came sooner than the Retry-After
// of the last answer to that question said.
type Counted struct {
	Provider                          string
	Attempts, Faulted, Retries, Early int64
}

// Arrivals counts by phase, of those that have begun, the attempts that arrived in it.
// An attempt counts as met by a fault when that lands.
func (l *Live) Arrivals() []PhaseArrivals {
	ledger := l.control.drill.ledger
	now := l.control.now()
	var all []PhaseArrivals
	if p := ledger.census.phases.Load(); p != nil {
		for _, phase := range *p {
			if phase.from > now {
				break
			}
			made := PhaseArrivals{Phase: phase.name, Start: phase.from}
			for i, c := range phase.cells {
				made.Arrivals = append(made.Arrivals, Counted{ledger.providers[i].name, c.attempts.Load(), c.faulted.Load(), c.retries.Load(), c.early.Load()})
			}
			all = append(all, made)
		}
	}
	return all
}
