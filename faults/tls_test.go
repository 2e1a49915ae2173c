package faults_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// A safeSite answers each line with itself, over TLS and in memory.
type safeSite struct {
	*faults.TLSListener
	ca      *faults.Authority
	raw     *site // where connections come in
	serving sync.WaitGroup

	mu      sync.Mutex
	hits    []string
	refused []string
	struck  []faults.Blow
}

// A roomy connection takes what is written before it is read, as sockets do: both
// sides of a handshake may have something to say at once.
type roomy struct {
	net.Conn
	written chan []byte
	once    sync.Once
}

func newRoomy(c net.Conn) *roomy {
	r := &roomy{Conn: c, written: make(chan []byte, 100)}
	go func() {
		defer c.Close()
		for b := range r.written {
			if _, err := c.Write(b); err != nil {
				return
			}
		}
	}()
	return r
}

func (r *roomy) Write(b []byte) (int, error) {
	r.written <- slices.Clone(b)
	return len(b), nil
}

func (r *roomy) Close() error {
	r.once.Do(func() { close(r.written) })
	return nil
}

func serveTLS(t *testing.T, seed uint64) *safeSite {
	t.Helper()
	ca, err := faults.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	s := &safeSite{ca: ca, raw: &site{conns: make(chan net.Conn), closed: make(chan struct{})}}
	note := func(list *[]string, what string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		*list = append(*list, fmt.Sprintf("%v %s", time.Since(start), what))
	}
	s.TLSListener, err = faults.ListenTLS(s.raw, ca, faults.TLSOptions{
		Seed:    seed,
		Hosts:   []string{"mocks.test"},
		Hit:     func(h faults.Hit) { note(&s.hits, h.Kind+" at "+h.At) },
		Refused: func(err error) { note(&s.refused, err.Error()) },
		Struck: func(b faults.Blow) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.struck = append(s.struck, b)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.serving.Go(func() {
		for {
			c, err := s.Accept()
			if err != nil {
				return
			}
			s.serving.Go(func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			})
		}
	})
	return s
}

// stop ends everything; a bubble then shows that nothing was left behind.
func (s *safeSite) stop() {
	s.Close()
	s.serving.Wait()
}

// dial makes a connection whose handshake may take so long.
func (s *safeSite) dial(host string, patience time.Duration) (*tls.Conn, error) {
	client, server := net.Pipe()
	s.raw.conns <- newRoomy(server)
	c := tls.Client(client, &tls.Config{RootCAs: s.ca.Pool(), ServerName: host, MinVersion: tls.VersionTLS12})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.HandshakeContext(ctx); err != nil {
		client.Close()
		return nil, err
	}
	return c, nil
}

// try says what a new client of a host meets.
func (s *safeSite) try(host string, patience time.Duration) string {
	c, err := s.dial(host, patience)
	if err != nil {
		return reason(err)
	}
	defer c.Close()
	return ask(c)
}

// ask says whether a connection works.
func ask(c net.Conn) string {
	if _, err := io.WriteString(c, "hello\n"); err != nil {
		return err.Error()
	}
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || line != "hello\n" {
		return fmt.Sprintf("%q, %v", line, err)
	}
	return "well"
}

// reason is what a client can tell.
func reason(err error) string {
	bad, isBad := errors.AsType[x509.CertificateInvalidError](err)
	other, isOther := errors.AsType[x509.HostnameError](err)
	switch {
	case isBad && bad.Reason == x509.Expired:
		return "expired"
	case isOther:
		return "certificate of " + strings.Join(other.Certificate.DNSNames, ", ")
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return err.Error()
}

// tlsWindow is a window of a TLS fault on a share of the connections.
func tlsWindow(kind string, share float64, from, to time.Duration) faults.Window {
	return transport(kind, share, from, to)
}

func TestTLSFaults(t *testing.T) {
	for _, c := range []struct{ kind, want, hit, refused string }{
		{"cert_expired", "expired", "1s cert_expired at handshake", "1s remote error: tls: bad certificate"},
		{"cert_wrong_host", "certificate of another-host.invalid", "1s cert_wrong_host at handshake", "1s remote error: tls: bad certificate"},
		{"handshake_stall", "timeout", "1s handshake_stall at handshake", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := serveTLS(t, 7)
			s.Play(time.Now(), []faults.Window{
				tlsWindow("hang", 1, 0, time.Hour), // not the listener's business
				tlsWindow(c.kind, 1, time.Second, time.Minute),
			})
			for _, host := range []string{"localhost", "127.0.0.1", "::1", "mocks.test"} {
				if got := s.try(host, time.Second); got != "well" {
					t.Errorf("%s: before the window: %s: %s", c.kind, host, got)
				}
			}
			open, err := s.dial("localhost", time.Second)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			if got := s.try("localhost", time.Second); got != c.want {
				t.Errorf("%s: %s, want %s", c.kind, got, c.want)
			}
			if got := ask(open); got != "well" {
				t.Errorf("%s: on a connection that was open: %s", c.kind, got)
			}
			open.Close()
			time.Sleep(time.Minute)
			if got := s.try("localhost", time.Second); got != "well" {
				t.Errorf("%s: after the window: %s", c.kind, got)
			}
			s.stop()
			if want := []string{c.hit}; !slices.Equal(s.hits, want) {
				t.Errorf("hits %q, want %q", s.hits, want)
			}
			if got := strings.Join(s.refused, ""); got != c.refused {
				t.Errorf("%s: refused %q, want %q", c.kind, got, c.refused)
			}
		})
	}
}

// TestStallIsExact: a handshake that stalls is answered when the window closes,
// to the moment; whichever way it closes.
func TestStallIsExact(t *testing.T) {
	const s = time.Second
	cycle := tlsWindow("handshake_stall", 1, 0, time.Hour)
	cycle.Fault.Cycle = faults.Cycle{Bad: 3 * s, OK: s}
	for name, c := range map[string]struct {
		windows []faults.Window
		heal    time.Duration
		want    string
	}{
		"the window ends":       {[]faults.Window{tlsWindow("handshake_stall", 1, 0, 30*s)}, 0, "well after 30s"},
		"its cycle rests":       {[]faults.Window{cycle}, 0, "well after 3s"},
		"it is healed":          {[]faults.Window{tlsWindow("handshake_stall", 1, 0, time.Hour)}, 20 * s, "well after 20s"},
		"another stall follows": {[]faults.Window{tlsWindow("handshake_stall", 1, 0, 5*s), tlsWindow("handshake_stall", 1, 4*s, 9*s)}, 0, "well after 9s"},
		"another fault follows": {[]faults.Window{tlsWindow("handshake_stall", 1, 0, 5*s), tlsWindow("cert_expired", 1, 5*s, 9*s)}, 0, "expired after 5s"},
		"nobody waits so long":  {[]faults.Window{tlsWindow("handshake_stall", 1, 0, time.Hour)}, 0, "timeout after 1m0s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			site, start := serveTLS(t, 7), time.Now()
			site.Play(start, c.windows)
			if c.heal > 0 {
				time.AfterFunc(c.heal, func() { site.Play(time.Now(), nil) })
			}
			got := site.try("localhost", time.Minute)
			if got = fmt.Sprintf("%s after %v", got, time.Since(start)); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
			site.stop()
		})
	}
}

