package faults

import (
	"bytes"
	"context"
	"io"
	"maps"
	"math"
	"mime"
	"net/http"
	"strings"
)

// landing makes the action of a stream fault: the next handler answers until the
// fault's place is reached, and then the effect takes over; nil is an orderly end
// there and then. Only good answers break: an error of the next handler stands.
func landing(effect action) action {
	return func(x *exchange) {
		at := x.kind.place(x.Fault.At)
		if at.Place == AtHeaders {
			x.report(AtHeaders)
			effect(x)
			return
		}
		ctx, cancel := context.WithCancel(x.r.Context())
		defer cancel()
		w := &breaking{ResponseWriter: x.w, x: x, at: at, effect: effect, stop: cancel}
		x.in.next.ServeHTTP(w, x.r.WithContext(ctx))
		w.close()
	}
}

// breaking is the writer of an answer that will break off.
type breaking struct {
	http.ResponseWriter
	x      *exchange
	at     At
	effect action
	stop   context.CancelFunc // tells the next handler that nobody reads on

	form   form
	status int
	events events       // of a stream, what is not yet an event
	body   bytes.Buffer // of any other body, all of it
	tokens int          // content events written
	total  int          // content events to come, 0: unknown
	landed bool
}

// A form is what sort of answer is being written.
type form int

const (
	formUnknown  form = iota // no head yet
	formOther                // passes as it is
	formStream               // server-sent events
	formDocument             // all else
)

// maxDocument bounds the answers whose middle is looked for. Longer ones pass.
const maxDocument = 8 << 20

// Unwrap lets [http.ResponseController] reach deadlines and the like.
func (b *breaking) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// ExpectTokens is told by the next handler how many content events will come.
func (b *breaking) ExpectTokens(n int) { b.total = n }

// WriteHeader decides by status and content type how the answer will break.
func (b *breaking) WriteHeader(status int) {
	if b.form != formUnknown {
		return
	}
	if status < 200 {
		b.ResponseWriter.WriteHeader(status)
		return
	}
	b.status, b.form = status, b.formOf(status)
	if b.form != formOther {
		// The length would give away, or forbid, what is left out.
		maps.DeleteFunc(b.Header(), func(name string, _ []string) bool { return strings.EqualFold(name, "Content-Length") })
	}
	if b.form != formDocument {
		b.ResponseWriter.WriteHeader(status)
	}
}

func (b *breaking) formOf(status int) form {
	switch {
	case status >= 300:
		return formOther
	case isEventStream(b.Header()):
		return formStream
	case b.x.kind.StreamOnly:
		return formOther
	}
	return formDocument
}

// isEventStream reads the content type under any spelling of its name: handlers
// that imitate a provider do not canonicalise.
func isEventStream(h http.Header) bool {
	for name, values := range h {
		if strings.EqualFold(name, "Content-Type") && len(values) > 0 {
			media, _, _ := mime.ParseMediaType(values[0])
			return media == "text/event-stream"
		}
	}
	return false
}

// Write fails with [io.ErrClosedPipe] where the fault keeps something of p from
// the client, so that the next handler can count what it sent.
func (b *breaking) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	switch {
	case b.landed:
		return 0, io.ErrClosedPipe
	case b.form == formStream:
		return b.writeStream(p)
	case b.form == formDocument:
		return b.hold(p)
	}
	return b.ResponseWriter.Write(p)
}

// Flush is FlushError for handlers that know [http.Flusher] alone.
func (b *breaking) Flush() { _ = b.FlushError() }

// FlushError sends on what is whole so far.
func (b *breaking) FlushError() error {
	b.WriteHeader(http.StatusOK)
	switch {
	case b.landed:
		return io.ErrClosedPipe
	case b.form == formDocument:
		return nil
	}
	return http.NewResponseController(b.ResponseWriter).Flush()
}

func (b *breaking) writeStream(p []byte) (int, error) {
	b.events.add(p)
	for ev := b.events.next(); ev != nil; ev = b.events.next() {
		if b.landed {
			return 0, io.ErrClosedPipe
		}
		if err := b.event(ev); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// event writes one event, or lands before or after it.
func (b *breaking) event(ev []byte) error {
	part := b.x.in.dialect.Part(b.x.look, ev)
	at, target := b.at.String(), b.target()
	switch {
	case part == Content && target == 0:
		b.land(at)
	case part == Finish && b.at.Place != AtTerminator:
		b.land(AtFinish)
	case part == Terminator:
		b.land(AtTerminator)
	}
	if b.landed {
		return io.ErrClosedPipe
	}
	if _, err := b.ResponseWriter.Write(ev); err != nil {
		return err
	}
	if part == Content {
		if b.tokens++; b.tokens == target {
			b.land(at)
		}
	}
	return nil
}

// target is how many content events go out before the fault lands; −1 when they
// do not decide it.
func (b *breaking) target() int {
	switch {
	case b.at.Place == AtFirstToken:
		return 0
	case b.at.Place == AtToken:
		return b.at.Token
	case b.at.Place == AtShare && b.total > 0:
		return int(math.Round(b.at.Share * float64(b.total)))
	}
	return -1
}

// hold keeps the body back, for its middle is known at its end.
func (b *breaking) hold(p []byte) (int, error) {
	if b.body.Len()+len(p) <= maxDocument {
		return b.body.Write(p)
	}
	b.form = formOther
	b.ResponseWriter.WriteHeader(b.status)
	if _, err := b.body.WriteTo(b.ResponseWriter); err != nil {
		return 0, err
	}
	return b.ResponseWriter.Write(p)
}

// close ends an answer that the next handler has ended.
func (b *breaking) close() {
	switch {
	case b.landed:
	case b.form == formStream:
		// Not every wire format has a terminator: there the end itself is one, and
		// an orderly end is nothing new.
		if _, err := b.ResponseWriter.Write(b.events.buf); err == nil && b.effect != nil {
			b.land(AtTerminator)
		}
	case b.form == formDocument:
		b.closeDocument()
	}
}

// closeDocument sends the head and the part of the body that is to be seen.
func (b *breaking) closeDocument() {
	b.ResponseWriter.WriteHeader(b.status)
	share := 0.5
	if b.at.Place == AtShare {
		share = b.at.Share
	}
	body := b.body.Bytes()
	if len(body) == 0 {
		return
	}
	n := min(int(share*float64(len(body))), len(body)-1) // something is always missing
	if _, err := b.ResponseWriter.Write(body[:n]); err == nil {
		b.land(percent(share))
	}
}

// land lets the effect take over, unless the client left first.
func (b *breaking) land(at string) {
	b.landed = true
	if b.x.r.Context().Err() != nil {
		return
	}
	b.x.flush() // also what a client gets that is then cut off
	b.x.report(at)
	b.stop()
	if b.effect != nil {
		b.effect(b.x)
	}
}
