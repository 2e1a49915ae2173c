package faults

import (
	"slices"
	"time"
)

// An Effect is what a transport fault does to a connection while its window is
// open. All parts hold at once; the zero Effect does nothing.
type Effect struct {
	Refuse    bool          // no connections: new ones are refused, open ones closed
	Silent    bool          // nothing comes through, either way, and the connection is dead from then on
	Late      time.Duration // what the provider sends is late by
	Rate      int           // bytes a second that come through from the provider; 0: no bound
	Limit     int           // bytes that come through from the provider on a connection; 0: no bound
	LateClose time.Duration // the end of what the provider sends is late by
	Stock     string        // toxiproxy's own toxic on all connections, as its JSON; played by [Proxy] alone

	by *Fault // whose it is
}

// A Show is the transport faults that are played on one provider. Each proxy
// asks it who is hit by what; it does not change.
type Show struct {
	start  time.Time
	seed   uint64
	refuse []Window
	stocks []played
	others []played
}

// played is a window and what it does to the connections that it hits.
type played struct {
	Window
	effect Effect
}

// NewShow plays the transport windows among windows, given in file order, from
// start on. The seed is the draws'.
func NewShow(start time.Time, seed uint64, windows []Window) *Show {
	s := &Show{start: start, seed: seed}
	for _, w := range windows {
		kind, _ := kindOf(w.Fault.Kind)
		if kind.effect == nil {
			continue
		}
		effect := kind.effect(w.Fault.Params)
		effect.by = w.Fault
		switch {
		case effect.Refuse:
			s.refuse = append(s.refuse, w)
		case effect.Stock != "":
			s.stocks = append(s.stocks, played{w, effect})
		default:
			s.others = append(s.others, played{w, effect})
		}
	}
	return s
}

// Refused says whether connections are refused at a moment, and how long after
// it that may change; 0 is never.
func (s *Show) Refused(at time.Time) (refused bool, wait time.Duration) {
	t := at.Sub(s.start)
	var edges []time.Duration
	for _, w := range s.refuse {
		refused = refused || w.open(t)
		edges = append(edges, w.Next(t))
	}
	return refused, until(edges, t)
}

// Stock is the stock toxic that is on at a moment, that of the first window in file
// order; "" is none. Wait is as of [Show.Refused].
func (s *Show) Stock(at time.Time) (words string, wait time.Duration) {
	t := at.Sub(s.start)
	var edges []time.Duration
	for _, w := range s.stocks {
		if words == "" && w.open(t) {
			words = w.effect.Stock
		}
		edges = append(edges, w.Next(t))
	}
	return words, until(edges, t)
}

// severs is the fault that no connection outlives at a moment, neither its beginning
// nor its end: a refusal, or a stock toxic; nil: there is none.
func (s *Show) severs(at time.Time) *Fault {
	if s == nil {
		return nil
	}
	t := at.Sub(s.start)
	for _, w := range s.refuse {
		if w.open(t) {
			return w.Fault
		}
	}
	for i := range s.stocks {
		if s.stocks[i].open(t) {
			return s.stocks[i].Fault
		}
	}
	return nil
}

// Closing is the show while its proxy closes: what is swallowed stays so, and that
// connections end is nobody's doing but the proxy's.
func (s *Show) Closing() *Show {
	if s == nil {
		return nil
	}
	closing := &Show{start: s.start, seed: s.seed, others: slices.Clone(s.others)}
	closing.others = slices.DeleteFunc(closing.others, func(w played) bool { return !w.effect.Silent })
	return closing
}

// until is how long it is from t to the first of the edges, which of a window that
// has none is −1; 0: there is none.
func until(edges []time.Duration, t time.Duration) time.Duration {
	edges = slices.DeleteFunc(edges, func(edge time.Duration) bool { return edge < 0 })
	if len(edges) == 0 {
		return 0
	}
	return slices.Min(edges) - t
}

// effect is what hits the n-th connection at the moment: that of the first
// window in file order that is open and within whose share it draws.
func (s *Show) effect(n int, at time.Time) Effect {
	if s == nil {
		return Effect{}
	}
	t := at.Sub(s.start)
	for i := range s.others {
		if w := &s.others[i]; w.takes(s.seed, n, t) {
			return w.effect
		}
	}
	return Effect{}
}
