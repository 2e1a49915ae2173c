package drilltest

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// inMemory is a drill's network in memory, with the transport faults on it.
func inMemory(n *memnet.Net) drill.Net {
	return drill.Net{
		Listen: n.Listen,
		Dial:   n.Dial,
		Proxy: func(listen, upstream string, opts faults.ProxyOptions) (drill.Proxy, error) {
			return startProxy(n, listen, upstream, opts)
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
	opts     faults.ProxyOptions
	show     atomic.Pointer[faults.Show] // nil before the first Play

	mu       sync.Mutex
	listener net.Listener // nil while refusing
	ends     map[net.Conn]struct{}
	accepted int
	keeper   context.CancelFunc
	kept     chan struct{} // closed when the keeper has ended
	carried  sync.WaitGroup
}

func startProxy(n *memnet.Net, listen, upstream string, opts faults.ProxyOptions) (*proxy, error) {
	p := &proxy{net: n, upstream: upstream, addr: listen, opts: opts, ends: map[net.Conn]struct{}{}}
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
	show := faults.NewShow(start, p.opts.Seed, windows)
	p.show.Store(show)
	wait := p.gate(show)
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
				wait = p.gate(show)
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
	p.show.Store(p.show.Load().Closing())
	p.stop()
	p.carried.Wait()
	return nil
}

// gate refuses or accepts as the show wants it now, and tells how long that
// holds; 0 is for good.
func (p *proxy) gate(show *faults.Show) time.Duration {
	refused, wait := show.Refused(time.Now())
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
			c := &carrier{Link: faults.NewLink(n, p.show.Load, p.opts.Struck), proxy: p}
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
