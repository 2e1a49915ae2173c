package faults

import (
	"maps"
	"time"
)

// A window that is changed while it is open is one in pieces: what was played of it
// stays what it was. A cycle begins anew with each piece.

// Steady says whether the fault is from t on what it is at t: its share climbs or
// falls no more, and what it slows it slows evenly.
func (w Window) Steady(t time.Duration) bool {
	if s := w.Fault.Share; s.From != s.To || t < w.From+s.Rise {
		return false
	}
	for _, v := range w.Fault.Params {
		if s, ok := v.(Slow); ok && (s.TTFTFrom != s.TTFTTo || s.GapFrom != s.GapTo) {
			return false
		}
	}
	return true
}

// Until is the window as it goes until t, which lies in it or is its end.
func (w Window) Until(t time.Duration) Window {
	before, share := w.piece(w.From, t), w.Fault.Share
	if share.Rise > 0 {
		before.Fault.Share = share
		if t > w.From+share.Rise {
			before.Fault.Share.To = w.level(t)
		}
	}
	return before
}

// After is the window as it goes from t on, in one piece or two.
func (w Window) After(t time.Duration) []Window {
	if risen := w.From + w.Fault.Share.Rise; t < risen && risen < w.To {
		return []Window{w.piece(t, risen), w.piece(risen, w.To)}
	}
	return []Window{w.piece(t, w.To)}
}

// Standing is the window as it is at t, for that long.
func (w Window) Standing(t, long time.Duration) Window {
	still := w.piece(t, t)
	still.To = t + long
	return still
}

// piece is the window from one moment to another, between which its share is linear.
func (w Window) piece(from, to time.Duration) Window {
	f := *w.Fault
	f.Share = Share{From: w.level(from), To: w.level(to)}
	f.Params = maps.Clone(f.Params)
	for name, v := range f.Params {
		if s, ok := v.(Slow); ok {
			var made Slow
			made.TTFTFrom, made.GapFrom = w.slowAt(s, from)
			made.TTFTTo, made.GapTo = w.slowAt(s, to)
			f.Params[name] = made
		}
	}
	return Window{Fault: &f, Provider: w.Provider, From: from, To: to}
}

// level is the share at t, wherever in its cycle that is, and at the window's end what
// it has come to.
func (w Window) level(t time.Duration) float64 {
	s := w.Fault.Share
	past := t - w.From
	switch {
	case past < s.Rise:
		return s.From * float64(past) / float64(s.Rise)
	case past == s.Rise: // which may be the end, too
		return s.From
	}
	return between(s.From, s.To, along(w.From+s.Rise, w.To, t))
}
