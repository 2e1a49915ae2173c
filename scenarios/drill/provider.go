package drill

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/upstream"
)

// A PortError says that a provider could not listen.
type PortError struct {
	Provider string
	Addr     string
	Err      error
}

func (e *PortError) Error() string {
	return fmt.Sprintf("provider %q cannot listen on %s: %v", e.Provider, e.Addr, e.Err)
}

func (e *PortError) Unwrap() error { return e.Err }

// provider is one mock, serving: recorder → injector → mock, or upstream in its
// place, behind a proxy when the plan has transport faults for it.
type provider struct {
	name     string
	index    int // in the plan
	endpoint Endpoint
	spec     scenarios.Provider
	service  bool // with effects, and of no models
	ledger   *ledger
	mock     *mockllm.Server
	upstream *upstream.Upstream // nil: the mock answers
	injector *faults.Injector
	tls      *faults.TLSListener // nil: it speaks none
	proxy    Proxy               // nil: the plan has no transport faults here
	server   *http.Server
	served   chan struct{} // closed at server.Serve's end
	playing  []faults.Window

	attempts, faulted atomic.Int64
	closing           atomic.Bool
	open              sync.WaitGroup // attempts under way

	mu      sync.Mutex
	nth     map[string]int // nonce → attempts so far
	askings map[string]asking
}

func startProvider(ctx context.Context, spec scenarios.Provider, d *drill) (*provider, error) {
	p := &provider{
		name:    spec.Name,
		spec:    spec,
		service: spec.Service(),
		ledger:  d.ledger,
		served:  make(chan struct{}),
		nth:     map[string]int{},
		askings: map[string]asking{},
	}
	p.index = len(d.ledger.providers)
	d.ledger.providers = append(d.ledger.providers, p)
	var err error
	p.mock, err = mockllm.New(spec.Name, spec.Spec, mockllm.Options{
		Seed: d.plan.Seed, Served: served, Tokens: d.plan.AnswerTokens,
		Loop: p, // what a batch asks of itself is recorded and can fail like the rest
		// What an upstream's clients need for a key is for the upstream to say.
		Keyless: spec.Upstream != "",
	})
	if err != nil {
		return nil, fmt.Errorf("provider %q: %w", spec.Name, err)
	}
	var answers http.Handler = p.mock
	if spec.Upstream != "" {
		if p.upstream, err = p.passOn(d.opts.Net); err != nil {
			return nil, fmt.Errorf("provider %q: %w", spec.Name, err)
		}
		answers = p.upstream
	}
	p.injector = faults.New(answers, dialect{p.mock, spec.Spec.Region, p.ledger}, faults.Options{
		Seed: d.plan.Seed, Hit: p.hit,
		Slow: mockllm.WithSlow, Content: defective, Load: shrink(p.mock),
	})
	if err := p.listen(ctx, d); err != nil {
		return nil, &PortError{Provider: spec.Name, Addr: spec.Listen, Err: err}
	}
	return p, nil
}

// listen opens the provider's port: its own listener, or a proxy in front of
// one on any port.
func (p *provider) listen(ctx context.Context, d *drill) error {
	proxied := slices.Contains(d.opts.Proxied, p.name) || slices.ContainsFunc(d.plan.Windows, func(w faults.Window) bool {
		return w.Provider == p.name && w.Fault.Transport()
	})
	direct := p.spec.Listen
	if proxied {
		direct = "127.0.0.1:0"
	}
	l, err := d.opts.Net.Listen(direct)
	if err == nil && p.spec.TLS {
		l, err = p.secure(l, d)
	}
	if err != nil {
		return err
	}
	p.serve(ctx, l)
	caFile := d.opts.Trust.File
	p.endpoint = newEndpoint(p.spec, d.plan.Seed, l.Addr().String(), caFile)
	if !proxied {
		return nil
	}
	p.proxy, err = d.opts.Net.Proxy(p.spec.Listen, l.Addr().String(), faults.ProxyOptions{Seed: d.plan.Seed, Struck: p.struck})
	if err != nil {
		_ = p.close()
		return err
	}
	p.endpoint = newEndpoint(p.spec, d.plan.Seed, p.proxy.Addr(), caFile)
	return nil
}

func (p *provider) serve(ctx context.Context, l net.Listener) {
	p.server = &http.Server{
		Handler:           p,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
		// A cancelled drill still answers its open requests; they end with the
		// server.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	go func() {
		defer close(p.served)
		_ = p.server.Serve(l) // always an error: that it was closed
	}()
}

// play opens and closes the provider's windows by the clock that began at start.
func (p *provider) play(start time.Time, windows []faults.Window) {
	p.playing = p.own(windows)
	p.injector.Play(start, p.playing)
	p.connect(start, p.playing)
}

// change plays other windows by the same clock. A provider that has none of those
// that are others is left alone.
func (p *provider) change(start time.Time, windows []faults.Window) {
	own := p.own(windows)
	if slices.Equal(own, p.playing) {
		return
	}
	p.playing = own
	now := time.Since(start)
	own = slices.DeleteFunc(slices.Clone(own), func(w faults.Window) bool { return w.To <= now })
	p.injector.Change(own)
	p.connect(start, own)
}

// own are the provider's of the windows.
func (p *provider) own(windows []faults.Window) []faults.Window {
	var own []faults.Window
	for _, w := range windows {
		if w.Provider == p.name {
			own = append(own, w)
		}
	}
	return own
}

// connect plays what befalls connections.
func (p *provider) connect(start time.Time, own []faults.Window) {
	if p.tls != nil {
		p.tls.Play(start, own)
	}
	if p.proxy != nil {
		p.proxy.Play(start, own)
	}
}

func (p *provider) heal() { p.play(time.Now(), nil) }

// drain waits until no attempt is under way, or ctx ends.
func (p *provider) drain(ctx context.Context) {
	idle := make(chan struct{})
	go func() { p.open.Wait(); close(idle) }()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

// close ends every connection and waits for the attempts to be written down.
func (p *provider) close() error {
	p.closing.Store(true)
	var err error
	if p.proxy != nil {
		err = p.proxy.Close()
	}
	if p.server != nil {
		_ = p.server.Close()
		<-p.served
		p.server = nil
	}
	if p.mock != nil {
		_ = p.mock.Close() // batches under way; it never fails
	}
	if p.upstream != nil {
		p.upstream.Close()
	}
	p.open.Wait()
	return err
}
