package drill

import (
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// Live is a drill under way, to look at from outside. Looking costs the drill
// nothing: it reads counters.
type Live struct {
	drill *drill
	start time.Time
}

// Status is what a drill looks like at one moment.
type Status struct {
	Elapsed, Length time.Duration
	Phase           string // "" after the last
	PhaseNo         int    // from 0
	Phases          int
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
	plan := l.drill.plan
	s := Status{
		Elapsed: min(time.Since(l.start), plan.Length),
		Length:  plan.Length,
		Phases:  len(plan.Phases),
		PhaseNo: len(plan.Phases),
		Traffic: l.drill.sender.Counts(),
	}
	for i, p := range plan.Phases {
		if s.Elapsed >= p.From && s.Elapsed < p.To {
			s.Phase, s.PhaseNo = p.Name, i
		}
	}
	for _, w := range plan.Windows {
		if s.Elapsed >= w.From && s.Elapsed < w.To {
			s.Open = append(s.Open, w.Provider+": "+w.Fault.Kind)
		}
	}
	for _, p := range l.drill.ledger.providers {
		s.Attempts = append(s.Attempts, Arrivals{p.name, p.attempts.Load(), p.faulted.Load()})
	}
	return s
}
