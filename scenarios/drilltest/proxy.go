package drilltest

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// The transport faults that are played in memory.
const (
	refuse    = "refuse"
	latency   = "latency"
	blackhole = "blackhole"
	bandwidth = "bandwidth"
	slowClose = "slow_close"
	limitData = "limit_data"
)

// inMemory is a drill's network in memory, with the transport faults on it.
func inMemory(n *memnet.Net) drill.Net {
	return drill.Net{
		Listen: n.Listen,
		Dial:   n.Dial,
		Proxy: func(listen, upstream string, seed uint64) (drill.Proxy, error) {
			return startProxy(n, listen, upstream, seed)
		},
	}
}

// A proxy is what [faults.Proxy] is, in memory: it stands before a provider and
// performs the transport faults, and does to its connections what toxiproxy
// does, down to which side hears of what. The twin test holds them together.
type proxy struct {
	net      *memnet.Net
	upstream string
	addr     string
	seed     uint64
	show     atomic.Pointer[show]

	mu       sync.Mutex
	listener net.Listener // nil while refusing
	ends     map[net.Conn]struct{}
	accepted int
	keeper   context.CancelFunc
	kept     chan struct{} // closed when the keeper has ended
	carried  sync.WaitGroup
}

func startProxy(n *memnet.Net, listen, upstream string, seed uint64) (*proxy, error) {
	p := &proxy{net: n, upstream: upstream, addr: listen, seed: seed, ends: map[net.Conn]struct{}{}}
	p.show.Store(new(show))
	if err := p.open(); err != nil {
		return nil, fmt.Errorf("start proxy: %w", err)
	}
	return p, nil
}

// Addr is where clients connect, "host:port".
func (p *proxy) Addr() string { return p.addr }

// Play performs the transport windows among windows from start on, in place of
// what was performed so far; nil heals.
func (p *proxy) Play(start time.Time, windows []faults.Window) {
	p.dismiss()
	s := newShow(start, windows)
	p.show.Store(s)
	wait := p.gate(s)
	ctx, cancel := context.WithCancel(context.Background())
	kept := make(chan struct{})
	p.keeper, p.kept = cancel, kept
	go func() {
		defer close(kept)
		for wait > 0 {
			timer := time.NewTimer(wait)
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-timer.C:
				wait = p.gate(s)
			}
		}
	}()
}

// dismiss ends the goroutine that the last Play started, if any.
func (p *proxy) dismiss() {
	if p.keeper != nil {
		p.keeper()
		<-p.kept
	}
}

// Close stops listening, closes all connections and returns when nothing is
// under way any more.
func (p *proxy) Close() error {
	p.dismiss()
	p.stop()
	p.carried.Wait()
	return nil
}

// gate refuses or accepts as the show wants it now, and tells how long that
// holds; 0 is for good.
func (p *proxy) gate(s *show) time.Duration {
	refused, wait := s.refused(time.Since(s.start))
	if refused {
		p.stop()
	} else if err := p.open(); err != nil {
		return time.Millisecond // somebody holds the port for a moment
	}
	return wait
}

func (p *proxy) open() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		return nil
	}
	l, err := p.net.Listen(p.addr)
	if err != nil {
		return err
	}
	p.listener, p.addr = l, l.Addr().String()
	p.carried.Go(func() { p.accept(l) })
	return nil
}

// stop closes the listener and every connection.
func (p *proxy) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener == nil {
		return
	}
	p.listener.Close()
	p.listener = nil
	for c := range p.ends {
		c.Close()
	}
	clear(p.ends)
}

func (p *proxy) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return // stopped
		}
		provider, err := p.net.Dial(context.Background(), "tcp", p.upstream)
		if err != nil {
			client.Close()
			continue
		}
		if n, ok := p.keep(l, client, provider); ok {
			c := &carrier{proxy: p, n: n, left: make(chan struct{}), served: make(chan struct{})}
			p.carried.Go(func() { c.up(client, provider) })
			p.carried.Go(func() { c.down(provider, client) })
		}
	}
}

// keep makes two ends known, and says the how-manieth connection they are. A
// proxy that stopped meanwhile closes them.
func (p *proxy) keep(l net.Listener, ends ...net.Conn) (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != l {
		for _, c := range ends {
			c.Close()
		}
		return 0, false
	}
	for _, c := range ends {
		p.ends[c] = struct{}{}
	}
	p.accepted++
	return p.accepted, true
}

func (p *proxy) end(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.Close()
	delete(p.ends, c)
}

// A show is what one call of Play asked for.
type show struct {
	start  time.Time
	refuse []faults.Window
	others []faults.Window
}

func newShow(start time.Time, windows []faults.Window) *show {
	s := &show{start: start}
	for _, w := range windows {
		switch {
		case w.Fault.Kind == refuse:
			s.refuse = append(s.refuse, w)
		case w.Fault.Transport():
			s.others = append(s.others, w)
		}
	}
	return s
}

// refused says whether connections are refused at t, and how long after t that
// may change; 0 is never.
func (s *show) refused(t time.Duration) (refused bool, wait time.Duration) {
	var edges []time.Duration
	for _, w := range s.refuse {
		refused = refused || w.ShareAt(t) > 0
		if edge := nextEdge(w, t); edge > t {
			edges = append(edges, edge)
		}
	}
	if len(edges) == 0 {
		return refused, 0
	}
	return refused, slices.Min(edges) - t
}

// nextEdge is the first moment after t at which a window opens or closes, with
// the cycle that its fault may have; −1: none.
func nextEdge(w faults.Window, t time.Duration) time.Duration {
	bad, whole := w.Fault.Cycle.Bad, w.Fault.Cycle.Bad+w.Fault.Cycle.OK
	switch {
	case t < w.From:
		return w.From
	case t >= w.To:
		return -1
	case bad == 0:
		return w.To
	}
	began := t - (t-w.From)%whole
	if t < began+bad {
		return min(began+bad, w.To)
	}
	return min(began+whole, w.To)
}

// fault is the window that hits the n-th connection at the moment, nil for none.
func (s *show) fault(seed uint64, n int, at time.Time) *faults.Window {
	t := at.Sub(s.start)
	for i := range s.others {
		w := &s.others[i]
		if share := w.ShareAt(t); share > 0 && w.Draw(seed, "", n) < share {
			return w
		}
	}
	return nil
}
