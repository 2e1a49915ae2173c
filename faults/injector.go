package faults

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what an injector is told once. The zero value works.
type Options struct {
	Seed uint64
	// Slow puts into the context by how much the next handler shall stretch the
	// time to its first token and its gaps. Nil: slow faults leave requests alone.
	Slow func(ctx context.Context, ttft, gap float64) context.Context
	// Hit is told of each fault that is applied, on the request's goroutine, with
	// the request as the injector got it. Nil: nobody is told.
	Hit func(*http.Request, Hit)
}

// An Injector stands in front of a provider and lets requests fail while a
// window is open. Requests that draw no fault reach the next handler as they
// are. Transport faults are the [Proxy]'s; the injector leaves them out.
//
// A fault that breaks the connection hijacks it. Where that cannot be (HTTP/2,
// a recorder), it panics with [http.ErrAbortHandler], as net/http wants it.
type Injector struct {
	next    http.Handler
	dialect Dialect
	opts    Options
	now     atomic.Pointer[performance]
}

// New wraps next, whose wire format is d. Until [Injector.Play] nothing fails.
func New(next http.Handler, d Dialect, opts Options) *Injector {
	return &Injector{next: next, dialect: d, opts: opts}
}

// Play performs the windows of this provider from start on, in file order, in
// place of what was performed so far; nil heals. Requests under way keep the
// fault that they drew. Attempts are counted afresh, so that playing the same
// again is the same again. A kind that [Kinds] does not have is a panic, see
// [Fault.Check].
func (in *Injector) Play(start time.Time, windows []Window) {
	p := &performance{
		start:    start,
		seed:     in.opts.Seed,
		attempts: attempts{seen: map[string]int{}},
		matched:  map[string]int{},
	}
	for _, w := range windows {
		k, ok := kindOf(w.Fault.Kind)
		if !ok {
			panic(fmt.Sprintf("faults: unknown kind %q", w.Fault.Kind))
		}
		if k.act != nil {
			p.scenes = append(p.scenes, scene{Window: w, kind: k})
		}
	}
	if len(p.scenes) == 0 {
		p = nil
	}
	in.now.Store(p)
}

// ServeHTTP serves the request with the fault it draws, if any.
func (in *Injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := in.now.Load()
	if p == nil {
		in.next.ServeHTTP(w, r)
		return
	}
	look := in.dialect.Look(r)
	t := time.Since(p.start)
	s := p.draw(look, t)
	if s == nil {
		in.next.ServeHTTP(w, r)
		return
	}
	s.kind.act(&exchange{scene: s, in: in, look: look, t: t, w: w, r: r})
}

// A performance is what one call of Play asked for, and its counts.
type performance struct {
	start  time.Time
	seed   uint64
	scenes []scene

	mu       sync.Mutex
	attempts attempts
	matched  map[string]int // requests without a nonce that a fault matched, by its key
}

// A scene is a window with its kind at hand.
type scene struct {
	Window
	kind Kind
}

// draw finds the fault that a request arriving at t gets: the first in file
// order, of those open and matching, whose draw is within its share.
func (p *performance) draw(look Look, t time.Duration) *scene {
	p.mu.Lock()
	defer p.mu.Unlock()
	attempt := 0
	if look.Nonce != "" {
		attempt = p.attempts.count(look.Nonce)
	}
	var taken *scene
	for i := range p.scenes {
		s := &p.scenes[i]
		if !s.open(t) || !s.matches(look) {
			continue
		}
		n := attempt
		if look.Nonce == "" {
			// Counted also when an earlier fault has taken the request: else that
			// fault would move the draws of this one.
			p.matched[s.Fault.Key]++
			n = p.matched[s.Fault.Key]
		}
		if taken == nil && s.Draw(p.seed, look.Nonce, n) < s.ShareAt(t) {
			taken = s
		}
	}
	return taken
}

// matches says whether the fault is meant for such a request.
func (s *scene) matches(look Look) bool {
	m := s.Fault.Match
	switch {
	case s.kind.StreamOnly && !look.Stream,
		s.kind.Family == "stream" && !generates(look.Endpoint),
		m.Model != "" && m.Model != look.Model,
		m.Endpoint != "" && m.Endpoint != look.Endpoint,
		m.Endpoint == "" && look.Endpoint == "models",
		m.Stream != nil && *m.Stream != look.Stream:
		return false
	}
	return true
}

// generates says whether the endpoint writes text, which could break off.
func generates(endpoint string) bool {
	switch endpoint {
	case "models", "embeddings", "moderations", "count_tokens":
		return false
	}
	return true
}
