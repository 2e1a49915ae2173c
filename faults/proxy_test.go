package faults_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

// These tests use sockets and the wall clock, and so only lower bounds. The
// exact times are in the bubbles of toxic_test.go.

// echo answers each connection with what it gets. It ends with the test, after
// all its connections have.
func echo(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				io.Copy(c, c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return l.Addr().String()
}

func startProxy(t *testing.T, upstream string) *faults.Proxy {
	t.Helper()
	p, err := faults.StartProxy("127.0.0.1:0", upstream, faults.ProxyOptions{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func dial(t *testing.T, p *faults.Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// roundTrip sends a text and reads its echo.
func roundTrip(c net.Conn, text string) (string, error) {
	if _, err := io.WriteString(c, text); err != nil {
		return "", err
	}
	b := make([]byte, len(text))
	n, err := io.ReadFull(c, b)
	return string(b[:n]), err
}

// silence wants that nothing comes, not even the end.
func silence(t *testing.T, c net.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	defer c.SetReadDeadline(time.Time{})
	n, err := c.Read(make([]byte, 64))
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read %d bytes, %v; want silence", n, err)
	}
}

// eventually polls for what has no event to wait for.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("still not: %s", what)
		}
	}
}

// now is a window that is open for as long as the test may take.
func now(kind string) []faults.Window {
	w := transport(kind, 1, -time.Hour, time.Hour)
	w.Fault.Params["delay"] = 100 * time.Millisecond
	return []faults.Window{w}
}

func TestProxyPassesEverything(t *testing.T) {
	p := startProxy(t, echo(t))
	p.Play(time.Now(), now("rate_limit")) // not the proxy's business
	c := dial(t, p)
	sent := make([]byte, 1<<20)
	for i := range sent {
		sent[i] = byte(i >> (i % 13))
	}
	go c.Write(sent)
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, sent) {
		t.Errorf("a megabyte came back changed (%v)", err)
	}
}

func TestProxyPassesTheEnd(t *testing.T) {
	goodbye := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		io.WriteString(w, "bye")
	}))
	defer goodbye.Close()
	p := startProxy(t, goodbye.Listener.Addr().String())
	p.Play(time.Now(), now("latency"))
	res, err := http.Get("http://" + p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	// The provider closed 100 ms before its answer came.
	if b, err := io.ReadAll(res.Body); string(b) != "bye" || err != nil {
		t.Errorf("read %q, %v; want bye", b, err)
	}
}

func TestProxyWithoutProvider(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c := dial(t, startProxy(t, l.Addr().String()))
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d bytes, %v; want the connection closed", n, err)
	}
}

func TestProxyAddressInUse(t *testing.T) {
	p := startProxy(t, echo(t))
	other, err := faults.StartProxy(p.Addr(), "127.0.0.1:1", faults.ProxyOptions{Seed: 7})
	if !errors.Is(err, syscall.EADDRINUSE) || other != nil {
		t.Errorf("second proxy at %s: %v, want EADDRINUSE", p.Addr(), err)
	}
}

