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
}

// A Show is the transport faults that are played on one provider. Each proxy
// asks it who is hit by what; it does not change.
type Show struct {
	start  time.Time
	seed   uint64
	refuse []Window
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
		if effect := kind.effect(w.Fault.Params); effect.Refuse {
			s.refuse = append(s.refuse, w)
		} else {
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
	edges = slices.DeleteFunc(edges, func(edge time.Duration) bool { return edge < 0 })
	if len(edges) == 0 {
		return refused, 0
	}
	return refused, slices.Min(edges) - t
}

// effect is what hits the n-th connection at the moment: that of the first
// window in file order that is open and within whose share it draws.
func (s *Show) effect(n int, at time.Time) Effect {
	if s == nil {
		return Effect{}
	}
	t := at.Sub(s.start)
	for i := range s.others {
		w := &s.others[i]
		if share := w.ShareAt(t); share > 0 && w.Draw(s.seed, "", n) < share {
			return w.effect
		}
	}
	return Effect{}
}
