// Package memnet is a network in memory for tests that run in a testing/synctest
// bubble, where sockets of the operating system would keep virtual time from
// advancing. It owns listeners, connections and the ways both can fail, and
// fails as TCP on Linux's loopback does: full buffers block, half-closed
// connections still receive, and a reset is told from an orderly end.
//
// Start at [New]; [Net.Dial] has the signature of http.Transport.DialContext.
//
//	n := memnet.New()
//	l, err := n.Listen("127.0.0.1:0")
//	go http.Serve(l, handler)
//	client := &http.Client{Transport: &http.Transport{DialContext: n.Dial}}
//	res, err := client.Get("http://" + l.Addr().String())
//
// The connections are not *net.TCPConn, but have its CloseWrite and SetLinger;
// code under test reaches them by asserting an interface.
package memnet

import (
	"context"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// The ephemeral ports of Linux. They go to clients and to listeners that ask
// for port 0.
const firstPort, lastPort = 32768, 60999

// A Net is one host with nothing but a loopback interface: 127.0.0.1, called
// localhost too. Its methods may be called from many goroutines.
type Net struct {
	mu        sync.Mutex
	listeners map[int]*listener
	port      int // the ephemeral port given last
	alive     roll
}

// New returns a network on which nobody listens.
func New() *Net {
	return &Net{listeners: make(map[int]*listener), port: lastPort}
}

// Listen accepts connections to addr, "host:port" with a numeric port; port 0
// picks a free one. A port in use gives a *net.OpError around
// syscall.EADDRINUSE. The queue of connections not yet accepted has no limit.
func (n *Net) Listen(addr string) (net.Listener, error) {
	at, err := resolve(addr)
	if err == nil && !at.IP.IsLoopback() {
		err = os.NewSyscallError("bind", syscall.EADDRNOTAVAIL)
	}
	if err != nil {
		return nil, fail("listen", "tcp", at, err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if at.Port == 0 {
		at.Port = n.freePort()
	}
	if n.listeners[at.Port] != nil {
		return nil, fail("listen", "tcp", at, os.NewSyscallError("bind", syscall.EADDRINUSE))
	}
	l := &listener{net: n, addr: at, changed: sync.NewCond(&n.mu)}
	n.listeners[at.Port] = l
	return l, nil
}

// Dial connects to a listener. It never blocks: as on loopback, a connection is
// open before it is accepted. Where nobody listens it gives a *net.OpError
// around syscall.ECONNREFUSED, for other hosts than this one syscall.ENETUNREACH
// or a *net.DNSError. Networks are tcp and tcp4.
func (n *Net) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if network != "tcp" && network != "tcp4" {
		return nil, fail("dial", network, nil, net.UnknownNetworkError(network))
	}
	to, err := resolve(addr)
	switch {
	case err != nil:
	case ctx.Err() != nil:
		err = ctx.Err()
	case !to.IP.IsLoopback():
		err = os.NewSyscallError("connect", syscall.ENETUNREACH)
	default:
		if c := n.connect(to); c != nil {
			return c, nil
		}
		err = os.NewSyscallError("connect", syscall.ECONNREFUSED)
	}
	return nil, fail("dial", network, to, err)
}

// connect queues a new connection at the listener, and is nil without one.
func (n *Net) connect(to *net.TCPAddr) *conn {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := n.listeners[to.Port]
	if l == nil {
		return nil
	}
	client, server := newPair(&net.TCPAddr{IP: to.IP, Port: n.freePort()}, l.addr, &n.alive)
	l.queue = append(l.queue, server)
	l.changed.Broadcast()
	return client
}

// freePort goes round the ephemeral ports, passing over those with a listener.
// Two clients could share a port after 28 000 dials: more than a test makes.
// The caller holds n.mu.
func (n *Net) freePort() int {
	for {
		n.port++
		if n.port > lastPort {
			n.port = firstPort
		}
		if n.listeners[n.port] == nil {
			return n.port
		}
	}
}

// resolve reads "host:port". All names and addresses of this host become
// 127.0.0.1; other IP addresses stay, other names are not found.
func resolve(addr string) (*net.TCPAddr, error) {
	host, service, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, &net.AddrError{Err: "invalid port", Addr: service}
	}
	ip := net.ParseIP(host)
	switch {
	case host == "" || host == "localhost" || ip.IsLoopback() || ip.IsUnspecified():
		ip = net.IPv4(127, 0, 0, 1)
	case ip == nil:
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return &net.TCPAddr{IP: ip, Port: int(port)}, nil
}

// fail words an error as package net does; at may be nil.
func fail(op, network string, at *net.TCPAddr, err error) error {
	e := &net.OpError{Op: op, Net: network, Err: err}
	if at != nil {
		e.Addr = at
	}
	return e
}

// A listener has a queue of connections, guarded as all its state by net.mu.
type listener struct {
	net     *Net
	addr    *net.TCPAddr
	changed *sync.Cond
	queue   []*conn
	closed  bool
}

func (l *listener) Accept() (net.Conn, error) {
	l.net.mu.Lock()
	defer l.net.mu.Unlock()
	for len(l.queue) == 0 && !l.closed {
		l.changed.Wait()
	}
	if l.closed {
		return nil, fail("accept", "tcp", l.addr, net.ErrClosed)
	}
	c := l.queue[0]
	l.queue = l.queue[1:]
	return c, nil
}

// Close frees the port and resets the connections that nobody accepted, as the
// kernel does; those accepted live on.
func (l *listener) Close() error {
	l.net.mu.Lock()
	defer l.net.mu.Unlock()
	if l.closed {
		return fail("close", "tcp", l.addr, net.ErrClosed)
	}
	l.closed = true
	delete(l.net.listeners, l.addr.Port)
	for _, c := range l.queue {
		c.abort()
	}
	l.queue = nil
	l.changed.Broadcast()
	return nil
}

func (l *listener) Addr() net.Addr { return l.addr }