// TestStalledConnectionsEnd: a client that leaves, or says more than any
// handshake begins with, is let go of; the others at the end, and those that
// never say a word.
func TestStalledConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveTLS(t, 7)
		s.Play(time.Now(), []faults.Window{tlsWindow("handshake_stall", 1, 0, time.Hour)})
		leaves, served := net.Pipe()
		s.raw.conns <- served
		leaves.Close()
		talks, served := net.Pipe()
		s.raw.conns <- served
		if n, err := talks.Write(make([]byte, 1<<20)); !errors.Is(err, io.ErrClosedPipe) || n > 16<<10 {
			t.Errorf("%d bytes were taken from a client that speaks no TLS, %v", n, err)
		}
		stays, served := net.Pipe()
		s.raw.conns <- served
		s.Play(time.Now(), nil)
		idle, served := net.Pipe()
		s.raw.conns <- served
		synctest.Wait()
		s.stop()
		for _, c := range []net.Conn{stays, idle} {
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("at the end: %v, want EOF", err)
			}
		}
	})
}

// TestIdleHandshake: whoever says nothing is let go of after 10 s.
func TestIdleHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, start := serveTLS(t, 7), time.Now()
		idle, served := net.Pipe()
		s.raw.conns <- served
		if _, err := idle.Read(make([]byte, 1)); !errors.Is(err, io.EOF) || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %v, want EOF after 10s", err, time.Since(start))
		}
		s.stop()
	})
}

