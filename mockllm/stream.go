package mockllm

import (
	"errors"
	"net/http"
)

// stream writes the events of an answer, each with one Write. What is due at one
// moment leaves together, when the exchange pauses or ends: as a provider's own
// events do that are made at one time.
type stream struct{ x *exchange }

// open sends the head, which is in place, of a stream that will have so many content
// events. It tells the number to a writer that has ExpectTokens, or wraps one that has:
// who breaks a stream at a share of it must know its length.
func (x *exchange) open(contentEvents int) stream {
	for w := x.w; ; {
		if e, ok := w.(interface{ ExpectTokens(n int) }); ok {
			e.ExpectTokens(contentEvents)
			break
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = u.Unwrap()
	}
	x.writeHead(http.StatusOK)
	x.streaming = http.NewResponseController(x.w)
	return stream{x}
}

// send writes an event and says whether anybody still takes it: not when what
// stands before the client took the answer over.
func (s stream) send(event []byte) bool {
	_, err := s.x.w.Write(event)
	return err == nil
}

// flush sends on what a stream has written, if the answer is one, and says whether
// anybody still takes it.
func (x *exchange) flush() bool {
	if x.streaming == nil {
		return true
	}
	x.flushed = true
	err := x.streaming.Flush()
	return err == nil || errors.Is(err, http.ErrNotSupported)
}

// serve answers as was understood. A stream that never paused is sent here, before
// net/http could give it a length.
func (x *exchange) serve(p *parsed) {
	p.serve(x)
	if !x.flushed {
		x.flush()
	}
}

// content writes an event that carries tokens.
func (s stream) content(event []byte, tokens int) bool {
	ok := s.send(event)
	if ok {
		s.x.content(tokens)
	}
	return ok
}

// finish writes the event that says how the answer ended.
func (s stream) finish(event []byte, how string) bool {
	ok := s.send(event)
	if ok {
		s.x.served.Finish = how
	}
	return ok
}
