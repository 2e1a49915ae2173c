package faults

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// A Proxy stands before a provider's listener and performs the transport faults.
// Put one only where a scenario has such faults, for it halves throughput.
//
// A share is a part of the connections: each draws for itself, as the n-th that
// the proxy accepted, and is hit while its draw is within the share. Which
// request gets which connection is up to the client.
//
// A reset behind a proxy reaches the client as an orderly end, unless it is the
// toxic reset_peer's, and a client that closes its sending side alone is taken to
// have left.
type Proxy struct {
	addr     string // port 0 until it first listens
	upstream string
	seed     uint64
	server   *toxiproxy.ApiServer
	inner    *toxiproxy.Proxy // a new one each time it opens
	wire     *wire

	mu     sync.Mutex // one Play or Close at a time; below: theirs and their keeper's
	closed bool
	shut   bool   // refusing
	stock  string // the stock toxic that is to be on, "" for none
	failed error  // why the proxy still refuses though no window is open
	cancel context.CancelFunc
	keeper sync.WaitGroup
}

// ProxyOptions are what a [Proxy] is told once. The zero value works.
type ProxyOptions struct {
	Seed uint64 // of the draws
	// Struck is told of what each fault did to each connection, when that has ended and
	// on its goroutine. Connections that were refused are not among them: the kernel
	// refuses them, and tells nobody. Nil: nobody is told.
	Struck func(Blow)
}

// StartProxy listens on listen, "host:port" with port 0 for any, and passes
// connections on to upstream. Until [Proxy.Play] nothing fails. An address in
// use is an error around syscall.EADDRINUSE.
func StartProxy(listen, upstream string, opts ProxyOptions) (*Proxy, error) {
	// It wants its API's server for a logger, which is to be silent, and metrics,
	// which are off; the server is never started.
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := &Proxy{addr: listen, upstream: upstream, seed: opts.Seed, server: server, wire: &wire{struck: opts.Struck}}
	if err := p.open(); err != nil {
		return nil, fmt.Errorf("start proxy: %w", err)
	}
	p.addr = p.inner.Listen
	return p, nil
}

// Addr is where clients connect, "host:port".
func (p *Proxy) Addr() string { return p.addr }

// Play performs the transport windows among windows, given in file order, from
// start on, in place of what was performed so far; nil heals. When it returns,
// what is due now is done. Connections are counted on.
func (p *Proxy) Play(start time.Time, windows []Window) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.dismissKeeper()
	show := NewShow(start, p.seed, windows)
	p.wire.show.Store(show)
	wait := p.keepGate(show)
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	p.keeper.Go(func() {
		for wait > 0 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
				wait = p.keepGate(show)
			}
		}
	})
}

// Close stops listening, closes all connections and returns when nothing is
// under way any more. The error says that the proxy could not listen again
// after a refuse window, and so refused for longer than the scenario wanted.
func (p *Proxy) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	p.dismissKeeper()
	p.wire.show.Store(p.wire.show.Load().Closing())
	if !p.shut {
		p.stop()
	}
	p.wire.carried.Wait()
	if p.failed != nil {
		return fmt.Errorf("reopen proxy: %w", p.failed)
	}
	return nil
}

// dismissKeeper ends the goroutine that the last Play started, if any.
func (p *Proxy) dismissKeeper() {
	if p.cancel != nil {
		p.cancel()
		p.keeper.Wait()
	}
}

// keepGate refuses or accepts, with a stock toxic or without, as the show wants it
// now, and tells how long that holds; 0 is for good.
func (p *Proxy) keepGate(show *Show) time.Duration {
	const again = 20 * time.Millisecond
	now := time.Now()
	refused, wait := show.Refused(now)
	stock, other := show.Stock(now)
	if (refused || stock != p.stock) && !p.shut {
		p.stop()
	}
	p.stock = stock
	if !refused && p.shut {
		// Somebody may hold the port for a moment, be it as the near end of a
		// connection elsewhere.
		if p.failed = p.open(); p.failed != nil {
			return again
		}
	}
	if wait == 0 || other > 0 && other < wait {
		return other
	}
	return wait
}

// open listens, the first time or again on the same port.
func (p *Proxy) open() error {
	p.wire.stopped = make(chan struct{})
	p.shut = true
	inner, err := p.proxy()
	if err != nil {
		return err
	}
	if err := inner.Start(); err != nil {
		return err
	}
	p.inner, p.shut = inner, false
	return nil
}

// proxy makes one that has not started. The toxics that it has it keeps: to add or
// remove one later is not safe.
func (p *Proxy) proxy() (*toxiproxy.Proxy, error) {
	// Toxiproxy makes toxics by name, from a registry that is its own package's
	// variable. To register the same type again is harmless.
	toxics.Register("brownout", new(toxic))
	inner := toxiproxy.NewProxy(p.server, "provider", p.addr, p.upstream)
	for _, way := range []string{"upstream", "downstream"} {
		added, err := inner.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(`{"type": "brownout", "stream": %q}`, way)))
		if err != nil {
			return nil, err
		}
		// Before the proxy starts nobody else looks at the toxic, so it can be
		// told its wire directly and no JSON need carry it.
		added.Toxic.(*toxic).attach(p.wire, way == "downstream")
	}
	if p.stock != "" {
		if err := addStock(inner, p.wire, p.stock); err != nil {
			return nil, err
		}
	}
	return inner, nil
}

// stop closes the listener and every connection.
func (p *Proxy) stop() {
	p.inner.Stop()
	close(p.wire.stopped)
	p.shut = true
}
