package traffic_test

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

// site is an app on a network of its own. All tests that use it run in a
// bubble, which proves that nothing is left running when they end.
type site struct {
	net *memnet.Net
	url string
}

// serve is an app that answers as HTTP should.
func serve(t *testing.T, h http.HandlerFunc) *site {
	t.Helper()
	s, l := listen(t)
	server := &http.Server{Handler: h}
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(l) })
	t.Cleanup(func() {
		server.Shutdown(context.Background()) // waits for the handlers
		serving.Wait()
	})
	return s
}

// answer is an app that does as it likes with a connection, once it has read a
// request from it.
func answer(t *testing.T, talk func(net.Conn)) *site {
	t.Helper()
	return accept(t, func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			talk(c)
		}
	})
}

// accept is an app that does as it likes with a connection, which is closed
// after it.
func accept(t *testing.T, talk func(net.Conn)) *site {
	t.Helper()
	s, l := listen(t)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				talk(c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return s
}

func listen(t *testing.T) (*site, net.Listener) {
	t.Helper()
	n := memnet.New()
	l, err := n.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &site{n, "http://" + l.Addr().String()}, l
}

func (s *site) sender(journeys ...traffic.Journey) *traffic.Sender {
	return &traffic.Sender{Target: s.url, Journeys: journeys, Dial: s.net.Dial, Fill: words}
}

func words(d traffic.Due) ask.Words {
	return ask.Words{Prompt: fmt.Sprintf("say %q", "hi"), Nonce: fmt.Sprintf("nonce%d", d.N)}
}

// get sends one request and gives its result. Its moments count from then.
func (s *site) get(t *testing.T, j traffic.Journey) traffic.Result {
	t.Helper()
	return s.sender(j).Once(t.Context(), traffic.Due{})
}

// run performs a schedule from now on and gives the results by number.
func run(ctx context.Context, s *traffic.Sender, due []traffic.Due) []traffic.Result {
	var mu sync.Mutex
	var results []traffic.Result
	s.Run(ctx, time.Now(), due, func(r traffic.Result) {
		mu.Lock()
		defer mu.Unlock()
		results = append(results, r)
	})
	slices.SortFunc(results, func(a, b traffic.Result) int { return cmp.Compare(a.N, b.N) })
	return results
}

// every is a schedule of n requests of the first journey.
func every(gap time.Duration, n int) []traffic.Due {
	var due []traffic.Due
	for i := range n {
		due = append(due, traffic.Due{N: i, Nth: i, At: time.Duration(i) * gap})
	}
	return due
}

// quit closes a connection so that the other side is told of a reset.
func quit(c net.Conn) {
	c.(interface{ SetLinger(sec int) error }).SetLinger(0)
	c.Close()
}

type dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// counting counts the connections that dial makes.
func counting(dial dialer, n *atomic.Int64) dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		n.Add(1)
		return dial(ctx, network, addr)
	}
}
