package drill

import (
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// Live is a drill under way, to look at from outside. Looking costs the drill
// nothing: it reads counters.
type Live struct{ control *Control }

// Control leads the drill.
func (l *Live) Control() *Control { return l.control }

// Plan is what is played, as it was planned.
func (l *Live) Plan() *scenarios.Plan { return l.control.drill.plan }

// Endpoints are where the mocks answer, in the plan's order.
func (l *Live) Endpoints() []Endpoint {
	var list []Endpoint
	for _, p := range l.control.drill.ledger.providers {
		list = append(list, p.endpoint)
	}
	return list
}

// App names what is drilled; "" for providers that serve alone.
func (l *Live) App() string { return l.control.drill.opts.App.Name }

// Proxied are the providers that transport faults can be opened on.
func (l *Live) Proxied() []string {
	var names []string
	for _, p := range l.control.drill.ledger.providers {
		if p.proxy != nil {
			names = append(names, p.name)
		}
	}
	return names
}

// Status is what a drill looks like at one moment.
type Status struct {
	// Length is as it will be, if nobody changes it but to release a phase that is held.
	Elapsed, Length time.Duration
	Phase           string // "" after the last
	PhaseNo         int    // from 0
	Phases          int
	Held            bool
	Open            []string // faults open now, as the plan words them
	Traffic         traffic.Counts
	Attempts        []Arrivals // per provider, in the plan's order
}

// Arrivals counts the attempts that reached a provider.
type Arrivals struct {
	Provider          string
	Attempts, Faulted int64
}

// Status looks at the drill now.
func (l *Live) Status() Status {
	state, d := l.control.State(), l.control.drill
	s := Status{
		Elapsed: min(state.Elapsed, state.Length),
		Length:  state.Length - max(0, state.HeldTo-state.Elapsed),
		Phases:  len(state.Phases),
		PhaseNo: len(state.Phases),
		Held:    state.Held,
	}
	if d.sender != nil {
		s.Traffic = d.sender.Counts()
	}
	if !state.Over {
		s.Phase, s.PhaseNo = state.Phases[state.PhaseNo].Name, state.PhaseNo
	}
	for _, w := range state.Open() {
		s.Open = append(s.Open, w.Provider+": "+w.Fault.Kind)
	}
	for _, p := range d.ledger.providers {
		s.Attempts = append(s.Attempts, Arrivals{p.name, p.attempts.Load(), p.faulted.Load()})
	}
	return s
}
