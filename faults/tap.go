package faults

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// An editor makes of a good answer what its kind makes of it.
type editor interface {
	// event takes the next event of a stream, with its blank line. Its error tells
	// the next handler that nobody reads on.
	event(ev []byte) error
	// document takes the whole body of any other answer.
	document(body []byte)
	// end comes after the last event, with what is left that is none.
	end(rest []byte)
}

// through lets the next handler answer into an editor. Only good answers are
// edited: an error of the next handler stands.
func through(x *exchange, edit func(*tap) editor) {
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	t := &tap{ResponseWriter: x.w, x: x, stop: cancel}
	t.edit = edit(t)
	t.serve(ctx)
	t.close()
}

// serve lets the next handler answer. A reverse proxy that cannot write on aborts
// the whole answer; when the fault has ended it already, it stays as it is.
func (t *tap) serve(ctx context.Context) {
	defer func() {
		p := recover()
		err, _ := p.(error)
		if p == nil || t.settled && errors.Is(err, http.ErrAbortHandler) {
			return
		}
		panic(p)
	}()
	t.x.in.next.ServeHTTP(t, t.x.r.WithContext(ctx))
}

// A tap is the writer through which an answer reaches its editor, in whole events
// or as a whole.
type tap struct {
	http.ResponseWriter
	x    *exchange
	edit editor
	stop context.CancelFunc // tells the next handler that nobody reads on

	atHead func() // takes the answer over when its head is sent; nil: nothing does

	form   form
	status int
	events events       // of a stream, what is not yet an event
	body   bytes.Buffer // of any other body, all of it
	total  int          // content events to come, 0: unknown
	landed bool

	settled bool // the fault has done all that it does
}

// A form is what sort of answer is being written.
type form int

const (
	formUnknown  form = iota // no head yet
	formOther                // passes as it is
	formStream               // server-sent events
	formDocument             // all else
)

// maxDocument bounds the answers that are held back whole. Longer ones pass.
const maxDocument = 8 << 20

// Unwrap lets [http.ResponseController] reach deadlines and the like.
func (t *tap) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// ExpectTokens is told by the next handler how many content events will come.
func (t *tap) ExpectTokens(n int) { t.total = n }

// WriteHeader decides by status and content type how the answer is read.
func (t *tap) WriteHeader(status int) {
	if t.form != formUnknown {
		return
	}
	if status < 200 {
		t.ResponseWriter.WriteHeader(status)
		return
	}
	t.status, t.form = status, t.formOf(status)
	if t.form != formOther {
		// The length would give away, or forbid, what is left out.
		maps.DeleteFunc(t.Header(), func(name string, _ []string) bool { return strings.EqualFold(name, "Content-Length") })
	}
	if t.form == formDocument && t.atHead == nil {
		return
	}
	t.ResponseWriter.WriteHeader(status)
	if t.form != formOther && t.atHead != nil {
		t.atHead()
	}
}

func (t *tap) formOf(status int) form {
	switch {
	case status >= 300:
		return formOther
	case isEventStream(t.Header()):
		return formStream
	case t.x.kind.StreamOnly:
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
func (t *tap) Write(p []byte) (int, error) {
	t.WriteHeader(http.StatusOK)
	switch {
	case t.landed:
		return 0, io.ErrClosedPipe
	case t.form == formStream:
		return t.writeStream(p)
	case t.form == formDocument:
		return t.hold(p)
	}
	return t.ResponseWriter.Write(p)
}

// Flush is FlushError for handlers that know [http.Flusher] alone.
func (t *tap) Flush() { _ = t.FlushError() }

// FlushError sends on what is whole so far.
func (t *tap) FlushError() error {
	t.WriteHeader(http.StatusOK)
	switch {
	case t.landed:
		return io.ErrClosedPipe
	case t.form == formDocument:
		return nil
	}
	return http.NewResponseController(t.ResponseWriter).Flush()
}

func (t *tap) writeStream(p []byte) (int, error) {
	t.events.add(p)
	for ev := t.events.next(); ev != nil; ev = t.events.next() {
		if t.landed {
			return 0, io.ErrClosedPipe
		}
		if err := t.edit.event(ev); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// hold keeps the body back, for what it is shows at its end.
func (t *tap) hold(p []byte) (int, error) {
	if t.body.Len()+len(p) <= maxDocument {
		return t.body.Write(p)
	}
	t.form = formOther
	t.ResponseWriter.WriteHeader(t.status)
	if _, err := t.body.WriteTo(t.ResponseWriter); err != nil {
		return 0, err
	}
	return t.ResponseWriter.Write(p)
}

// close ends an answer that the next handler has ended.
func (t *tap) close() {
	switch {
	case t.landed:
	case t.form == formStream:
		t.edit.end(t.events.buf)
	case t.form == formDocument:
		t.edit.document(t.body.Bytes())
	}
}

// sendWhole sends a body under the head that was held back.
func (t *tap) sendWhole(body []byte) {
	t.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	t.ResponseWriter.WriteHeader(t.status)
	_, _ = t.ResponseWriter.Write(body) // a client that left needs no answer
}

// land lets the effect take over, nil for an orderly end, unless the client left
// first.
func (t *tap) land(at string, effect action) {
	t.landed = true
	if t.x.r.Context().Err() != nil {
		return
	}
	t.x.flush() // also what a client gets that is then cut off
	t.x.report(at)
	t.stop()
	if effect != nil {
		effect(t.x)
	}
	t.settled = true
}
