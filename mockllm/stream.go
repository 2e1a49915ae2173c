package mockllm

import (
	"errors"
	"net/http"
)

// stream writes the events of an answer, each with one Write and flushed at once.
type stream struct {
	x    *exchange
	ctrl *http.ResponseController
}

// open sends the head of a stream that will have so many content events. It tells
// the number to a writer that has ExpectTokens, or wraps one that has: who breaks a
// stream at a share of it must know its length.
func (x *exchange) open(h head, contentEvents int) stream {
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
	x.writeHead(http.StatusOK, h)
	return stream{x, http.NewResponseController(x.w)}
}

// send writes an event and says whether anybody still takes it: not when what
// stands before the client took the answer over.
func (s stream) send(event []byte) bool {
	if _, err := s.x.w.Write(event); err != nil {
		return false
	}
	err := s.ctrl.Flush()
	return err == nil || errors.Is(err, http.ErrNotSupported)
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
