// Package egress keeps an app that is drilled away from the real providers. A
// [Guard] is a proxy on loopback which the app learns of by its environment: what
// the app sends to a host of [Providers] is refused and told, all else goes through
// as it was.
//
//	guard, err := egress.Start(egress.Options{Environ: os.Environ(), Dir: dir, Refused: note})
//	…
//	cmd.Env = append(os.Environ(), guard.Env()...)
//	…
//	guard.Close()
//
// Not every client reads the variables. Node and Python get a few lines of code
// besides, which bring what they send to those hosts here; README.md says which
// clients are held by what, and which are not.
package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// Options say what a guard lets through.
type Options struct {
	// Environ is what the app's environment would be without the guard, as NAME=value.
	// A proxy that it names is chained through.
	Environ []string
	// Dir is a directory for files that the app's interpreters read. Whoever made it
	// removes it.
	Dir string
	// Direct are hosts that the app calls past the guard, beside localhost and
	// 127.0.0.1: the mocks'.
	Direct []string
	// Refused is told of connections that were refused: of the first to a host at
	// once, of more every second at most and at the end. One call at a time.
	Refused func(Refusal)
	// Answer says who answers in a provider's place; nil, and where it returns nil: the
	// connection is refused.
	Answer func(host string, p Provider) *Answer
	// CA is the certificate, as PEM, of the authority that signs for Answer, and
	// CAVariables name the files of whom clients trust. Without CA none is set.
	CA          []byte
	CAVariables []string
	// Dial is how the guard reaches the outside; nil: the machine's own network.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// A Refusal counts connections to one host of a provider.
type Refusal struct {
	Host  string // a row's pattern, when there were too many hosts to keep apart
	At    time.Time
	Count int // since the last that was told
	Provider
}

// A Guard stands between an app and the world.
type Guard struct {
	opts     Options
	listener net.Listener
	queue    queue // connections that speak HTTP
	server   *http.Server
	forward  *httputil.ReverseProxy
	parent   func(*url.URL) (*url.URL, error)
	refusals refusals
	open     context.Context
	end      context.CancelFunc

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
	busy   sync.WaitGroup // what is under way while not closed
}

// maxHead bounds the time and the size of what a client says before it is known
// where it wants to go.
const (
	maxHeadTime = 10 * time.Second
	maxHead     = 64 << 10
)

// Start listens on loopback, on any port.
func Start(opts Options) (*Guard, error) {
	if opts.Dial == nil {
		opts.Dial = new(net.Dialer).DialContext
	}
	g := &Guard{opts: opts, parent: parentOf(opts.Environ), conns: map[net.Conn]bool{}}
	g.refusals = refusals{tell: opts.Refused, hosts: map[string]*tally{}}
	g.open, g.end = context.WithCancel(context.Background())
	var err error
	if g.listener, err = new(net.ListenConfig).Listen(g.open, "tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("egress guard: %w", err)
	}
	err = writeHooks(opts.Dir, g.listener.Addr())
	if err == nil && opts.CA != nil {
		err = g.writeTrust()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("egress guard: %w", err), g.listener.Close())
	}
	quiet := log.New(io.Discard, "", 0)
	g.forward = g.forwarder(quiet)
	g.queue = queue{addr: g.listener.Addr(), ready: make(chan net.Conn), over: g.open}
	g.server = &http.Server{
		Handler: http.HandlerFunc(g.serve), ReadHeaderTimeout: maxHeadTime, MaxHeaderBytes: maxHead, ErrorLog: quiet,
	}
	g.busy.Go(func() { _ = g.server.Serve(&g.queue) })
	g.busy.Go(g.accept)
	return g, nil
}

// Close ends every connection and tells what is still to be told. When it
// returns, nothing of the guard runs any more.
func (g *Guard) Close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.end()
	_ = g.listener.Close()
	_ = g.server.Close()
	g.mu.Lock()
	for conn := range g.conns {
		_ = conn.Close()
	}
	g.mu.Unlock()
	g.busy.Wait()
	g.forward.Transport.(*http.Transport).CloseIdleConnections()
	g.refusals.close()
}

// enter keeps Close waiting until leave is called; false when the guard is closed.
func (g *Guard) enter(conns ...net.Conn) (leave func(), ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, false
	}
	g.busy.Add(1)
	for _, c := range conns {
		g.conns[c] = true
	}
	return func() {
		g.mu.Lock()
		for _, c := range conns {
			delete(g.conns, c)
		}
		g.mu.Unlock()
		for _, c := range conns {
			_ = c.Close()
		}
		g.busy.Done()
	}, true
}

// accept looks at what each connection begins with: a proxy's client speaks HTTP;
// one that was brought here by a hook speaks as to the provider, TLS as a rule.
func (g *Guard) accept() {
	for {
		conn, err := g.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of file descriptors, say: that passes
			select {
			case <-time.After(10 * time.Millisecond):
			case <-g.open.Done():
			}
			continue
		}
		go g.greet(conn)
	}
}

func (g *Guard) greet(conn net.Conn) {
	leave, ok := g.enter(conn)
	if !ok {
		_ = conn.Close()
		return
	}
	again := &replay{Conn: conn}
	_ = conn.SetReadDeadline(time.Now().Add(maxHeadTime))
	first := make([]byte, 1)
	_, err := io.ReadFull(conn, first)
	_ = conn.SetReadDeadline(time.Time{})
	again.head = first
	const handshake = 0x16 // TLS's type of record
	switch {
	case err != nil:
		leave()
	case first[0] == handshake:
		defer leave()
		g.brought(again)
	default:
		g.queue.hand(again, leave)
	}
}