// TestTLSDraws: connections are drawn by their number, so that who is hit is the
// same in every run, and as many as the share says.
func TestTLSDraws(t *testing.T) {
	const seed, connections = 3, 400
	w := tlsWindow("cert_expired", 0.3, 0, time.Hour)
	var runs [2][]int
	for i := range runs {
		synctest.Test(t, func(t *testing.T) {
			s := serveTLS(t, seed)
			s.Play(time.Now(), []faults.Window{w})
			for n := range connections {
				if s.try("localhost", time.Second) == "expired" {
					runs[i] = append(runs[i], n+1)
				}
			}
			s.stop()
		})
	}
	var want []int
	for n := 1; n <= connections; n++ {
		if w.Draw(seed, "", n) < 0.3 {
			want = append(want, n)
		}
	}
	if !slices.Equal(runs[0], want) || !slices.Equal(runs[1], want) {
		t.Errorf("hit %v and then %v, want %v", runs[0], runs[1], want)
	}
	if n := len(want); n < 90 || n > 150 { // 120 and 3.3 standard deviations
		t.Errorf("%d of %d were hit, want about 30%%", n, connections)
	}
}

// TestTLSInFileOrder: the first fault that a connection draws has it; a share
// that rises takes nobody at first.
func TestTLSInFileOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveTLS(t, 7)
		rising := tlsWindow("handshake_stall", 1, 0, time.Hour)
		rising.Fault.Share.Rise = time.Minute
		s.Play(time.Now(), []faults.Window{rising, tlsWindow("cert_wrong_host", 1, 0, time.Hour), tlsWindow("cert_expired", 1, 0, time.Hour)})
		got := []string{s.try("localhost", time.Second)}
		time.Sleep(2 * time.Minute)
		got = append(got, s.try("localhost", time.Second))
		if diff := cmp.Diff([]string{"certificate of another-host.invalid", "timeout"}, got); diff != "" {
			t.Error(diff)
		}
		s.stop()
	})
}

// TestPlainHTTPToTLS: whoever forgot the s is told.
func TestPlainHTTPToTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveTLS(t, 7)
		client, served := net.Pipe()
		s.raw.conns <- served
		go func() { _, _ = io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") }()
		got, _ := io.ReadAll(client)
		if !strings.HasPrefix(string(got), "HTTP/1.0 400 ") || !strings.Contains(string(got), "https://") {
			t.Errorf("it is told %q", got)
		}
		client.Close()
		s.stop()
	})
}

func TestAuthority(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca, err := faults.NewAuthority()
		if err != nil {
			t.Fatal(err)
		}
		key, err := ca.KeyPEM()
		if err != nil {
			t.Fatal(err)
		}
		again, err := faults.ReadAuthority(ca.PEM(), key)
		if err != nil || !again.Pool().Equal(ca.Pool()) {
			t.Errorf("it is not what was written: %v", err)
		}
		other, err := faults.NewAuthority()
		if err != nil {
			t.Fatal(err)
		}
		otherKey, err := other.KeyPEM()
		if err != nil {
			t.Fatal(err)
		}
		for name, pair := range map[string][2][]byte{
			"nothing":           {nil, nil},
			"another's key":     {ca.PEM(), otherKey},
			"no key":            {ca.PEM(), ca.PEM()},
			"not a certificate": {key, key},
		} {
			if _, err := faults.ReadAuthority(pair[0], pair[1]); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		time.Sleep(3 * 365 * 24 * time.Hour)
		if _, err := faults.ReadAuthority(ca.PEM(), key); err == nil || !strings.Contains(err.Error(), "expired on 2001-12-31") {
			t.Errorf("after three years: %v", err)
		}
	})
}

// TestTLSOnSockets: what a bubble cannot show, that the kernel's connections are
// held and let go of the same way.
func TestTLSOnSockets(t *testing.T) {
	ca, err := faults.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := faults.ListenTLS(inner, ca, faults.TLSOptions{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	l.Play(start, []faults.Window{tlsWindow("handshake_stall", 1, 0, 100*time.Millisecond)})
	answered := make(chan error, 1)
	go func() {
		c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: ca.Pool()})
		if err == nil {
			err = c.Close()
		}
		answered <- err
	}()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if took := time.Since(start); took < 100*time.Millisecond {
		t.Errorf("answered after %v, want the window's end", took)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("it still listens")
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) && !errors.Is(err, os.ErrClosed) {
		t.Errorf("accept after close: %v", err)
	}
}
