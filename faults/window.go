package faults

import (
	"fmt"
	"strconv"
	"time"
)

// ShareAt is the part of the matching requests that the fault takes at t since
// the start of the drill, 0–1; outside the window 0.
func (w Window) ShareAt(t time.Duration) float64 {
	if !w.open(t) {
		return 0
	}
	s := w.Fault.Share
	if past := t - w.From; past < s.Rise {
		return s.From * float64(past) / float64(s.Rise)
	}
	return between(s.From, s.To, along(w.From+s.Rise, w.To, t))
}

// open says whether t is in the window, and in a bad part of its cycle.
func (w Window) open(t time.Duration) bool {
	if t < w.From || t >= w.To {
		return false
	}
	c := w.Fault.Cycle
	return c.Bad == 0 || (t-w.From)%(c.Bad+c.OK) < c.Bad
}

// Kind is the row of the table that the window's fault is of; the zero Kind when it
// has none.
func (w Window) Kind() Kind {
	k, _ := kindOf(w.Fault.Kind)
	return k
}

// Slows says whether the fault makes answers late and leaves them whole: by its
// kind, or by the toxic that it names.
func (w Window) Slows() bool {
	s, _ := stockOf(w.Fault.Params)
	return w.Kind().Slows || s.slows
}

// Cuts says whether no connection that the fault hits carries anything, open ones
// among them. Others slow what comes, end it later, or touch new connections alone.
func (w Window) Cuts() bool {
	kind := w.Kind()
	if kind.effect == nil {
		return false
	}
	effect := kind.effect(w.Fault.Params)
	return effect.Refuse || effect.Silent
}

// Next is the first moment after t at which the window opens or closes, −1: none.
func (w Window) Next(t time.Duration) time.Duration {
	c := w.Fault.Cycle
	switch {
	case t < w.From:
		return w.From
	case t >= w.To:
		return -1
	case c.Bad == 0:
		return w.To
	}
	whole := c.Bad + c.OK
	began := t - (t-w.From)%whole
	if t < began+c.Bad {
		return min(began+c.Bad, w.To)
	}
	return min(began+whole, w.To)
}

// slowAt is by how much s slows the first token and the gaps at t.
func (w Window) slowAt(s Slow, t time.Duration) (ttft, gap float64) {
	p := along(w.From, w.To, t)
	return between(s.TTFTFrom, s.TTFTTo, p), between(s.GapFrom, s.GapTo, p)
}

// along is how far t is on the way, 0–1.
func along(from, to, t time.Duration) float64 { return float64(t-from) / float64(to-from) }

func between(from, to, part float64) float64 { return from + (to-from)*part }

// String names the place as the log does: headers, first token, token 12, 50%,
// finish, terminator.
func (a At) String() string {
	switch a.Place {
	case AtFirstToken:
		return "first token"
	case AtToken:
		return fmt.Sprintf("token %d", a.Token)
	case AtShare:
		return percent(a.Share)
	}
	return a.Place
}

// percent writes a share as scenarios do: 0.125 is 12.5%.
func percent(share float64) string {
	return strconv.FormatFloat(share*100, 'g', 6, 64) + "%"
}
