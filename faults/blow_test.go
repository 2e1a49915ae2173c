package faults_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// told words a blow with its moments since a start.
func told(b faults.Blow, start time.Time) string {
	return fmt.Sprintf("%s at %s: opened %v, struck %v, ended %v, %d unheard",
		b.Fault.Kind, b.At, b.Opened.Sub(start), b.Struck.Sub(start), b.Ended.Sub(start), b.Unheard)
}

// TestBlows: what each fault did to a connection is told when that has ended, once.
// The client asks after a second, is answered a second later and leaves after ten.
func TestBlows(t *testing.T) {
	const s = time.Second
	limit := transport("limit_data", 1, 0, time.Hour)
	limit.Fault.Params["bytes"] = 3
	thin := transport("bandwidth", 1, 0, time.Hour)
	thin.Fault.Params["bytes_per_second"] = 6
	for _, c := range []struct {
		name    string
		windows []faults.Window
		want    []string
	}{
		{"no fault", nil, nil},
		{"none of the proxy's", []faults.Window{transport("rate_limit", 1, 0, time.Hour)}, nil},
		{"a share of none", []faults.Window{transport("latency", 0, 0, time.Hour)}, nil},
		{"a hole while nobody said a word", []faults.Window{transport("blackhole", 1, 3*s, 9*s)}, nil},
		{
			"a hole that takes the request",
			[]faults.Window{transport("blackhole", 1, 0, 90*time.Minute)},
			[]string{"blackhole at request: opened 0s, struck 1s, ended 10s, 5 unheard"},
		},
		{
			"a hole that takes the answer",
			[]faults.Window{transport("blackhole", 1, 2*s, time.Hour)},
			[]string{"blackhole at answer: opened 0s, struck 2s, ended 10s, 0 unheard"},
		},
		{
			"a late answer",
			[]faults.Window{transport("latency", 1, 0, time.Hour)},
			[]string{"latency at answer: opened 0s, struck 2s, ended 10s, 0 unheard"},
		},
		{
			"a trickle",
			[]faults.Window{thin},
			[]string{"bandwidth at answer: opened 0s, struck 2s, ended 10s, 0 unheard"},
		},
		{
			"an answer cut short",
			[]faults.Window{limit},
			[]string{"limit_data at answer: opened 0s, struck 2s, ended 10s, 0 unheard"},
		},
		{
			"late, and then lost",
			[]faults.Window{transport("latency", 1, 0, 2100*time.Millisecond), transport("blackhole", 1, 2100*time.Millisecond, time.Hour)},
			[]string{
				"latency at answer: opened 0s, struck 2s, ended 10s, 0 unheard",
				"blackhole at answer: opened 0s, struck 2.3s, ended 10s, 0 unheard",
			},
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			wire := faults.NewWire(7)
			var got []string
			wire.Struck(func(b faults.Blow) { got = append(got, told(b, start)) })
			wire.Play(start, c.windows)
			up, down := wire.Connect()
			request, answer := collect(start, up), collect(start, down)
			time.Sleep(s)
			up.Send("hello")
			time.Sleep(s)
			down.Send("hello, too")
			time.Sleep(8 * s)
			up.End()
			down.End()
			<-request.done
			<-answer.done
			wire.Wait()
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: blows (-want +got):\n%s", c.name, diff)
			}
		})
	}
}

// TestSlowCloseIsABlow where the provider ends first, and none where the client does.
func TestSlowCloseIsABlow(t *testing.T) {
	for first, want := range map[string][]string{
		"provider": {"slow_close at end: opened 0s, struck 1s, ended 1.3s, 0 unheard"},
		"client":   nil,
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			wire := faults.NewWire(7)
			var got []string
			wire.Struck(func(b faults.Blow) { got = append(got, told(b, start)) })
			wire.Play(start, []faults.Window{transport("slow_close", 1, 0, time.Hour)})
			up, down := wire.Connect()
			answer, request := collect(start, down), collect(start, up)
			time.Sleep(time.Second)
			if first == "client" {
				up.End()
				synctest.Wait()
				down.End()
			} else {
				down.End()
				<-answer.done
				up.End()
			}
			<-answer.done
			<-request.done
			wire.Wait()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the %s first (-want +got):\n%s", first, diff)
			}
		})
	}
}

// tally is what a proxy on sockets told.
type tally struct {
	mu    sync.Mutex
	blows []faults.Blow
}

func (y *tally) note(b faults.Blow) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.blows = append(y.blows, b)
}

