package drilltest_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// Of each fault of transport, a proxy on sockets and one in memory tell the same: what
// it did to which connection.
func TestProxiesTellOfTheSameBlows(t *testing.T) {
	for kind, want := range map[string][]string{
		"refuse":     {"connection, 0 unheard", "connection, 0 unheard"}, // what was refused nobody saw
		"blackhole":  {"request, 100 unheard", "request, 100 unheard"},
		"latency":    {"answer, 0 unheard", "answer, 0 unheard"},
		"bandwidth":  {"answer, 0 unheard", "answer, 0 unheard"},
		"limit_data": {"answer, 0 unheard", "answer, 0 unheard"},
		"slow_close": {"end, 0 unheard", "end, 0 unheard"},
		"reset":      nil, // is an attempt's
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			kinds := faults.Kinds()
			fault := faultOf(kinds[slices.IndexFunc(kinds, func(k faults.Kind) bool { return k.Name == kind })])
			if kind == "limit_data" {
				fault.Params["bytes"] = 50
			}
			sockets := blowsOf(t, drill.Net{
				Listen: func(addr string) (net.Listener, error) { return net.Listen("tcp", addr) },
				Dial:   new(net.Dialer).DialContext,
				Proxy: func(listen, upstream string, opts faults.ProxyOptions) (drill.Proxy, error) {
					return faults.StartProxy(listen, upstream, opts)
				},
			}, fault)
			var memory []string
			synctest.Test(t, func(t *testing.T) { memory = blowsOf(t, drilltest.InMemory(memnet.New()), fault) })
			if diff := cmp.Diff(sockets, memory); diff != "" {
				t.Errorf("blows (-sockets +memory):\n%s", diff)
			}
			if !slices.Equal(memory, want) {
				t.Errorf("blows %q, want %q", memory, want)
			}
		})
	}
}

// blowsOf is what a proxy tells of one connection that is open and asks while the fault
// is played, and of one that is opened then; before, between and after there are others.
func blowsOf(t *testing.T, network drill.Net, fault faults.Fault) []string {
	t.Helper()
	provider, ended := answering(t, network)
	var mu sync.Mutex
	var told []string
	proxy, err := network.Proxy("127.0.0.1:0", provider.Addr().String(), faults.ProxyOptions{Struck: func(b faults.Blow) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, fmt.Sprintf("%s, %d unheard", b.At, b.Unheard))
	}})
	if err != nil {
		t.Fatal(err)
	}
	dial := func() net.Conn {
		c, err := network.Dial(context.Background(), "tcp", proxy.Addr())
		if err != nil {
			return nil // refused
		}
		return c
	}
	ask := func(c net.Conn, text string) {
		if c == nil {
			return
		}
		_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if _, err := io.WriteString(c, text); err == nil {
			_, _ = io.ReadFull(c, make([]byte, len(text)+1)) // nothing, a part, or the end
		}
	}
	open, idle := dial(), dial()
	ask(open, "before")
	ask(idle, "before")
	proxy.Play(time.Now(), []faults.Window{{Fault: &fault, Provider: "primary", From: -time.Hour, To: time.Hour}})
	silent := dial() // and stays so
	for _, c := range []net.Conn{open, dial()} {
		if c != nil {
			ask(c, strings.Repeat("x", 99)+".")
			c.Close()
		}
	}
	// Those that a refusal ends are told of at once, and nothing else tells when.
	all := func() int { mu.Lock(); defer mu.Unlock(); return len(told) }
	for limit := time.Now().Add(time.Minute); fault.Kind == "refuse" && all() < 2 && time.Now().Before(limit); {
		time.Sleep(time.Millisecond)
	}
	proxy.Play(time.Now(), nil)
	last := dial()
	ask(last, "after")
	for _, c := range []net.Conn{idle, last, silent} {
		if c != nil {
			c.Close()
		}
	}
	if err := proxy.Close(); err != nil {
		t.Error(err)
	}
	provider.Close()
	ended()
	return told
}

// answering is a provider that says again what it is told, and ends after a full stop;
// and who waits for its end.
func answering(t *testing.T, network drill.Net) (net.Listener, func()) {
	t.Helper()
	l, err := network.Listen("127.0.0.1:0")
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
				b := make([]byte, 200)
				for {
					n, err := c.Read(b)
					if err != nil {
						return
					}
					if _, err := c.Write(b[:n]); err != nil || b[n-1] == '.' {
						return
					}
				}
			})
		}
	})
	return l, serving.Wait
}
