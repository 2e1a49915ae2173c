package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
)

// replay is a connection of which something was read that is to be read again.
type replay struct {
	net.Conn
	head []byte
}

func (r *replay) Read(b []byte) (int, error) {
	if len(r.head) == 0 {
		return r.Conn.Read(b)
	}
	n := copy(b, r.head)
	r.head = r.head[n:]
	return n, nil
}

// queue is a listener of connections that were accepted elsewhere.
type queue struct {
	addr  net.Addr
	ready chan net.Conn
	over  context.Context
}

// hand gives a connection to Accept; done is called when it is closed.
func (q *queue) hand(conn net.Conn, done func()) {
	select {
	case q.ready <- &handed{Conn: conn, done: sync.OnceFunc(done)}:
	case <-q.over.Done():
		done()
	}
}

func (q *queue) Accept() (net.Conn, error) {
	select {
	case conn := <-q.ready:
		return conn, nil
	case <-q.over.Done():
		return nil, net.ErrClosed
	}
}

func (q *queue) Close() error   { return nil }
func (q *queue) Addr() net.Addr { return q.addr }

// handed is a connection somebody wants to know the end of.
type handed struct {
	net.Conn
	done func()
}

func (h *handed) Close() error {
	err := h.Conn.Close()
	h.done()
	return err
}

// splice carries what either side says to the other until both have ended. An end
// is passed on as an end and a reset as a reset: a client may treat them
// differently, and what it meets shall be what it would meet without a guard.
func splice(a, b net.Conn) {
	both(func() { carry(a, b, all) }, func() { carry(b, a, all) })
}

func both(f, g func()) {
	var wg sync.WaitGroup
	wg.Go(f)
	g()
	wg.Wait()
}

func all(to io.Writer, from io.Reader) error {
	_, err := io.Copy(to, from)
	return err
}

// carry is one half of a splice: what copies does, and its end.
func carry(to, from net.Conn, copies func(io.Writer, io.Reader) error) {
	err := copies(to, from)
	if err == nil {
		endWriting(to)
		return
	}
	if errors.Is(err, syscall.ECONNRESET) {
		abort(to)
		abort(from)
	}
	_ = to.Close()
	_ = from.Close()
}

// under is the connection that a wrapped one stands on, nil for none.
func under(conn net.Conn) net.Conn {
	switch c := conn.(type) {
	case *replay:
		return c.Conn
	case *handed:
		return c.Conn
	case interface{ NetConn() net.Conn }: // *tls.Conn
		return c.NetConn()
	}
	return nil
}

// endWriting says that nothing follows, on every layer.
func endWriting(conn net.Conn) {
	for ; conn != nil; conn = under(conn) {
		if c, ok := conn.(interface{ CloseWrite() error }); ok {
			_ = c.CloseWrite()
		}
	}
}

// abort resets a connection, below any layer that would say farewell.
func abort(conn net.Conn) {
	for ; conn != nil; conn = under(conn) {
		if c, ok := conn.(*net.TCPConn); ok {
			_ = c.SetLinger(0)
			_ = c.Close()
		}
	}
}