func TestProxyRefuses(t *testing.T) {
	p := startProxy(t, echo(t))
	addr := p.Addr()
	idle := dial(t, p)
	if _, err := roundTrip(idle, "x"); err != nil {
		t.Fatal(err)
	}

	p.Play(time.Now(), now("refuse"))
	if _, err := idle.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("idle connection: %v, want it closed", err)
	}
	if c, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial: %v, %v; want ECONNREFUSED", c, err)
	}
	p.Play(time.Now(), now("refuse")) // again: nothing changes
	if c, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial: %v, %v; want ECONNREFUSED", c, err)
	}

	p.Play(time.Now(), nil)
	if p.Addr() != addr {
		t.Errorf("the proxy moved from %s to %s", addr, p.Addr())
	}
	if got, err := roundTrip(dial(t, p), "healed"); got != "healed" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestProxyRefusesBetweenTheEdges(t *testing.T) {
	const from, until = 30 * time.Millisecond, 250 * time.Millisecond
	p := startProxy(t, echo(t))
	// The two overlap; between them there is no gap.
	windows := []faults.Window{transport("refuse", 1, from, 150*time.Millisecond), transport("refuse", 1, 140*time.Millisecond, until)}
	start := time.Now()
	p.Play(start, windows)
	refused := func() bool {
		c, err := net.Dial("tcp", p.Addr())
		if err == nil {
			c.Close()
		}
		return err != nil
	}
	eventually(t, "refused", refused)
	if after := time.Since(start); after < from {
		t.Errorf("refused after %v, the window opens at %v", after, from)
	}
	eventually(t, "accepted", func() bool { return !refused() })
	if after := time.Since(start); after < until {
		t.Errorf("accepted again after %v, the window closes at %v", after, until)
	}
	if err := p.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestProxyReopensWhenThePortIsFree(t *testing.T) {
	p := startProxy(t, echo(t))
	p.Play(time.Now(), now("refuse"))
	squatter, err := net.Listen("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	p.Play(time.Now(), nil)
	squatter.Close()
	eventually(t, "accepted", func() bool {
		c, err := net.Dial("tcp", p.Addr())
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	if err := p.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestProxySaysThatItCouldNotReopen(t *testing.T) {
	p := startProxy(t, echo(t))
	p.Play(time.Now(), now("refuse"))
	squatter, err := net.Listen("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer squatter.Close()
	p.Play(time.Now(), nil)
	if err := p.Close(); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("close: %v, want EADDRINUSE", err)
	}
}

func TestProxyIsLate(t *testing.T) {
	p := startProxy(t, echo(t))
	c := dial(t, p)
	p.Play(time.Now(), now("latency"))
	start := time.Now()
	if got, err := roundTrip(c, "late"); got != "late" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	if took := time.Since(start); took < 100*time.Millisecond {
		t.Errorf("the echo took %v, want 100ms at least", took)
	}
}

func TestProxySwallows(t *testing.T) {
	p := startProxy(t, echo(t))
	hit, idle := dial(t, p), dial(t, p)
	for _, c := range []net.Conn{hit, idle} {
		if _, err := roundTrip(c, "x"); err != nil {
			t.Fatal(err)
		}
	}
	p.Play(time.Now(), now("blackhole"))
	if _, err := io.WriteString(hit, "swallowed"); err != nil {
		t.Fatal(err)
	}
	opened := dial(t, p)
	if _, err := io.WriteString(opened, "swallowed"); err != nil {
		t.Fatal(err)
	}
	silence(t, hit)
	silence(t, opened)

	p.Play(time.Now(), nil)
	for _, c := range []net.Conn{idle, dial(t, p)} {
		if got, err := roundTrip(c, "healed"); got != "healed" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if _, err := io.WriteString(hit, "swallowed"); err != nil {
		t.Fatal(err)
	}
	silence(t, hit)
}

func TestProxyClose(t *testing.T) {
	p := startProxy(t, echo(t))
	plain, dead := dial(t, p), dial(t, p)
	if _, err := roundTrip(plain, "x"); err != nil {
		t.Fatal(err)
	}
	p.Play(time.Now(), now("blackhole"))
	if _, err := io.WriteString(dead, "swallowed"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	for _, c := range []net.Conn{plain, dead} {
		if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("read %d bytes, %v; want the connection closed", n, err)
		}
	}
	p.Play(time.Now(), nil)
	l, err := net.Listen("tcp", p.Addr())
	if err != nil {
		t.Fatalf("the port was not given back: %v", err)
	}
	l.Close()
	noneLeft(t)
}

// TestProxyCloseWhenJammed fills a connection both ways, so that nobody in the
// proxy reads any more when it closes.
func TestProxyCloseWhenJammed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := startProxy(t, l.Addr().String())
	client := dial(t, p)
	provider, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Close()
	var filling sync.WaitGroup
	for _, c := range []net.Conn{client, provider} {
		filling.Go(func() {
			var err error
			for b := make([]byte, 1<<20); err == nil; {
				c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
				_, err = c.Write(b)
			}
		})
	}
	filling.Wait()
	if err := p.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	noneLeft(t)
}

// noneLeft wants that no goroutine of toxiproxy remains. Those that Close does
// not wait for are on their last lines.
func noneLeft(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<22)
	eventually(t, "all goroutines of toxiproxy ended", func() bool {
		n := runtime.Stack(stacks, true)
		return !strings.Contains(string(stacks[:n]), "toxiproxy/v2")
	})
}

// TestProxyUnderClientsThatLeave changes windows while many clients cancel
// streams at random: what makes stock toxics hang for seconds where they are put on
// and taken off as toxiproxy would have it.
func TestProxyUnderClientsThatLeave(t *testing.T) {
	const clients = 64
	var streaming, served atomic.Int64
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		streaming.Add(1)
		defer streaming.Add(-1)
		served.Add(1)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, "data: x\n\n"); err != nil {
				return
			}
			http.NewResponseController(w).Flush()
			time.Sleep(time.Millisecond)
		}
	}))
	defer provider.Close()
	p := startProxy(t, provider.Listener.Addr().String())

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	transport := &http.Transport{}
	var running sync.WaitGroup
	for i := range clients {
		running.Go(func() {
			luck := rand.New(rand.NewPCG(7, uint64(i)))
			for ctx.Err() == nil {
				leaveAfter(ctx, transport, "http://"+p.Addr(), time.Duration(luck.IntN(20))*time.Millisecond)
			}
		})
	}
	luck := rand.New(rand.NewPCG(7, clients))
	changes := 0
	eventually(t, "enough streams opened and left under enough windows", func() bool {
		p.Play(time.Now(), someWindows(luck))
		changes++
		return served.Load() > 2*clients && changes >= 200
	})
	cancel()
	running.Wait()
	if err := p.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	transport.CloseIdleConnections()
	noneLeft(t)
	eventually(t, "all streams ended", func() bool { return streaming.Load() == 0 })
}

// leaveAfter opens a stream and leaves it.
func leaveAfter(ctx context.Context, transport http.RoundTripper, url string, after time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, after)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		panic(err) // the test's own mistake
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		<-ctx.Done() // refused: do not spin
		return
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
}

// someWindows is a random set of windows around now, some with an edge within
// the next milliseconds. Refusals are rare: each ends all streams.
func someWindows(luck *rand.Rand) []faults.Window {
	var windows []faults.Window
	for _, kind := range []struct {
		name string
		odds int
	}{{"refuse", 12}, {"latency", 3}, {"blackhole", 3}, {"bandwidth", 4}, {"limit_data", 4}, {"slow_close", 4}, {"toxic", 6}} {
		if luck.IntN(kind.odds) > 0 {
			continue
		}
		from := time.Duration(luck.IntN(6)-4) * time.Millisecond
		w := transport(kind.name, luck.Float64(), from, from+5*time.Millisecond)
		w.Fault.Params["delay"] = time.Duration(luck.IntN(10)) * time.Millisecond
		if kind.name == "toxic" {
			w.Fault.Params = someToxic(luck)
			windows = append(windows, w)
			continue
		}
		w.Fault.Params["bytes"], w.Fault.Params["bytes_per_second"] = 1+luck.IntN(500), 1000+luck.IntN(100_000)
		windows = append(windows, w)
	}
	return windows
}
