package faults

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An action performs a kind on a request that drew it.
type action func(*exchange)

// An exchange is one request that drew a fault.
type exchange struct {
	*scene
	in      *Injector
	look    Look
	attempt int           // the n-th with its nonce, or that the fault matches; from 1
	t       time.Duration // when it arrived, since the start
	w       http.ResponseWriter
	r       *http.Request
}

// param is a setting of the exchange's fault, or its kind's default.
func param[T any](x *exchange, name string) T {
	if v, ok := x.Fault.Params[name].(T); ok {
		return v
	}
	var v T
	for _, p := range x.kind.Params {
		if p.Name == name && p.Default != nil {
			v, _ = p.Default.(T)
		}
	}
	return v
}

// report tells that the fault is applied, and where.
func (x *exchange) report(at string) { x.reportWait(at, Wait{}) }

func (x *exchange) reportWait(at string, wait Wait) {
	if x.in.opts.Hit == nil {
		return
	}
	h := Hit{Key: x.Fault.Key, Kind: x.kind.Name, At: at}
	if wait.For > 0 {
		h.RetryAfter = &wait.For
		h.RetryAfterDate = wait.Form == "date"
	}
	x.in.opts.Hit(x.r, h)
}

// answer words the failure and sends it as the whole answer.
func (x *exchange) answer(f Failure) {
	f.Class = x.kind.Name
	x.send(x.in.dialect.Answer(x.look, f))
}

// send sends a whole answer.
func (x *exchange) send(a Answer) {
	h := x.w.Header()
	for name, values := range a.Header {
		switch {
		case strings.EqualFold(name, "Content-Length"):
			continue // known better below
		case strings.EqualFold(name, "Content-Type"), strings.EqualFold(name, "Date"):
			// net/http knows these by their canonical names alone and would add its
			// own beside a lower-case one.
			h[http.CanonicalHeaderKey(name)] = nil
		}
		h[name] = values
	}
	h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	x.w.WriteHeader(a.Status)
	_, _ = x.w.Write(a.Body) // a client that left needs no answer
}

// wait passes the time and says whether the client is still there.
func (x *exchange) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-x.r.Context().Done():
		return false
	}
}

// flush sends what was written so far on its way.
func (x *exchange) flush() {
	_ = http.NewResponseController(x.w).Flush() // a client that left misses nothing
}

// hijack takes the connection over, to break it.
func (x *exchange) hijack() net.Conn {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn
}
