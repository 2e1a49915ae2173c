package drilltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/exp/trace"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Run plays a scenario against an app, in virtual time, and returns its card.
// The scenario is a file, the name of a shipped one, or the YAML itself. App is
// called once, inside the bubble: what it makes there lives in virtual time.
//
// A drill that ran is no failure, whatever it showed: see [Card.MustPass]. Run
// ends the test when the scenario cannot be played, when the app panics or does
// not call the mocks, and when it breaks the bubble: it keeps the clock from
// going on (a sleep, a lock or a channel from outside the bubble, a real socket,
// a loop that never rests), or leaves goroutines, timers or connections behind. Each
// is found within the bounds of [Patience] and [Within].
func Run(t *testing.T, scenario string, app func(Env) http.Handler, opts ...Option) *Card {
	t.Helper()
	o := collect(opts)
	p := &performance{plan: load(t, scenario, o), app: app, name: t.Name(), options: o}
	if why := needsSockets(p.plan); why != "" {
		t.Fatalf("drilltest: %s", why)
	}
	fault := p.perform(t)
	if err := p.lines.writeTo(o.log); err != nil {
		t.Errorf("drilltest: write the log: %v", err)
	}
	if fault != "" {
		t.Fatalf("drilltest: %s", fault)
	}
	return judge(t, p.lines.bytes())
}

// A performance is one drill in a bubble.
type performance struct {
	options
	plan *scenarios.Plan
	app  func(Env) http.Handler
	name string

	lines   orderly
	clock   clock
	stopped atomic.Bool // the test has given up

	root    trace.GoID    // the bubble's root goroutine
	tracing chan struct{} // the bubble asks for a trace of the runtime, and for its end
	traced  chan bool     // it is done; false: it could not be
	trace   bytes.Buffer

	// Written in the bubble, read when it is over.
	guard  *guard
	err    error
	misuse string
	left   []goroutine // outlived the drill
	open   []string    // the same, connections
	timers []callback  // the same, that were set
	broken any         // what the bubble itself panicked with
}

// grace is how long, in virtual time, what an app started may go on after it.
const grace = 10 * time.Second

// perform plays the drill and says what was wrong with the app, "" for nothing.
// A bubble that stands still cannot be ended from outside. It is left behind:
// the test fails, and the process ends after the others.
func (p *performance) perform(t *testing.T) string {
	over := make(chan struct{})
	p.tracing, p.traced = make(chan struct{}), make(chan bool)
	givenUp := make(chan struct{})
	go p.keepTrace(givenUp)
	go func() {
		defer close(over)
		defer close(p.tracing)
		p.root = goroutineID()
		// A bubble whose goroutines wait for each other for ever panics here.
		defer func() { p.broken = recover() }()
		synctest.Test(t, p.inBubble)
	}()
	if fault := p.watch(over); fault != "" {
		p.stopped.Store(true)
		close(givenUp)
		return fault
	}
	return p.fault()
}

// inBubble is the whole drill.
func (p *performance) inBubble(t *testing.T) {
	defer func() {
		if v := recover(); v != nil {
			p.misuse = fmt.Sprintf("building the app panicked: %v", v)
			if m, ok := v.(misuse); ok {
				p.misuse = string(m)
			}
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	beat := p.clock.start(func() {
		if p.stopped.Load() {
			cancel()
		}
	})
	network := memnet.New()
	p.err = drill.Run(ctx, p.plan, drill.Options{
		App:    drill.Handler(p.name, p.build),
		Log:    &p.lines,
		AppLog: p.appLog,
		Net:    inMemory(network),
	})
	beat()
	time.Sleep(grace)
	synctest.Wait()
	p.left = beside(goroutines(), ownBubble())
	p.open = network.Open()
	if len(p.left) == 0 && len(p.open) == 0 {
		p.timers = p.pending()
	}
}

// misuse is what the app's builder panics with when it asks for nonsense.
type misuse string

// build makes the app where the drill has its place.
func (p *performance) build(place drill.Place) (http.Handler, func(), error) {
	s := newScene(place)
	p.guard = &guard{start: time.Now()}
	ready := false
	defer func() {
		if !ready { // the builder panicked
			s.close()
		}
	}()
	p.guard.app = p.app(Env{place: place, scene: s, misuse: func(m string) { panic(misuse(m)) }})
	if p.guard.app == nil {
		return nil, nil, errors.New("there is none: the function given to Run returned nil")
	}
	ready = true
	return p.guard, func() {
		if c, ok := p.guard.app.(io.Closer); ok {
			_ = c.Close() // the app's own affair
		}
		s.close()
	}, nil
}

// fault says what was wrong with a drill that is over.
func (p *performance) fault() string {
	panicked := ""
	if p.guard != nil {
		panicked = p.guard.fault()
	}
	canary, noCall := errors.AsType[*drill.CanaryError](p.err)
	switch {
	case p.misuse != "":
		return p.misuse
	case panicked != "":
		return panicked
	case noCall && len(p.left) > 0:
		return unheard(canary) + "\n  or, since it never returned from them, see to these first: " + leaked(p.left)
	case noCall:
		return unheard(canary)
	case p.err != nil:
		return fmt.Sprintf("the drill could not be played: %v", p.err)
	case len(p.left) > 0:
		return leaked(p.left)
	case len(p.timers) > 0:
		return leakedTimers(p.timers)
	case p.broken != nil:
		return fmt.Sprintf("the bubble broke: %v", p.broken)
	case len(p.open) > 0:
		return leakedConnections(p.open)
	}
	return ""
}

// judge reads the card from a log.
func judge(t testing.TB, log []byte) *Card {
	t.Helper()
	card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatalf("drilltest: judge the log: %v", err)
	}
	return &Card{Card: card, Log: log}
}
