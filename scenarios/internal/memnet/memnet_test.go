package memnet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

func TestAddresses(t *testing.T) {
	n := memnet.New()
	l, err := n.Listen("localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Addr().String(); got != "127.0.0.1:8080" {
		t.Errorf("listener's address is %s, want 127.0.0.1:8080", got)
	}
	other, err := n.Listen("[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	if port := other.Addr().(*net.TCPAddr).Port; port == 0 || port == 8080 {
		t.Errorf("free port is %d", port)
	}

	c, err := n.Dial(t.Context(), "tcp4", ":8080")
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if c.RemoteAddr().String() != "127.0.0.1:8080" || server.LocalAddr().String() != "127.0.0.1:8080" {
		t.Errorf("server is at %s for the client, %s for itself", c.RemoteAddr(), server.LocalAddr())
	}
	if c.LocalAddr().String() != server.RemoteAddr().String() {
		t.Errorf("client is %s, for the server %s", c.LocalAddr(), server.RemoteAddr())
	}

	_, err = n.Dial(t.Context(), "tcp", "api.example.com:443")
	if e, ok := errors.AsType[*net.DNSError](err); !ok || !e.IsNotFound {
		t.Errorf("dial another host by name: %v, want a DNS error", err)
	}
	if _, err = n.Dial(t.Context(), "tcp", "192.0.2.1:443"); !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("dial another host by address: %v, want ENETUNREACH", err)
	}

	l.Close()
	if _, err = n.Listen("127.0.0.1:8080"); err != nil {
		t.Errorf("listen on a port given back: %v", err)
	}
}

func TestPortsGoRound(t *testing.T) {
	n := memnet.New()
	l, err := n.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for range 30_000 { // more than there are ephemeral ports
		c, err := n.Dial(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if c.LocalAddr().String() == l.Addr().String() {
			t.Fatalf("a client got the listener's own address %s", l.Addr())
		}
	}
}

// pair gives the two ends of a connection, closed at the end of the bubble's
// test.
func pair(t *testing.T) (client, server net.Conn) {
	t.Helper()
	n := memnet.New()
	l, err := n.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client, err = n.Dial(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		server.Close()
		l.Close()
	})
	return client, server
}

func TestFullBufferBlocksTheWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t)
		sent := bytes.Repeat([]byte("0123456789"), 100_000)
		start := time.Now()
		var wrote time.Duration
		go func() {
			client.Write(sent)
			wrote = time.Since(start)
			client.Close()
		}()
		time.Sleep(time.Minute)
		if wrote != 0 {
			t.Fatal("a megabyte was written though nobody read")
		}
		got, err := io.ReadAll(server)
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("read %d bytes, %v; want the %d bytes written", len(got), err, len(sent))
		}
		if wrote != time.Minute {
			t.Errorf("the write ended after %v, want %v", wrote, time.Minute)
		}
	})
}

func TestWriteDeadlineTellsWhatWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t)
		start := time.Now()
		client.SetWriteDeadline(start.Add(3 * time.Second))
		n, err := client.Write(make([]byte, 1<<20))
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("write ended after %v with %v, want the deadline after 3s", time.Since(start), err)
		}
		client.Close()
		got, err := io.ReadAll(server)
		if err != nil || len(got) != n || n == 0 {
			t.Errorf("read %d bytes, %v; the write said %d", len(got), err, n)
		}
	})
}

func TestBlockedWriterHearsTheReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t)
		failed := make(chan error)
		go func() {
			_, err := client.Write(make([]byte, 1<<20))
			failed <- err
		}()
		synctest.Wait()
		server.Close() // with bytes unread
		if err := <-failed; !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("write: %v, want ECONNRESET", err)
		}
	})
}

func TestWritesDoNotMix(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t)
		const each = 400_000 // more than the buffer holds
		done := make(chan struct{})
		for _, letter := range []string{"a", "b"} {
			go func() {
				io.WriteString(client, strings.Repeat(letter, each))
				done <- struct{}{}
			}()
		}
		go func() {
			<-done
			<-done
			client.Close()
		}()
		got, err := io.ReadAll(server)
		if err != nil || len(got) != 2*each {
			t.Fatalf("read %d bytes, %v", len(got), err)
		}
		first := bytes.Repeat(got[:1], each)
		if !bytes.Equal(got[:each], first) {
			t.Error("two writes came mixed")
		}
	})
}

func TestReadDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t)
		start := time.Now()
		read := func() (time.Duration, error) {
			_, err := client.Read(make([]byte, 8))
			return time.Since(start), err
		}

		client.SetDeadline(start.Add(time.Second))
		client.SetReadDeadline(start.Add(4 * time.Second)) // the later one holds
		if after, err := read(); !errors.Is(err, os.ErrDeadlineExceeded) || after != 4*time.Second {
			t.Errorf("read ended after %v with %v, want the deadline after 4s", after, err)
		}

		// A deadline that is set while a read waits wakes it, as net/http does
		// to take a connection back.
		client.SetReadDeadline(time.Time{})
		go func() {
			time.Sleep(time.Second)
			client.SetReadDeadline(time.Unix(1, 0))
		}()
		if after, err := read(); !errors.Is(err, os.ErrDeadlineExceeded) || after != 5*time.Second {
			t.Errorf("read ended after %v with %v, want the deadline after 5s", after, err)
		}

		client.SetReadDeadline(start.Add(time.Hour))
		go func() {
			time.Sleep(2 * time.Second)
			io.WriteString(server, "hello")
		}()
		if after, err := read(); err != nil || after != 7*time.Second {
			t.Errorf("read ended after %v with %v, want bytes after 7s", after, err)
		}
	})
}

func TestCloseEndsOwnCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := pair(t)
		failed := make(chan error)
		go func() {
			_, err := client.Read(make([]byte, 1))
			failed <- err
		}()
		go func() {
			_, err := client.Write(make([]byte, 1<<20))
			failed <- err
		}()
		synctest.Wait()
		client.Close()
		for range 2 {
			if err := <-failed; !errors.Is(err, net.ErrClosed) {
				t.Errorf("call under way ended with %v, want net.ErrClosed", err)
			}
		}
	})
}
