package drilltest

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
	"time"
)

// A guard stands in front of the app and notes what panics in it. net/http
// would write it to the standard error and go on.
type guard struct {
	app   http.Handler
	start time.Time

	mu     sync.Mutex
	panics int
	first  string // what, where, and its stack
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			g.note(fmt.Sprintf("at %s %s: %v\n%s", r.Method, r.URL.Path, v, framesOf(string(debug.Stack()))))
		}
		// The user meets what they would meet: a connection that breaks.
		panic(http.ErrAbortHandler)
	}()
	g.app.ServeHTTP(w, r)
}

func (g *guard) note(what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.panics++
	if g.first == "" {
		g.first = fmt.Sprintf("%v into the drill %s", time.Since(g.start).Round(time.Millisecond), what)
	}
}

// fault says how the app panicked, "" when it did not.
func (g *guard) fault() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.panics == 0 {
		return ""
	}
	return fmt.Sprintf("the app panicked %d times, first %s\n"+
		"  → fix it, or recover in the app and answer 500: a user must never meet a panic", g.panics, g.first)
}
