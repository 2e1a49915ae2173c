package memnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// network is what both the kernel's loopback and a memnet.Net offer.
type network interface {
	Listen(addr string) (net.Listener, error)
	Dial(ctx context.Context, network, addr string) (net.Conn, error)
}

type loopback struct{ net.Dialer }

func (*loopback) Listen(addr string) (net.Listener, error) { return net.Listen("tcp", addr) }

func (l *loopback) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return l.DialContext(ctx, network, addr)
}

// stage is where a script plays: a connection's two ends, and the words for
// what happened, in order.
type stage struct {
	t      *testing.T
	net    network
	l      net.Listener
	client socket
	server socket
	said   []string
}

type socket interface {
	net.Conn
	CloseWrite() error
	SetLinger(sec int) error
}

func newStage(t *testing.T, n network) *stage {
	t.Helper()
	l, err := n.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, net: n, l: l}
	s.client = s.dial().(socket)
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s.server = server.(socket)
	return s
}

func (s *stage) close() {
	s.client.Close()
	s.server.Close()
	s.l.Close()
}

func (s *stage) dial() net.Conn {
	s.t.Helper()
	c, err := s.net.Dial(context.Background(), "tcp", s.l.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *stage) say(what string, err error) { s.said = append(s.said, what+": "+class(err)) }

func (s *stage) read(c net.Conn) {
	b := make([]byte, 64)
	n, err := c.Read(b)
	s.say("read "+string(b[:n]), err)
}

func (s *stage) write(c net.Conn, text string) {
	_, err := io.WriteString(c, text)
	s.say("write", err)
}

// writeUntilError hides how many writes succeed before the kernel has heard
// the peer's RST.
func (s *stage) writeUntilError(c net.Conn) {
	for range 1000 {
		if _, err := io.WriteString(c, "x"); err != nil {
			s.say("write", err)
			return
		}
		time.Sleep(time.Millisecond)
	}
	s.say("write", nil)
}

// class is all that a caller may learn of an error.
func class(err error) string {
	known := []struct {
		err  error
		name string
	}{
		{io.EOF, "EOF"},
		{os.ErrDeadlineExceeded, "deadline"},
		{net.ErrClosed, "closed"},
		{context.Canceled, "canceled"},
		{syscall.ECONNRESET, "ECONNRESET"},
		{syscall.EPIPE, "EPIPE"},
		{syscall.ECONNREFUSED, "ECONNREFUSED"},
		{syscall.EADDRINUSE, "EADDRINUSE"},
		{syscall.EADDRNOTAVAIL, "EADDRNOTAVAIL"},
		{syscall.ENOTCONN, "ENOTCONN"},
	}
	if err == nil {
		return "ok"
	}
	name := "other"
	for _, k := range known {
		if errors.Is(err, k.err) {
			name = k.name
		}
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		name = e.Op + " " + name
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		name += " timeout"
	}
	return name
}

// scripts are played on the kernel's loopback and in memory: what they say must
// be the same, and be what stands here.
func scripts() []script {
	return []script{
		{name: "bytes, then the end", play: func(s *stage) {
			s.write(s.server, "hello")
			s.server.Close()
			s.read(s.client)
			s.read(s.client)
			s.read(s.client)
		}, want: []string{"write: ok", "read hello: ok", "read : EOF", "read : EOF"}},

		{name: "half-closed", play: func(s *stage) {
			s.write(s.client, "question")
			s.say("close write", s.client.CloseWrite())
			s.say("close write", s.client.CloseWrite())
			s.read(s.server)
			s.read(s.server)
			s.write(s.server, "answer")
			s.read(s.client)
			s.write(s.client, "more")
		}, want: []string{
			"write: ok", "close write: ok", "close write: ok", "read question: ok", "read : EOF",
			"write: ok", "read answer: ok", "write: write EPIPE",
		}},

		{name: "reset", play: func(s *stage) {
			s.say("linger", s.server.SetLinger(0))
			s.server.Close()
			s.read(s.client)
			s.read(s.client)
			s.write(s.client, "x")
			s.say("close write", s.client.CloseWrite())
		}, want: []string{
			"linger: ok", "read : read ECONNRESET", "read : EOF", "write: write EPIPE", "close write: close ENOTCONN",
		}},

		// Other systems drop what arrived before a RST.
		{name: "reset after bytes", linuxOnly: true, play: func(s *stage) {
			s.write(s.server, "hello")
			s.say("linger", s.server.SetLinger(0))
			s.server.Close()
			s.read(s.client)
			s.read(s.client)
			s.read(s.client)
		}, want: []string{"write: ok", "linger: ok", "read hello: ok", "read : read ECONNRESET", "read : EOF"}},

		{name: "reset after the end", play: func(s *stage) {
			s.server.CloseWrite()
			s.read(s.client)
			s.server.SetLinger(0)
			s.server.Close()
			s.read(s.client)
			s.writeUntilError(s.client)
			s.write(s.client, "x")
		}, want: []string{"read : EOF", "read : EOF", "write: write EPIPE", "write: write EPIPE"}},

		{name: "closed with bytes unread", play: func(s *stage) {
			s.write(s.client, "ab")
			one := make([]byte, 1)
			_, err := s.server.Read(one)
			s.say("read "+string(one), err)
			s.server.Close()
			s.read(s.client)
		}, want: []string{"write: ok", "read a: ok", "read : read ECONNRESET"}},

		{name: "write to a closed peer", play: func(s *stage) {
			s.server.Close()
			s.read(s.client)
			s.write(s.client, "x")
			s.writeUntilError(s.client)
			s.read(s.client)
		}, want: []string{"read : EOF", "write: ok", "write: write EPIPE", "read : EOF"}},

		{name: "own end closed", play: func(s *stage) {
			s.client.Close()
			s.read(s.client)
			s.write(s.client, "x")
			s.say("close", s.client.Close())
			s.say("close write", s.client.CloseWrite())
			s.say("deadline", s.client.SetDeadline(time.Now()))
			s.say("linger", s.client.SetLinger(0))
		}, want: []string{
			"read : read closed", "write: write closed", "close: close closed", "close write: close closed",
			"deadline: set closed", "linger: set closed",
		}},

		{name: "deadline", play: func(s *stage) {
			s.client.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
			s.read(s.client)
			s.write(s.server, "late")
			s.read(s.client)
			s.write(s.client, "x")
			s.client.SetReadDeadline(time.Time{})
			s.read(s.client)
			s.client.SetWriteDeadline(time.Now().Add(-time.Second))
			s.write(s.client, "x")
		}, want: []string{
			"read : read deadline timeout", "write: ok", "read : read deadline timeout", "write: ok",
			"read late: ok", "write: write deadline timeout",
		}},

		{name: "nobody listens", play: func(s *stage) {
			s.say("close", s.l.Close())
			_, err := s.net.Dial(s.t.Context(), "tcp", s.l.Addr().String())
			s.say("dial", err)
			_, err = s.l.Accept()
			s.say("accept", err)
			s.say("close", s.l.Close())
			s.write(s.client, "accepted lives on")
			s.read(s.server)
		}, want: []string{
			"close: ok", "dial: dial ECONNREFUSED", "accept: accept closed", "close: close closed",
			"write: ok", "read accepted lives on: ok",
		}},

		{name: "never accepted", play: func(s *stage) {
			queued := s.dial()
			defer queued.Close()
			s.write(queued, "anybody?")
			s.l.Close()
			s.read(queued)
		}, want: []string{"write: ok", "read : read ECONNRESET"}},

		{name: "addresses", play: func(s *stage) {
			_, err := s.net.Listen(s.l.Addr().String())
			s.say("taken", err)
			_, err = s.net.Listen("192.0.2.1:0")
			s.say("elsewhere", err)
			_, err = s.net.Listen("127.0.0.1")
			s.say("no port", err)
			_, err = s.net.Listen("127.0.0.1:70000")
			s.say("bad port", err)
			_, err = s.net.Dial(s.t.Context(), "tcp9", s.l.Addr().String())
			s.say("bad network", err)
			canceled, cancel := context.WithCancel(s.t.Context())
			cancel()
			_, err = s.net.Dial(canceled, "tcp", s.l.Addr().String())
			s.say("canceled", err)
		}, want: []string{
			"taken: listen EADDRINUSE", "elsewhere: listen EADDRNOTAVAIL", "no port: listen other",
			"bad port: listen other", "bad network: dial other", "canceled: dial canceled",
		}},
	}
}

type script struct {
	name      string
	linuxOnly bool
	play      func(*stage)
	want      []string
}

func TestBehavesAsLoopback(t *testing.T) {
	for _, sc := range scripts() {
		t.Run(sc.name, func(t *testing.T) {
			if !sc.linuxOnly || runtime.GOOS == "linux" {
				s := newStage(t, new(loopback))
				defer s.close()
				sc.play(s)
				if diff := cmp.Diff(sc.want, s.said); diff != "" {
					t.Errorf("on loopback (-want +got):\n%s", diff)
				}
			}
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, memnet.New())
				defer s.close()
				sc.play(s)
				if diff := cmp.Diff(sc.want, s.said); diff != "" {
					t.Errorf("in memory (-want +got):\n%s", diff)
				}
			})
		})
	}
}
