package faults_test

import (
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

// BenchmarkWindowEdges tells how much later than planned a window takes effect and
// ceases to, as clients on real sockets see it. Each iteration is one window, probed
// without pause; the errors are as coarse as a probe takes.
func BenchmarkWindowEdges(b *testing.B) {
	b.Run("proxy", func(b *testing.B) {
		p := benchProxy(b)
		edges(b, "refuse", p.Play, func() bool {
			c, err := net.Dial("tcp", p.Addr())
			if err != nil {
				return true
			}
			c.(*net.TCPConn).SetLinger(0) // or the probes use up all ports
			c.Close()
			return false
		})
	})
	b.Run("injector", func(b *testing.B) {
		in, ask := benchInjector(b)
		edges(b, "server_error", in.Play, func() bool { return ask() != http.StatusOK })
	})
}

// edges measures both edges of a window for each iteration.
func edges(b *testing.B, kind string, play func(time.Time, []faults.Window), hit func() bool) {
	const from, to = 5 * time.Millisecond, 60 * time.Millisecond
	var opened, closed []time.Duration
	for b.Loop() {
		start := time.Now()
		play(start, []faults.Window{transport(kind, 1, from, to)})
		opened = append(opened, when(b, hit, true).Sub(start)-from)
		closed = append(closed, when(b, hit, false).Sub(start)-to)
	}
	quantiles(b, "opens", opened)
	quantiles(b, "closes", closed)
}

// when is the moment of the first probe that finds what is awaited.
func when(b *testing.B, hit func() bool, want bool) time.Time {
	b.Helper()
	for limit := time.Now().Add(time.Second); time.Now().Before(limit); {
		if at := time.Now(); hit() == want {
			return at
		}
	}
	b.Fatal("no probe met the window: the machine is too busy to measure on")
	return time.Time{}
}

// BenchmarkAddedDelay tells by how much answers are later than the plan says, the trip
// itself included, which the figures without a fault show.
func BenchmarkAddedDelay(b *testing.B) {
	for _, planned := range []time.Duration{0, 20 * time.Millisecond} {
		name := "/none"
		if planned > 0 {
			name = ""
		}
		b.Run("latency"+name, func(b *testing.B) {
			p := benchProxy(b)
			if planned > 0 {
				w := now("latency")
				w[0].Fault.Params["delay"] = planned
				p.Play(time.Now(), w)
			}
			c, err := net.Dial("tcp", p.Addr())
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			late(b, planned, func() {
				if _, err := roundTrip(c, "x"); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run("delay"+name, func(b *testing.B) {
			in, ask := benchInjector(b)
			if planned > 0 {
				w := now("delay")
				w[0].Fault.Params["hold"] = planned
				in.Play(time.Now(), w)
			}
			late(b, planned, func() { ask() })
		})
	}
}

// late measures how much longer than planned something takes.
func late(b *testing.B, planned time.Duration, trip func()) {
	var errs []time.Duration
	for b.Loop() {
		sent := time.Now()
		trip()
		errs = append(errs, time.Since(sent)-planned)
	}
	quantiles(b, "late", errs)
}

// quantiles reports the median and the 99th percentile, nearest rank.
func quantiles(b *testing.B, what string, errs []time.Duration) {
	slices.Sort(errs)
	for _, q := range []struct {
		name string
		of   float64
	}{{"-p50-ms", 0.50}, {"-p99-ms", 0.99}} {
		rank := int(math.Ceil(q.of*float64(len(errs)))) - 1
		b.ReportMetric(errs[rank].Seconds()*1000, what+q.name)
	}
}

func benchProxy(b *testing.B) *faults.Proxy {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	b.Cleanup(func() { l.Close() })
	p, err := faults.StartProxy("127.0.0.1:0", l.Addr().String(), faults.ProxyOptions{Seed: 7})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Close() })
	return p
}

// benchInjector is an injector that serves, and a client that tells the status of an
// answer.
func benchInjector(b *testing.B) (in *faults.Injector, ask func() int) {
	b.Helper()
	in = faults.New(http.HandlerFunc(short), plain{}, faults.Options{})
	site := httptest.NewServer(in)
	b.Cleanup(site.Close)
	return in, func() int {
		resp, err := http.Post(site.URL+"/chat", "application/json", http.NoBody)
		if err != nil {
			b.Fatal(err)
		}
		defer resp.Body.Close()
		io.Copy(io.Discard, resp.Body)
		return resp.StatusCode
	}
}

// short is an answer that takes no time.
func short(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }
