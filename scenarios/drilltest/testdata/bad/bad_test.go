package bad_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
)

const scenario = `
version: 1
name: bad
providers:
  primary: {dialect: openai}
traffic:
  journeys:
    chat:
      rate: 5/s
      request: {method: POST, path: /chat, json: {message: "{{prompt}}"}}
      answer: {json: "$.reply"}
      timeout: 5s
phases:
  - {name: baseline, for: 10s}
  - name: surge
    for: 10s
    faults: [{provider: primary, kind: server_error, share: 50%}]
  - {name: recovery, for: 10s}
bars:
  - {metric: availability, phase: surge, min: 90%}
`

// answer is a good app, as far as it goes: it asks the model and passes on what
// that says. Before does what a bad one does beside.
func answer(env drilltest.Env, before func(*http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Message string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		before(r)
		ask, _ := json.Marshal(map[string]any{"model": "gpt-4o", "messages": []any{map[string]string{"role": "user", "content": in.Message}}})
		req, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, env.BaseURL("primary")+"/chat/completions", bytes.NewReader(ask))
		req.Header.Set("Authorization", "Bearer "+env.Key("primary"))
		req.Header.Set("Content-Type", "application/json")
		resp, err := env.Client().Do(req)
		if err != nil {
			http.Error(w, "busy", http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		var out struct {
			Choices []struct{ Message struct{ Content string } }
		}
		if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || len(out.Choices) == 0 {
			http.Error(w, "busy", http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"reply": out.Choices[0].Message.Content})
	})
}

func run(t *testing.T, before func(*http.Request)) *drilltest.Card {
	return drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler { return answer(env, before) },
		drilltest.Patience(2*time.Second), drilltest.Within(5*time.Second))
}

func nothing(*http.Request) {}

func TestMissesABar(t *testing.T) { run(t, nothing).MustPass(t) }

func TestMissesAMetric(t *testing.T) {
	run(t, nothing).Metric("availability", drilltest.Phase("surge")).AtLeast(t, 0.9)
}

func TestAsksForAMetricThatIsNone(t *testing.T) {
	run(t, nothing).Metric("availibility").AtLeast(t, 0.9)
}

// A pool of workers that a package keeps from its beginning: it lives outside
// the bubble.
func TestWaitsOutside(t *testing.T) {
	jobs := make(chan struct{})
	run(t, func(*http.Request) { <-jobs })
}

func TestSleepsOutside(t *testing.T) {
	run(t, func(*http.Request) {
		long := syscall.NsecToTimespec(int64(time.Minute))
		_ = syscall.Nanosleep(&long, nil)
	})
}

func TestIsSlowOutside(t *testing.T) {
	run(t, func(*http.Request) {
		bit := syscall.NsecToTimespec(int64(200 * time.Millisecond))
		_ = syscall.Nanosleep(&bit, nil)
	})
}

func TestSpins(t *testing.T) {
	run(t, func(*http.Request) {
		for n := 0; ; n++ {
			_ = n
		}
	})
}

func TestHoldsALock(t *testing.T) {
	var mu sync.Mutex
	run(t, func(*http.Request) {
		mu.Lock()
		defer mu.Unlock()
		time.Sleep(time.Second)
	})
}

func TestReadsARealSocket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	run(t, func(*http.Request) {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return
		}
		_, _ = io.ReadAll(c)
	})
}

func TestCallsTheMocksOverRealSockets(t *testing.T) {
	drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if _, err := http.Post(env.BaseURL("primary")+"/chat/completions", "application/json", bytes.NewReader(body)); err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
			}
		})
	})
}

func TestNeverReturns(t *testing.T) {
	var n atomic.Int32
	run(t, func(*http.Request) {
		if n.Add(1)%20 == 0 {
			select {}
		}
	})
}

func TestNeverReturnsAtAll(t *testing.T) {
	run(t, func(*http.Request) { select {} })
}

func TestPanics(t *testing.T) {
	var n atomic.Int32
	run(t, func(*http.Request) {
		if n.Add(1) > 10 {
			var m map[string]int
			m["x"] = 1
		}
	})
}

func TestPanicsWhenBuilt(t *testing.T) {
	drilltest.Run(t, scenario, func(drilltest.Env) http.Handler { panic("no configuration") })
}

func TestIsNil(t *testing.T) {
	drilltest.Run(t, scenario, func(drilltest.Env) http.Handler { return nil })
}

func TestAsksForAStranger(t *testing.T) {
	drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		fmt.Fprintln(io.Discard, env.BaseURL("tertiary"))
		return http.NotFoundHandler()
	})
}

func TestLeaksAGoroutine(t *testing.T) {
	drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		go refresh(make(chan struct{}))
		return answer(env, nothing)
	})
}

func refresh(stop chan struct{}) {
	for tick := time.NewTicker(time.Minute); ; {
		select {
		case <-tick.C:
		case <-stop:
			return
		}
	}
}

func TestLeaksAConnection(t *testing.T) {
	drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		kept, err := env.DialContext(env.Context(), "tcp", env.URL("primary")[len("http://"):])
		if err != nil {
			panic(err)
		}
		_ = kept
		return answer(env, nothing)
	})
}

// A cache that is to forget in an hour, and is forgotten itself.
func TestLeaksATimer(t *testing.T) {
	drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		time.AfterFunc(time.Hour, expire)
		return answer(env, nothing)
	})
}

func expire() {}

// A timeout of which nobody calls the end.
func TestLeaksAContext(t *testing.T) {
	drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		return answer(env, func(r *http.Request) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Hour)
			_, _ = ctx, cancel
		})
	})
}

// A poll that sets itself again.
func TestLeaksAPoll(t *testing.T) {
	drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		var poll func()
		poll = func() { time.AfterFunc(time.Second, poll) }
		poll()
		return answer(env, nothing)
	})
}

// The same, but its timer is stopped: a good app.
func TestStopsItsTimers(t *testing.T) {
	drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		expiry := time.AfterFunc(time.Hour, expire)
		env.Cleanup(func() { expiry.Stop() })
		return answer(env, func(r *http.Request) {
			_, cancel := context.WithTimeout(r.Context(), time.Hour)
			cancel()
		})
	})
}

func TestHasNoScenario(t *testing.T) {
	drilltest.Run(t, "no-such.drill.yaml", func(env drilltest.Env) http.Handler { return answer(env, nothing) })
}

func TestHasAWrongBar(t *testing.T) {
	drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler { return answer(env, nothing) },
		drilltest.Bars("- {metric: availability, phase: surge, min: 5s}"))
}

func TestHasARealEndpoint(t *testing.T) {
	drilltest.Run(t, `
version: 1
name: real
providers: {primary: {dialect: openai, upstream: "http://127.0.0.1:1"}}
traffic: {journeys: {chat: {rate: 20/s, request: {path: "/?q={{nonce}}"}}}}
phases: [{name: all, for: 10s}]
`, func(env drilltest.Env) http.Handler { return answer(env, nothing) })
}

func TestHasAToxic(t *testing.T) {
	drilltest.Run(t, `
version: 1
name: toxic
providers: {primary: {dialect: openai}}
traffic: {journeys: {chat: {rate: 20/s, request: {path: "/?q={{nonce}}"}}}}
phases: [{name: all, for: 10s, faults: [{provider: primary, kind: toxic, name: limit_data, bytes: 100}]}]
`, func(env drilltest.Env) http.Handler { return answer(env, nothing) })
}
