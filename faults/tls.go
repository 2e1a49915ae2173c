package faults

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// TLSOptions are what a [TLSListener] is told once. The zero value works.
type TLSOptions struct {
	Seed  uint64
	Hosts []string // names and addresses of the provider, beside those of loopback
	// Hit is told of each connection that a fault has, on the connection's
	// goroutine. Nil: nobody is told.
	Hit func(Hit)
	// Refused is told why a client ended a handshake with an alert, most often
	// because it does not trust the [Authority]. Nil: nobody is told.
	Refused func(error)
	// Struck is told of what each fault did to each connection, when that has ended or
	// speaks TLS all the same, on its goroutine. Nil: nobody is told.
	Struck func(Blow)
}

// A TLSListener stands on a provider's listener, makes its connections safe and
// performs the TLS faults. What it accepts has its handshake behind it, and
// speaks HTTP/1.1: the faults that break a connection need one for each request,
// which HTTP/2 has not, and SDKs speak HTTP/1.1 of their own accord.
//
// A share is a part of the connections: each draws for itself, as the n-th that
// was accepted. Every connection has a whole handshake, for a resumed one shows
// no certificate. Those that are open when a window opens go on.
type TLSListener struct {
	inner   net.Listener
	opts    TLSOptions
	configs map[string]*tls.Config // by kind; "" is as it should be
	now     atomic.Pointer[greeting]
	ready   chan accepted
	open    context.Context // ends with Close
	close   context.CancelFunc
	begun   sync.WaitGroup // the accept loop, and connections whose handshake is not over
}

// accepted is what Accept returns.
type accepted struct {
	conn net.Conn
	err  error
}

// A greeting is what one call of Play asked for. It does not change.
type greeting struct {
	start   time.Time
	windows []Window
	over    context.Context // ends with the next call of Play
	end     context.CancelFunc
}

// maxHandshake is how long a client may take for its part of a handshake, and
// maxHello how much it may say before it is answered: a record.
const (
	maxHandshake = 10 * time.Second
	maxHello     = 16 << 10
)

// ListenTLS speaks TLS on a listener, with certificates that ca signs. Until
// [TLSListener.Play] nothing fails. It owns inner from now on.
func ListenTLS(inner net.Listener, ca *Authority, opts TLSOptions) (*TLSListener, error) {
	hosts := append([]string{"localhost", "127.0.0.1", "::1"}, opts.Hosts...)
	l := &TLSListener{inner: inner, opts: opts, configs: map[string]*tls.Config{}, ready: make(chan accepted)}
	for _, c := range []struct {
		kind          string
		hosts         []string
		before, after time.Duration
	}{
		{"", hosts, leafBefore, leafAfter},
		{certExpired, hosts, expiredBefore, -expiredSince},
		{certWrongHost, []string{anotherHost}, leafBefore, leafAfter},
	} {
		certificate, err := ca.sign(c.hosts, c.before, c.after)
		if err != nil {
			return nil, err
		}
		l.configs[c.kind] = &tls.Config{
			Certificates:           []tls.Certificate{certificate},
			MinVersion:             tls.VersionTLS12,
			NextProtos:             []string{"http/1.1"},
			SessionTicketsDisabled: true,
		}
	}
	l.open, l.close = context.WithCancel(context.Background())
	l.Play(time.Now(), nil)
	l.begun.Go(l.greetAll)
	return l, nil
}

// Play performs the TLS windows among windows, given in file order, from start
// on, in place of what was performed so far; nil heals. Connections are counted
// on, and those that a handshake_stall holds draw again.
func (l *TLSListener) Play(start time.Time, windows []Window) {
	next := &greeting{start: start}
	for _, w := range windows {
		if w.Fault.TLS() {
			next.windows = append(next.windows, w)
		}
	}
	next.over, next.end = context.WithCancel(context.Background())
	if last := l.now.Swap(next); last != nil {
		last.end()
	}
}

// Accept waits for a connection whose handshake is over.
func (l *TLSListener) Accept() (net.Conn, error) {
	select {
	case next := <-l.ready:
		return next.conn, next.err
	case <-l.open.Done():
		return nil, net.ErrClosed
	}
}

// Addr is the inner listener's.
func (l *TLSListener) Addr() net.Addr { return l.inner.Addr() }