// counts says how many blows there were of each sort.
func (y *tally) counts() map[string]int {
	y.mu.Lock()
	defer y.mu.Unlock()
	n := map[string]int{}
	for _, b := range y.blows {
		n[fmt.Sprintf("%s at %s, %d unheard", b.Fault.Kind, b.At, b.Unheard)]++
	}
	return n
}

func startTold(t *testing.T) (*faults.Proxy, *tally) {
	t.Helper()
	y := new(tally)
	p, err := faults.StartProxy("127.0.0.1:0", echo(t), faults.ProxyOptions{Seed: 7, Struck: y.note})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p, y
}

// TestBlowsOnSockets: a client that makes so many attempts in a window is told of as
// many times; what it opened and did not use is none, nor is what it did before.
func TestBlowsOnSockets(t *testing.T) {
	const attempts = 17
	p, y := startTold(t)
	for range 3 {
		if _, err := roundTrip(dial(t, p), "before"); err != nil {
			t.Fatal(err)
		}
	}
	p.Play(time.Now(), now("blackhole"))
	start := time.Now()
	for range attempts {
		c := dial(t, p)
		if _, err := io.WriteString(c, "anybody there?"); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	dial(t, p) // and nothing said
	eventually(t, "all were told of", func() bool {
		y.mu.Lock()
		defer y.mu.Unlock()
		return len(y.blows) >= attempts
	})
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]int{"blackhole at request, 14 unheard": attempts}, y.counts()); diff != "" {
		t.Errorf("blows (-want +got):\n%s", diff)
	}
	for _, b := range y.blows {
		if b.Opened.Before(start) || b.Struck.Before(b.Opened) || b.Ended.Before(b.Struck) {
			t.Errorf("out of order: %s", told(b, start))
		}
	}
	noneLeft(t)
}

// TestBlowsOfARefusal: the connections that were open are told of; those that were
// refused are seen by nobody.
func TestBlowsOfARefusal(t *testing.T) {
	p, y := startTold(t)
	for range 4 {
		if _, err := roundTrip(dial(t, p), "x"); err != nil {
			t.Fatal(err)
		}
	}
	p.Play(time.Now(), now("refuse"))
	for range 5 {
		if c, err := net.Dial("tcp", p.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dial: %v, %v; want ECONNREFUSED", c, err)
		}
	}
	p.Play(time.Now(), nil)
	if _, err := roundTrip(dial(t, p), "healed"); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]int{"refuse at connection, 0 unheard": 4}, y.counts()); diff != "" {
		t.Errorf("blows (-want +got):\n%s", diff)
	}
}

// TestBlowsOfAToxic: connections that are open when it comes, and those under it.
func TestBlowsOfAToxic(t *testing.T) {
	p, y := startTold(t)
	if _, err := roundTrip(dial(t, p), "x"); err != nil {
		t.Fatal(err)
	}
	p.Play(time.Now(), toxic("latency", faults.Params{"latency": time.Millisecond}))
	for range 2 {
		if _, err := roundTrip(dial(t, p), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]int{"toxic at connection, 0 unheard": 3}, y.counts()); diff != "" {
		t.Errorf("blows (-want +got):\n%s", diff)
	}
}

// TestBlowsOfTLS: a handshake that came to nothing is told with what the client said
// in it, one that was only held up without.
func TestBlowsOfTLS(t *testing.T) {
	for _, c := range []struct {
		kind   string
		want   []string
		lasts  time.Duration
		vainly bool
	}{
		{"cert_expired", []string{"cert_expired at handshake: opened 1s, struck 1s, ended 1s"}, time.Hour, true},
		{"handshake_stall", []string{"handshake_stall at handshake: opened 1s, struck 1s, ended 3s"}, time.Hour, true},
		{"handshake_stall", []string{"handshake_stall at handshake: opened 1s, struck 1s, ended 2s"}, time.Second, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			s := serveTLS(t, 7)
			s.Play(start, []faults.Window{tlsWindow(c.kind, 1, time.Second, time.Second+c.lasts)})
			open, err := s.dial("localhost", time.Second)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			s.try("localhost", 2*time.Second)
			open.Close()
			synctest.Wait()
			s.stop()
			var got []string
			for _, b := range s.struck {
				if vain := b.Unheard > 100; vain != c.vainly {
					t.Errorf("%s: %d bytes unheard, want a hello: %v", c.kind, b.Unheard, c.vainly)
				}
				b.Unheard = 0
				got = append(got, told(b, start))
			}
			for i := range c.want {
				c.want[i] += ", 0 unheard"
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: blows %q, want %q", c.kind, got, c.want)
			}
		})
	}
}
