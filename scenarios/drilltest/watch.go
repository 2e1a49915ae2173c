package drilltest

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// A clock lets a bubble's time be seen from outside.
type clock struct {
	bubble atomic.Pointer[string]
	beats  atomic.Int64 // virtual time since the start, ns; it also counts
}

// start begins the beat, inside the bubble, once a virtual second. It returns
// what stops it. Each beat calls f.
func (c *clock) start(f func()) (stop func()) {
	bubble, began := ownBubble(), time.Now()
	c.bubble.Store(&bubble)
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				c.beats.Store(int64(time.Since(began)))
				f()
			case <-end:
				return
			}
		}
	}()
	return func() { close(end); <-ended }
}

// watch waits for the end of a drill, outside its bubble, and says what keeps it
// from coming, "" when it came.
func (p *performance) watch(over <-chan struct{}) string {
	const look = 100 * time.Millisecond
	tick := time.NewTicker(look)
	defer tick.Stop()
	began := time.Now()
	last, since := int64(-1), began
	for {
		select {
		case <-over:
			return ""
		case now := <-tick.C:
			if beats := p.clock.beats.Load(); beats != last {
				last, since = beats, now
			}
			switch {
			case now.Sub(since) > p.patience:
				return p.stuck(fmt.Sprintf("its clock has stood still for %v of real time", p.patience))
			case now.Sub(began) > p.within:
				return p.stuck(fmt.Sprintf("it is not over after %v of real time", p.within))
			}
		}
	}
}

// stuck says why a drill does not go on.
func (p *performance) stuck(how string) string {
	head := fmt.Sprintf("the drill does not end: %v into it, %s", time.Duration(p.clock.beats.Load()).Round(time.Second), how)
	bubble := p.clock.bubble.Load()
	if bubble == nil {
		return head
	}
	blame := keepTheClock(goroutines(), *bubble)
	if len(blame) == 0 {
		return head + "\n  → nothing holds it up: the machine is slow, or the drill long; give it more time with Within or Patience"
	}
	return head + ", held up by:\n" + list(blame, true)
}

// maxBlamed is how many goroutines a message shows. Those that stand at the same
// place are shown once.
const maxBlamed = 3

func list(all []goroutine, advise bool) string {
	var b strings.Builder
	count, order := map[string]int{}, []string{}
	for _, g := range all {
		text := fmt.Sprintf("[%s]\n%s\n", g.state, framesOf(g.stack))
		if advise {
			text += "    → " + advice(g) + "\n"
		}
		if count[text]++; count[text] == 1 {
			order = append(order, text)
		}
	}
	for _, text := range order[:min(len(order), maxBlamed)] {
		fmt.Fprintf(&b, "  %d × %s", count[text], text)
	}
	if more := len(order) - maxBlamed; more > 0 {
		fmt.Fprintf(&b, "  and goroutines at %d other places\n", more)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// advice is what to do about a goroutine that keeps the clock.
func advice(g goroutine) string {
	switch {
	case g.state == "IO wait":
		return "it uses a real socket, where time is real: dial with env.DialContext or call over env.Client(), or drill the app on real sockets with drilltest.Start"
	case strings.Contains(g.stack, "os/exec.") || strings.Contains(g.stack, "os.(*Process)"):
		return "it waits for a process, where time is real: drill the app with drilltest.Start"
	case g.state == "syscall":
		return "it is in a system call, where time is real (a sleep, a file, a process): use package time, or drill the app with drilltest.Start"
	case strings.HasPrefix(g.state, "sync."):
		return "it waits for a lock whose holder waits for something else: do not hold a lock while you sleep or call the model"
	case strings.HasPrefix(g.state, "chan"), strings.HasPrefix(g.state, "select"), g.state == "sleep":
		return "it waits for a channel or timer made outside the drill: make everything the app needs in the function given to Run"
	case g.state == "running", g.state == "runnable":
		return "it works without rest: a loop that waits must sleep or select"
	}
	return "it waits for something outside the drill: make everything the app needs in the function given to Run"
}

func leaked(left []goroutine) string {
	return fmt.Sprintf("the app left %d goroutines behind, %v after the drill:\n%s\n"+
		"  → a handler must return when its request's context ends (a client that left, a server that closes); "+
		"a goroutine beside the requests must end with env.Context() or in env.Cleanup", len(left), grace, list(left, false))
}

func leakedConnections(open []string) string {
	return fmt.Sprintf("the app left %d ends of connections open, %v after the drill:\n  %s\n"+
		"  → close response bodies, and idle connections in env.Cleanup", len(open), grace, strings.Join(open[:min(len(open), 5)], "\n  "))
}

// unheard says that the app does not call the mocks of a bubble.
func unheard(e *drill.CanaryError) string {
	return silence(e, "the mocks are on a network in memory: call them at env.BaseURL(PROVIDER) over env.Client(), or dial with env.DialContext; "+
		"real sockets do not reach them. An app that reads its environment finds it in env.Getenv")
}

// unheardOnSockets says the same of those on loopback.
func unheardOnSockets(e *drill.CanaryError) string {
	return silence(e, "give the app the addresses of env.BaseURL(PROVIDER), or the variables of env.Environ()")
}

func silence(e *drill.CanaryError, advice string) string {
	if len(e.Distrust) > 0 {
		advice = "call them over env.Client(), or trust env.RootCAs()"
	}
	if len(e.Agents) > 0 {
		advice = "they were called, but refused it, or did not find the user's words: send the key of env.Key(PROVIDER), and hand the message on to the model"
	}
	return fmt.Sprintf("%v\n  the app answered\n    %s\n  → %s", e, strings.Join(e.Replies, "\n    "), advice)
}
