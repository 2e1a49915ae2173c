package traffic

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// overflow is why a request was dropped at the cap on those under way.
const overflow = "in_flight"

// How a request ended.
const (
	complete  = "complete"
	timeout   = "timeout"
	cutOff    = "cut"     // the connection broke after the head
	refused   = "refused" // no connection
	resetHead = "reset"   // the connection broke before the head
	stopped   = "stopped" // the drill; also of requests that were not sent
	invalid   = "invalid" // an answer that breaks HTTP or its own framing
)

// A link is what requests are sent over: one transport, one beginning of time.
type link struct {
	ctx       context.Context // done: the drill stops
	start     time.Time
	now       func() time.Duration // since
	transport *http.Transport
	wires     wires     // of the transport
	courses   []*course // nil where errs has one
	errs      []error   // what keeps a journey from being sent at all
	words     func(Due) ask.Words
	h2c       bool
	keep      int // of a reply's beginning
	users     *accounts
	aside     *aside // nil: nothing goes on beside what is sent
	logging   func() (ended func())
	secret    func(value string)
}

// open makes the journeys ready and a transport that nobody else uses.
func (s *Sender) open(ctx context.Context, start time.Time) *link {
	l := &link{
		ctx: ctx, start: start, words: s.Fill, h2c: s.H2C, keep: cmp.Or(s.Keep, DefaultKeep),
		users: &s.users, logging: s.Login, secret: s.Secret,
	}
	l.now = l.since
	if l.words == nil {
		l.words = func(Due) ask.Words { return ask.Words{} }
	}
	if l.logging == nil {
		l.logging = func() func() { return func() {} }
	}
	if l.secret == nil {
		l.secret = func(string) {}
	}
	longest := time.Duration(0)
	for _, j := range s.Journeys {
		c, err := newCourse(s.Target, j)
		l.courses, l.errs = append(l.courses, c), append(l.errs, err)
		if c != nil {
			longest = max(longest, c.timeout)
		}
	}
	// A request must not end because of its dial before its own time is over.
	l.transport = s.transport(longest+time.Second, &l.wires)
	return l
}

// close ends what is left: kept connections, those of an app that neither answers nor
// reads, and dials that nobody waits for.
func (l *link) close() {
	l.transport.CloseIdleConnections()
	l.wires.close()
}

// since is the moment now.
func (l *link) since() time.Duration { return time.Since(l.start) }

// unsent is the result of a request that was not sent.
func unsent(d Due, why string) Result {
	return Result{Due: d, Seen: reply.Seen{First: -1}, Sent: -1, Ended: -1, Dropped: why}
}

// send sends a request now and returns when it has ended.
func (l *link) send(d Due, h *hand) Result {
	c, err := l.courses[d.Journey], l.errs[d.Journey]
	if err != nil {
		res := unsent(d, "")
		res.How, res.Err = invalid, err
		return res
	}
	v := visit{link: l, course: c, due: d, words: l.words(d), hand: h, account: l.users.of(c, d)}
	return v.pay()
}

// A hand is what a worker sends one request after another with.
type hand struct {
	scratch reply.Scratch
	trace   httptrace.ClientTrace // of the request under way, told before its round trip ends
	asked   bool                  // the transport wanted a connection
	wire    *wire                 // and got this one
}

func newHand() *hand {
	h := new(hand)
	h.trace.GetConn = func(string) { h.asked = true }
	h.trace.GotConn = func(got httptrace.GotConnInfo) { h.wire, _ = got.Conn.(*wire) }
	return h
}

// flight is one request under way.
type flight struct {
	*link
	*hand
	reader *reply.Reader
	seen   reply.Seen
	alive  func() // told of the first sign of life; nil: nobody is
	jar    *jar   // of who sends it; nil: no cookies are kept
}

// fly sends the request and reads the reply. A redirect is a reply like others.
func (f *flight) fly(req *http.Request) error {
	f.seen = f.reader.None()
	if f.h2c && req.Body == http.NoBody {
		// HTTP/2 sends a request without any body anew, and on for ever, when a server
		// says that it has not looked at it.
		req.Body = io.NopCloser(strings.NewReader(""))
	}
	resp, err := f.transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if f.jar != nil {
		f.jar.take(resp.Header, f.secret)
	}
	f.seen, err = f.reader.Read(resp, reply.By{Now: f.now, Alive: f.alive, Keep: f.keep, Scratch: &f.scratch})
	return err
}

// how tells the way in which a request ended.
func (f *flight) how(ctx context.Context, err error) string {
	switch {
	case err == nil:
		return complete
	case f.ctx.Err() != nil:
		return stopped
	case errors.Is(err, reply.ErrInvalid):
		return invalid
	case ctx.Err() != nil:
		return timeout
	case f.wire == nil && f.asked:
		return refused
	case f.wire == nil || !f.wire.broken.Load() && !wasReset(err):
		return invalid
	case f.seen.Status != 0:
		return cutOff
	}
	return resetHead
}
