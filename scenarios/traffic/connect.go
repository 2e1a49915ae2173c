package traffic

import (
	"context"
	"crypto/tls"
	"errors"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxHead bounds a response head, with the 1xx heads before it.
	maxHead = 256 << 10

	// maxIdle is how long a connection is kept unused. App servers close theirs
	// after 2 s (gunicorn), 5 s (Node, uvicorn) or more; one that they close just
	// as a request goes out on it looks like a reset, so we let go first.
	maxIdle = 1500 * time.Millisecond
)

// transport makes connections, each within the given time, and adds them to all. It
// takes no proxy from the environment, for a drill that went through one would measure
// it, and asks for no compression.
func (s *Sender) transport(within time.Duration, all *wires) *http.Transport {
	dial := dialer(s.Dial)
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	var spoken http.Protocols
	spoken.SetHTTP1(!s.H2C)
	spoken.SetUnencryptedHTTP2(s.H2C)
	return &http.Transport{
		Protocols:              &spoken,
		DialContext:            dial.within(within, all),
		DialTLSContext:         dial.secure().within(within, all),
		DisableKeepAlives:      s.Fresh,
		MaxIdleConnsPerHost:    s.limit(),
		IdleConnTimeout:        maxIdle,
		MaxResponseHeaderBytes: maxHead,
		DisableCompression:     true,
	}
}

// streamError is an HTTP/2 stream that was reset, of either side's doing. Those of
// net/http, which are not exported, turn into any type that has the same fields.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (streamError) Error() string { return "the stream was reset" }

// wasReset says whether the target ended the stream of a request in the midst of it,
// with its connection sound. What we end ourselves is what breaks the protocol.
//
// A request that the target says it has not looked at is not sent anew, for the app
// would see two; net/http has words for that alone.
func wasReset(err error) bool {
	const (
		protocolError = 1
		notLookedAt   = "http2: Transport: cannot retry err ["
	)
	if strings.HasPrefix(err.Error(), notLookedAt) {
		return true
	}
	e, ok := errors.AsType[streamError](err)
	return ok && e.Code != protocolError
}

type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// within makes a dialer that gives up after a time, and whose connections know
// whether they broke. A transport goes on dialling after the request that
// wanted the connection has ended.
func (dial dialer) within(limit time.Duration, all *wires) dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return all.add(c), nil
	}
}

// secure makes a dialer that speaks TLS on its connections.
func (dial dialer) secure() dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		host, _, _ := net.SplitHostPort(addr)
		t := tls.Client(c, &tls.Config{ServerName: host})
		if err := t.HandshakeContext(ctx); err != nil {
			c.Close()
			return nil, err
		}
		return t, nil
	}
}

// wire is a connection that remembers whether it broke. The errors of net/http
// do not tell a connection that broke from an answer that makes no sense. It
// lies above TLS, which has an end of its own that the one below does not see.
type wire struct {
	net.Conn
	among          *wires
	closed, broken atomic.Bool
}

// wires are connections that are open. The zero wires is none.
type wires struct {
	mu   sync.Mutex
	open map[*wire]bool
	over bool
}

// add gives a connection a place among them. After their end it is closed at once:
// nobody waits for it any more.
func (all *wires) add(c net.Conn) *wire {
	w := &wire{Conn: c, among: all}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.over {
		w.closed.Store(true)
		c.Close()
		return w
	}
	if all.open == nil {
		all.open = map[*wire]bool{}
	}
	all.open[w] = true
	return w
}

func (all *wires) remove(w *wire) {
	all.mu.Lock()
	defer all.mu.Unlock()
	delete(all.open, w)
}

// close closes all of them, also those whose transport is stuck in writing.
func (all *wires) close() {
	all.mu.Lock()
	left := slices.Collect(maps.Keys(all.open))
	all.over = true
	all.mu.Unlock()
	for _, w := range left {
		w.Close()
	}
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.note(err)
	return n, err
}

func (w *wire) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	w.note(err)
	return n, err
}

// Close is our side's doing: what fails after it says nothing about the other.
func (w *wire) Close() error {
	w.closed.Store(true)
	w.among.remove(w)
	return w.Conn.Close()
}

func (w *wire) note(err error) {
	if err != nil && !w.closed.Load() {
		w.broken.Store(true)
	}
}
