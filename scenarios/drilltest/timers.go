package drilltest

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	rtrace "runtime/trace"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/exp/trace"
)

// A callback is a function that a timer of the bubble called.
type callback struct {
	name, place string // app.(*Cache).refresh, /app/cache.go:12
}

// later are the steps in which a bubble is led on after its drill, for the
// timers that are still set: a context's timeout is soon, a cache's age is not. A
// timer that sets itself again is found in the step that its first call is in.
func later() []time.Duration {
	return []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour, 365 * 24 * time.Hour}
}

// pending are the functions that timers of the bubble call when its time goes on.
// The caller is alone in it. A pending timer that calls nothing, be it that its
// channel is read by nobody, is none: it does nothing, and is not kept.
//
// What is set cannot be asked of package time, and a function that was called may
// have ended before anybody could see its goroutine. But the runtime's trace says
// who started which goroutine, and timers are run by the bubble's root, which
// starts nothing else.
func (p *performance) pending() []callback {
	for _, step := range later() {
		p.tracing <- struct{}{}
		if !<-p.traced { // the test itself is being traced
			return nil
		}
		before := created()
		time.Sleep(step)
		quiet := created() == before
		p.tracing <- struct{}{}
		<-p.traced
		if quiet {
			continue
		}
		if found := startedBy(p.root, &p.trace); len(found) > 0 {
			return found
		}
	}
	return nil
}

// tracer is held by the drill that has the runtime's trace: there is one in a process.
var tracer sync.Mutex

// keepTrace starts and stops the runtime's trace as the bubble asks for it: outside,
// for the tracer has goroutines of its own. It ends with the bubble, or when that is
// given up.
func (p *performance) keepTrace(givenUp <-chan struct{}) {
	for {
		select {
		case <-givenUp:
			return
		case _, ok := <-p.tracing:
			if !ok {
				return
			}
			p.traceOnce(givenUp)
		}
	}
}

// traceOnce keeps one trace, until it is asked for again.
func (p *performance) traceOnce(givenUp <-chan struct{}) {
	tracer.Lock()
	defer tracer.Unlock()
	p.trace.Reset()
	err := rtrace.Start(&p.trace)
	p.traced <- err == nil
	if err != nil {
		return
	}
	select {
	case <-givenUp:
		rtrace.Stop()
	case <-p.tracing:
		rtrace.Stop()
		p.traced <- true
	}
}

// created is how many goroutines the process has started.
func created() uint64 {
	sample := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// startedBy are the functions of the goroutines that one goroutine started, as a
// trace has it, each once. A trace that cannot be read, because Go is newer than
// its reader, has none.
func startedBy(goroutine trace.GoID, data io.Reader) []callback {
	var found []callback
	r, err := trace.NewReader(data)
	for err == nil {
		var e trace.Event
		if e, err = r.ReadEvent(); err != nil {
			break
		}
		if e.Kind() != trace.EventStateTransition || e.Goroutine() != goroutine {
			continue
		}
		change := e.StateTransition()
		if change.Resource.Kind != trace.ResourceGoroutine {
			continue
		}
		if from, _ := change.Goroutine(); from != trace.GoNotExist {
			continue
		}
		for f := range change.Stack.Frames() {
			c := callback{name: f.Func, place: fmt.Sprintf("%s:%d", f.File, f.Line)}
			if !slices.Contains(found, c) {
				found = append(found, c)
			}
			break
		}
	}
	return found
}

// goroutineID is the caller's number.
func goroutineID() trace.GoID {
	b := make([]byte, 64)
	var id trace.GoID
	_, _ = fmt.Fscanf(bytes.NewReader(b[:runtime.Stack(b, false)]), "goroutine %d", &id) // 0 is nobody's
	return id
}

func leakedTimers(set []callback) string {
	var b strings.Builder
	fmt.Fprintf(&b, "the app left timers set, %v after the drill; they call:", grace)
	for _, c := range set {
		fmt.Fprintf(&b, "\n    %s\n        %s", c.name, c.place)
	}
	b.WriteString("\n  → stop what time.AfterFunc gave in env.Cleanup; call the cancel of a context with a timeout")
	return b.String()
}
