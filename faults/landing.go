package faults

import (
	"io"
	"math"
)

// landing makes the action of a stream fault: the next handler answers until the
// fault's place is reached, and then the effect takes over; nil is an orderly end
// there and then.
func landing(effect action) action {
	return func(x *exchange) {
		at := x.kind.place(x.Fault.At)
		if at.Place == AtHeaders {
			x.report(AtHeaders)
			effect(x)
			return
		}
		through(x, func(t *tap) editor { return &breaking{tap: t, at: at, effect: effect} })
	}
}

// breaking is what an answer goes through that will break off.
type breaking struct {
	*tap
	at     At
	effect action
	tokens int // content events written
}

// event writes one event, or lands before or after it.
func (b *breaking) event(ev []byte) error {
	part := b.x.in.dialect.Part(b.x.look, ev)
	at, target := b.at.String(), b.target(b.at)
	switch {
	case part == Content && target == 0:
		b.land(at, b.effect)
	case part == Finish && b.at.Place != AtTerminator:
		b.land(AtFinish, b.effect)
	case part == Terminator:
		b.land(AtTerminator, b.effect)
	}
	if b.landed {
		return io.ErrClosedPipe
	}
	if _, err := b.ResponseWriter.Write(ev); err != nil {
		return err
	}
	if part == Content {
		if b.tokens++; b.tokens == target {
			b.land(at, b.effect)
		}
	}
	return nil
}

// target is how many content events go out before the place is reached; −1 when
// they do not decide it.
func (t *tap) target(at At) int {
	switch {
	case at.Place == AtFirstToken:
		return 0
	case at.Place == AtToken:
		return at.Token
	case at.Place == AtShare && t.total > 0:
		return int(math.Round(at.Share * float64(t.total)))
	}
	return -1
}

// end finds a stream that is at its end and has not broken. Not every wire format
// has a terminator: there the end itself is one, and an orderly end is nothing
// new.
func (b *breaking) end(rest []byte) {
	if _, err := b.ResponseWriter.Write(rest); err == nil && b.effect != nil {
		b.land(AtTerminator, b.effect)
	}
}

// document sends the head and the part of the body that is to be seen.
func (b *breaking) document(body []byte) {
	b.ResponseWriter.WriteHeader(b.status)
	share := 0.5
	if b.at.Place == AtShare {
		share = b.at.Share
	}
	if len(body) == 0 {
		return
	}
	n := min(int(share*float64(len(body))), len(body)-1) // something is always missing
	if _, err := b.ResponseWriter.Write(body[:n]); err == nil {
		b.land(percent(share), b.effect)
	}
}
