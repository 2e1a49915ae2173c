package faults

import (
	"sync/atomic"
	"time"
)

// A Link is one connection through a proxy: what the transport faults make of
// the bytes and the ends of its two directions. The proxy reads and writes them.
type Link struct {
	n      int // n-th of the proxy, from 1
	show   func() *Show
	left   chan struct{}         // closed when the client has ended
	served chan struct{}         // closed when the provider has ended
	dead   atomic.Pointer[Fault] // of what it died; nil: it lives
	ends   atomic.Int32          // directions that have ended
	blows  blows

	// Of the way to the client alone.
	carried int       // bytes
	free    time.Time // when a trickle lets the next bytes through
}

// NewLink is the n-th connection that a proxy accepted, from 1, just now. Show is
// what is played at the moment; nil is nothing. Struck is told of its blows when both
// ends have ended; nil: nobody is told.
func NewLink(n int, show func() *Show, struck func(Blow)) *Link {
	l := &Link{
		n: n, show: show, left: make(chan struct{}), served: make(chan struct{}),
		blows: blows{opened: time.Now(), tell: struck},
	}
	l.severed()
	return l
}

// Left is closed when the client has ended.
func (l *Link) Left() <-chan struct{} { return l.left }

// Served is closed when the provider has ended.
func (l *Link) Served() <-chan struct{} { return l.served }

// Up carries what came from the client at a moment to the provider, by a call of
// pass, which says whether it could. Up says whether the direction goes on.
func (l *Link) Up(data []byte, at time.Time, pass func([]byte) bool) bool {
	if by := l.silencer(l.effect(at)); by != nil {
		l.blows.take(by, "request", at, len(data))
		return true
	}
	return pass(data)
}

// Down carries what came from the provider at a moment to the client, by calls
// of pass, as Up does. What is late is so by its own arrival: a burst waits once,
// and order and throughput stay, when the proxy reads on meanwhile.
func (l *Link) Down(data []byte, at time.Time, pass func([]byte) bool) bool {
	effect := l.effect(at)
	if l.silent(effect) {
		return true
	}
	if effect.Late > 0 {
		l.blows.take(effect.by, "answer", at, 0)
		if !l.waitUntil(at.Add(effect.Late)) {
			return false
		}
		if l.silent(l.effect(time.Now())) {
			return true
		}
	}
	whole := effect.Limit == 0 || l.carried+len(data) <= effect.Limit
	if !whole {
		l.blows.take(effect.by, "answer", at, 0)
		data = data[:max(effect.Limit-l.carried, 0)]
	}
	l.carried += len(data)
	if slow := l.effect(time.Now()); slow.Rate > 0 {
		l.blows.take(slow.by, "answer", at, 0)
		return l.trickle(data, slow.Rate, pass) && whole
	}
	return pass(data) && whole
}

// trickle sends bytes on in pieces of a twentieth of a second.
func (l *Link) trickle(data []byte, rate int, pass func([]byte) bool) bool {
	for piece := max(rate/20, 1); len(data) > 0; {
		n := min(piece, len(data))
		if now := time.Now(); l.free.Before(now) {
			l.free = now
		}
		l.free = l.free.Add(time.Duration(n) * time.Second / time.Duration(rate))
		if !l.waitUntil(l.free) || !pass(data[:n]) {
			return false
		}
		data = data[n:]
	}
	return true
}

// EndUp is the end of what comes from the client: the proxy tells the provider
// of it then. In a blackhole too, where in life that takes long; else the
// provider's connections would pile up.
func (l *Link) EndUp() {
	l.severed()
	close(l.left)
	l.end()
}

// EndDown is the end of what comes from the provider. It returns when the proxy
// may tell the client, which in a blackhole has to find out by itself.
func (l *Link) EndDown() {
	l.severed()
	close(l.served)
	if l.silencer(l.effect(time.Now())) != nil {
		<-l.left
	}
	now := time.Now()
	if effect := l.effect(now); effect.LateClose > 0 && !l.hasLeft() {
		l.blows.take(effect.by, "end", now, 0)
		l.waitUntil(now.Add(effect.LateClose))
	}
	l.end()
}

// end tells what befell the connection when both directions have ended.
func (l *Link) end() {
	if l.ends.Add(1) == 2 {
		l.blows.over()
	}
}

// severed notes a fault that no connection outlives, if one is played: whatever opens
// then is under it, and whatever ends then was ended by it.
func (l *Link) severed() {
	now := time.Now()
	if by := l.show().severs(now); by != nil && !l.hasLeft() {
		l.blows.take(by, "connection", now, 0)
	}
}

func (l *Link) hasLeft() bool {
	select {
	case <-l.left:
		return true
	default:
		return false
	}
}

// effect is what hits the connection at the moment.
func (l *Link) effect(at time.Time) Effect { return l.show().effect(l.n, at) }

// silencer is the fault that swallows what an effect hits; nil: it comes through.
//
// A connection that lost something to a blackhole is dead from then on, both
// ways and also when the window has closed: as when a load balancer or a NAT has
// forgotten it, which is what such outages leave in the pools of clients. (Plain
// packet loss would be made good by TCP once the window closes; and a stream
// with a hole in it must not go on.) Who sends nothing while the window is open
// loses nothing.
func (l *Link) silencer(effect Effect) *Fault {
	if effect.Silent {
		l.dead.CompareAndSwap(nil, effect.by)
	}
	return l.dead.Load()
}

// silent says whether what the provider says is swallowed.
func (l *Link) silent(effect Effect) bool {
	by := l.silencer(effect)
	if by != nil && !l.hasLeft() {
		l.blows.take(by, "answer", time.Now(), 0)
	}
	return by != nil
}

// waitUntil waits unless the client ends first, as it does when the proxy stops:
// then it says false.
func (l *Link) waitUntil(t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.left:
		return false
	}
}
