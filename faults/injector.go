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
	// Content puts into the context what shall be wrong with the words of the next
	// handler's answer. Nil: content faults leave requests alone.
	Content func(context.Context, Defect) context.Context
	// Load is told at each [Injector.Play] which parts of its limits and capacity
	// the provider has at each moment, nil for all of them. Nil: load faults leave
	// the provider alone.
	Load func(left func(time.Time) Left)
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
	in.perform(&performance{
		start: start, seed: in.opts.Seed, scenes: scenesOf(windows),
		counts: &counts{attempts: attempts{seen: map[string]int{}}, matched: map[string]int{}},
	}, windows)
}

// Change performs other windows in place of those that Play was called with, on the
// same clock and counting on: an attempt draws as if these had been played from the
// start. Before the first Play nothing is performed.
func (in *Injector) Change(windows []Window) {
	if p := in.now.Load(); p != nil {
		in.perform(&performance{start: p.start, seed: p.seed, scenes: scenesOf(windows), counts: p.counts}, windows)
	}
}

func (in *Injector) perform(p *performance, windows []Window) {
	in.now.Store(p)
	if in.opts.Load != nil {
		in.opts.Load(remains(p.start, windows))
	}
}

// ServeHTTP serves the request with the fault it draws, if any.
func (in *Injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := in.now.Load()
	if p == nil || len(p.scenes) == 0 {
		in.next.ServeHTTP(w, r)
		return
	}
	if x := in.strike(p, w, r); x != nil {
		x.kind.act(x)
		return
	}
	in.next.ServeHTTP(w, r)
}

// strike draws the request's fault; nil: it has none.
func (in *Injector) strike(p *performance, w http.ResponseWriter, r *http.Request) *exchange {
	look := in.dialect.Look(r)
	t := time.Since(p.start)
	s, attempt := p.draw(look, t)
	if s == nil {
		return nil
	}
	return &exchange{scene: s, in: in, look: look, attempt: attempt, t: t, w: w, r: r}
}

// A performance is what one call of Play asked for, and its counts.
type performance struct {
	start  time.Time
	seed   uint64
	scenes []scene
	*counts
}

// counts are what draws depend on beside the windows.
type counts struct {
	mu       sync.Mutex
	attempts attempts
	matched  map[string]int // requests without a nonce that a fault matched, by its key
}

// A scene is a window with its kind at hand.
type scene struct {
	Window
	kind Kind
}

// scenesOf are the windows that are performed request by request.
func scenesOf(windows []Window) []scene {
	var scenes []scene
	for _, w := range windows {
		k, ok := kindOf(w.Fault.Kind)
		if !ok {
			panic(fmt.Sprintf("faults: unknown kind %q", w.Fault.Kind))
		}
		if k.act != nil {
			scenes = append(scenes, scene{Window: w, kind: k})
		}
	}
	return scenes
}

// takes says whether the n-th matching attempt draws the fault at t.
func (s *scene) takes(seed uint64, look Look, t time.Duration, n int) bool {
	beyond := s.Fault.First > 0 && n > s.Fault.First
	return !beyond && s.luck(seed, look, n) < s.ShareAt(t)
}

// draw finds the fault that a request arriving at t gets: the first in file
// order, of those open and matching, whose draw is within its share. The attempt
// is the n-th with its nonce, or that the fault matches.
func (p *performance) draw(look Look, t time.Duration) (taken *scene, attempt int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	nth := 0
	if look.Nonce != "" {
		nth = p.attempts.count(look.Nonce)
	}
	for i := range p.scenes {
		s := &p.scenes[i]
		if !s.open(t) || !s.matches(look) {
			continue
		}
		n := nth
		if look.Nonce == "" {
			// Counted also when an earlier fault has taken the request: else that
			// fault would move the draws of this one.
			p.matched[s.Fault.Key]++
			n = p.matched[s.Fault.Key]
		}
		if taken == nil && s.takes(p.seed, look, t, n) {
			taken, attempt = s, n
		}
	}
	return taken, attempt
}
