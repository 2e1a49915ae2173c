package memnet

import (
	"bytes"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// window is how much one side can send before the other reads: the order of a
// socket's two buffers together.
const window = 256 << 10

// A conn is one end of a connection. Both ends share one lock, so that whatever
// happens to a connection happens to both ends at once.
type conn struct {
	local, remote *net.TCPAddr
	peer          *conn
	mu            *sync.Mutex
	changed       *sync.Cond // of mu: any field below, of either end
	roll          *roll

	in       bytes.Buffer // arrived, not yet read
	ended    bool         // the peer's FIN has arrived
	dead     bool         // the peer's RST has arrived
	pending  error        // what the RST left to be told, once, as SO_ERROR is
	shut     bool         // our FIN is sent
	closed   bool
	noLinger bool // Close sends RST
	writing  bool // a Write is under way: writes do not mix
	readBy   deadline
	writeBy  deadline
}

// newPair makes the two ends of an open connection.
func newPair(clientAddr, serverAddr *net.TCPAddr, roll *roll) (client, server *conn) {
	mu := new(sync.Mutex)
	changed := sync.NewCond(mu)
	client = &conn{local: clientAddr, remote: serverAddr, mu: mu, changed: changed, roll: roll}
	server = &conn{local: serverAddr, remote: clientAddr, mu: mu, changed: changed, roll: roll}
	client.peer, server.peer = server, client
	roll.enter(client)
	roll.enter(server)
	return client, server
}

// Read gives what has arrived, also when a RST came after it: Linux keeps it.
// After a RST one call of Read or Write gives syscall.ECONNRESET; from then on
// reads give io.EOF.
func (c *conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		switch {
		case c.closed:
			return 0, c.fail("read", net.ErrClosed)
		case len(p) == 0:
			return 0, nil
		case c.readBy.passed:
			return 0, c.fail("read", os.ErrDeadlineExceeded)
		case c.in.Len() > 0:
			n, err := c.in.Read(p)
			c.changed.Broadcast()
			return n, err
		case c.ended:
			return 0, io.EOF
		case c.pending != nil:
			return 0, c.fail("read", c.takePending("read"))
		case c.dead:
			return 0, io.EOF
		}
		c.changed.Wait()
	}
}

// Write blocks while the peer's buffer is full. To a closed peer the first
// write succeeds, for nobody knows yet; the next gives syscall.EPIPE.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// A flag and not a mutex: in a bubble, waiting for a mutex stops the clock.
	for c.writing {
		c.changed.Wait()
	}
	c.writing = true
	defer func() {
		c.writing = false
		c.changed.Broadcast()
	}()
	for sent := 0; ; {
		n, err := c.send(p[sent:])
		sent += n
		if err != nil || sent == len(p) {
			return sent, err
		}
	}
}

// send hands over as much of p as fits, at least a byte, or waits until it does.
func (c *conn) send(p []byte) (int, error) {
	for {
		n := min(len(p), window-c.peer.in.Len())
		switch {
		case c.closed:
			return 0, c.fail("write", net.ErrClosed)
		case c.writeBy.passed:
			return 0, c.fail("write", os.ErrDeadlineExceeded)
		case len(p) == 0:
			return 0, nil
		case c.pending != nil:
			return 0, c.fail("write", c.takePending("write"))
		case c.dead || c.shut:
			return 0, c.fail("write", os.NewSyscallError("write", syscall.EPIPE))
		case c.peer.closed:
			c.hearReset()
			return len(p), nil
		case n > 0:
			c.peer.in.Write(p[:n])
			c.changed.Broadcast()
			return n, nil
		}
		c.changed.Wait()
	}
}

// Close ends the connection for the peer: with FIN, or with RST when it would
// lose bytes that nobody read, or after SetLinger(0).
func (c *conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.fail("close", net.ErrClosed)
	}
	c.close()
	return nil
}

// abort closes with RST.
func (c *conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.noLinger = true
	c.close()
}

func (c *conn) close() {
	c.closed = true
	c.roll.leave(c)
	if c.noLinger || c.in.Len() > 0 {
		c.peer.hearReset()
	} else {
		c.peer.ended = true
	}
	c.in = bytes.Buffer{}
	c.readBy.stop()
	c.writeBy.stop()
	c.changed.Broadcast()
}

// hearReset is the arrival of a RST. After a FIN only writers learn of it.
func (c *conn) hearReset() {
	c.dead = true
	c.pending = syscall.ECONNRESET
	if c.ended {
		c.pending = syscall.EPIPE
	}
}

// CloseWrite sends FIN and goes on receiving.
func (c *conn) CloseWrite() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return c.fail("close", net.ErrClosed)
	case c.dead:
		return c.fail("close", os.NewSyscallError("shutdown", syscall.ENOTCONN))
	}
	c.shut = true
	c.peer.ended = true
	c.changed.Broadcast()
	return nil
}

// SetLinger makes Close send RST when sec is 0. Other values are the default:
// what was written arrives at once, so there is nothing to linger for.
func (c *conn) SetLinger(sec int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.fail("set", net.ErrClosed)
	}
	c.noLinger = sec == 0
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) SetDeadline(t time.Time) error      { return c.setDeadlines(t, &c.readBy, &c.writeBy) }
func (c *conn) SetReadDeadline(t time.Time) error  { return c.setDeadlines(t, &c.readBy) }
func (c *conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, &c.writeBy) }

func (c *conn) setDeadlines(t time.Time, deadlines ...*deadline) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.fail("set", net.ErrClosed)
	}
	for _, d := range deadlines {
		d.set(t, c.changed)
	}
	return nil
}

// fail words an error as package net does.
func (c *conn) fail(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

func (c *conn) takePending(call string) error {
	err := os.NewSyscallError(call, c.pending)
	c.pending = nil
	return err
}
