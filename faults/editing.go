package faults

import (
	"bytes"
	"time"
)

// altering makes the action of a fault that the dialect words event by event:
// what it says where the answer is altered.
func altering(at string) action {
	return func(x *exchange) {
		f := Failure{Class: x.kind.Name, Variant: param[string](x, "is")}
		through(x, func(t *tap) editor { return &alteration{tap: t, at: at, failure: f} })
	}
}

// alteration is what an answer goes through that the dialect alters.
type alteration struct {
	*tap
	at       string
	failure  Failure
	reported bool
}

func (a *alteration) event(ev []byte) error {
	_, err := a.ResponseWriter.Write(a.alter(ev))
	return err
}

func (a *alteration) end(rest []byte)      { _, _ = a.ResponseWriter.Write(rest) }
func (a *alteration) document(body []byte) { a.sendWhole(a.alter(body)) }

// alter reports the fault where it first shows. An answer that has nothing to
// alter is not hit.
func (a *alteration) alter(b []byte) []byte {
	altered := a.x.in.dialect.Alter(a.x.look, b, a.failure)
	if !a.reported && !bytes.Equal(altered, b) {
		a.reported = true
		a.x.report(a.at)
	}
	return altered
}

// split tears every event at a byte of its own, and sends the parts apart.
func split(x *exchange) {
	x.report(AtHeaders)
	through(x, func(t *tap) editor { return &tearing{tap: t} })
}

// tearing is what an answer goes through whose events are torn.
type tearing struct {
	*tap
	events int
}

// apart is how long a torn event's parts are apart, so that they do not meet again
// on their way.
const apart = time.Millisecond

func (t *tearing) event(ev []byte) error {
	t.events++
	luck := Draw(t.x.in.opts.Seed, t.x.Fault.Key+"\x00split", t.x.look.Nonce, t.events)
	at := min(1+int(luck*float64(len(ev)-1)), len(ev))
	if _, err := t.ResponseWriter.Write(ev[:at]); err != nil {
		return err
	}
	t.x.flush()
	t.x.wait(apart)
	_, err := t.ResponseWriter.Write(ev[at:])
	return err
}

func (t *tearing) end(rest []byte) { _, _ = t.ResponseWriter.Write(rest) }

// document is never called: the kind touches streams alone.
func (t *tearing) document(body []byte) { t.sendWhole(body) }

// noClose lets a stream end and holds its connection.
func noClose(x *exchange) {
	through(x, func(t *tap) editor { return &holding{t} })
}

// holding is what a stream goes through after whose end nothing happens.
type holding struct{ *tap }

func (h *holding) event(ev []byte) error {
	_, err := h.ResponseWriter.Write(ev)
	return err
}

func (h *holding) end(rest []byte) {
	if _, err := h.ResponseWriter.Write(rest); err == nil {
		h.land(atEnd, stall)
	}
}

// document is never called: the kind touches streams alone.
func (h *holding) document(body []byte) { h.sendWhole(body) }

// headersOnly lets the head of an answer through and nothing more.
func headersOnly(x *exchange) {
	through(x, func(t *tap) editor {
		t.atHead = func() { t.land(atBody, stall) }
		return &holding{t}
	})
}

// Where faults land that take no place.
const (
	atEnd   = "end"   // after the terminator
	atBody  = "body"  // after the head
	atUsage = "usage" // at the bill
)