// Close stops listening and closes the connections that Accept has not given
// out. When it returns, nothing of the listener is under way any more.
func (l *TLSListener) Close() error {
	l.close()
	err := l.inner.Close()
	l.begun.Wait()
	l.now.Load().end()
	return err
}

// greetAll accepts connections until the listener is closed.
func (l *TLSListener) greetAll() {
	for n := 1; ; n++ {
		c, err := l.inner.Accept()
		if err == nil {
			l.begun.Go(func() { l.greet(c, n) })
			continue
		}
		if n--; !l.give(nil, err) {
			return
		}
	}
}

// give hands a connection to Accept, and says whether anybody took it.
func (l *TLSListener) give(c net.Conn, err error) bool {
	select {
	case l.ready <- accepted{c, err}:
		return true
	case <-l.open.Done():
		return false
	}
}

// greet takes the n-th connection through its handshake.
func (l *TLSListener) greet(c net.Conn, n int) {
	stop := context.AfterFunc(l.open, func() { c.Close() })
	defer stop()
	met := blows{opened: time.Now(), tell: l.opts.Struck}
	defer met.over()
	held := &heldConn{Conn: c}
	config := l.fate(held, n, &met)
	if config == nil {
		met.lost(held.said)
		return
	}
	t := tls.Server(held, config)
	ctx, cancel := context.WithTimeout(l.open, maxHandshake)
	defer cancel()
	err := t.HandshakeContext(ctx)
	if err == nil && l.give(t, nil) {
		return
	}
	if err != nil {
		met.lost(held.said)
	}
	if plain, ok := errors.AsType[tls.RecordHeaderError](err); ok && plain.Conn != nil {
		_, _ = io.WriteString(plain.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nThis provider speaks TLS: call it at https://.\n")
	}
	c.Close()
	if failed, ok := errors.AsType[*net.OpError](err); ok && failed.Op == "remote error" && l.opts.Refused != nil {
		l.opts.Refused(err)
	}
}

// fate is with which certificate the n-th connection is answered. One that is
// stalled is held until it is not; nil when there is nobody left to answer.
func (l *TLSListener) fate(c *heldConn, n int, met *blows) *tls.Config {
	for {
		g := l.now.Load()
		t := time.Since(g.start)
		i := slices.IndexFunc(g.windows, func(w Window) bool { return w.takes(l.opts.Seed, n, t) })
		if i < 0 {
			return l.configs[""]
		}
		w := g.windows[i]
		met.take(w.Fault, "handshake", time.Now(), 0)
		if l.opts.Hit != nil {
			l.opts.Hit(Hit{Key: w.Fault.Key, Kind: w.Fault.Kind, At: "handshake"})
		}
		if w.Fault.Kind != handshakeStall {
			return l.configs[w.Fault.Kind]
		}
		if !c.hold(g, w.Next(t)) {
			return nil
		}
	}
}

// A heldConn is a connection of which something may have been read ahead. It counts
// what its client says.
type heldConn struct {
	net.Conn
	ahead []byte
	said  int // bytes, those read ahead among them
}

// hold leaves a connection unanswered until a moment on the greeting's clock, or
// its end, and says whether it goes on. The client's words are read meanwhile: only
// so is it known when it leaves. Then, and when it says more than any client of TLS,
// the connection is closed.
func (c *heldConn) hold(g *greeting, until time.Duration) bool {
	_ = c.SetReadDeadline(g.start.Add(until))
	woken := make(chan struct{})
	stop := context.AfterFunc(g.over, func() {
		_ = c.SetReadDeadline(time.Unix(1, 0))
		close(woken)
	})
	hello := make([]byte, maxHello)
	known := copy(hello, c.ahead)
	n, err := io.ReadFull(c.Conn, hello[known:])
	c.ahead = hello[:known+n]
	c.said += n
	if !stop() {
		<-woken // else it could set its deadline after ours
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		c.Close()
		return false
	}
	_ = c.SetReadDeadline(time.Time{})
	return true
}

func (c *heldConn) Read(b []byte) (int, error) {
	if len(c.ahead) > 0 {
		n := copy(b, c.ahead)
		c.ahead = c.ahead[n:]
		return n, nil
	}
	n, err := c.Conn.Read(b)
	c.said += n
	return n, err
}

// SetLinger is the connection's own, for faults that reset it.
func (c *heldConn) SetLinger(seconds int) error {
	if inner, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
		return inner.SetLinger(seconds)
	}
	return errors.ErrUnsupported
}
