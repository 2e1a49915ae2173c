package mockllm_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// provider makes a mock of a spec, with the name primary and seed 7.
func provider(t testing.TB, spec mockllm.Spec) *mockllm.Server {
	t.Helper()
	s, err := mockllm.New("primary", spec, mockllm.Options{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// second is a model whose answers take a second each when nobody else is there.
func second() pace.Model {
	return pace.Model{
		TTFT:   pace.Spread{P50: 400 * time.Millisecond},
		Gap:    pace.Spread{P50: 100 * time.Millisecond},
		Tokens: pace.Length{P50: 6},
	}
}

// guests come one after the other, a millisecond apart, and are noted as they go.
type guests struct {
	mock http.Handler
	wg   sync.WaitGroup
	mu   sync.Mutex
	left []string
}

// comes sends a request, that gives up after patience if that is not 0.
func (g *guests) comes(ctx context.Context, name string, patience time.Duration) {
	start := time.Now()
	g.wg.Go(func() {
		if patience > 0 {
			var leave context.CancelFunc
			ctx, leave = context.WithTimeout(ctx, patience)
			defer leave()
		}
		status := do(g.mock, request(ctx, "POST", "/v1/chat/completions", chat(answer.Nonce(1, 1), ""))).status
		g.mu.Lock()
		defer g.mu.Unlock()
		g.left = append(g.left, fmt.Sprintf("%s: %d after %v", name, status, time.Since(start)))
	})
	time.Sleep(time.Millisecond)
}

// TestQueue: who comes first is served first, whoever finds the queue full is told
// so at once, and whoever leaves makes room.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		g := guests{mock: provider(t, mockllm.Spec{
			Dialect: "openai", Others: second(), Capacity: limits.Capacity{Concurrency: 1, Queue: 2, Slowdown: 1},
		})}
		g.comes(ctx, "served at once", 0)
		g.comes(ctx, "waits, and leaves", 500*time.Millisecond)
		g.comes(ctx, "waits", 0)
		g.comes(ctx, "too many", 0)
		time.Sleep(500 * time.Millisecond)
		g.comes(ctx, "takes the place of the one who left", 0)
		g.comes(ctx, "too many again", 0)
		g.wg.Wait()
		want := []string{
			"too many: 503 after 0s",
			"waits, and leaves: 0 after 500ms",
			"too many again: 503 after 0s",
			"served at once: 200 after 1s",
			"waits: 200 after 1.998s",
			"takes the place of the one who left: 200 after 2.496s",
		}
		if diff := cmp.Diff(want, g.left); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestASlotIsFreed when the one who is served leaves.
func TestASlotIsFreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests{mock: provider(t, mockllm.Spec{
			Dialect: "anthropic", Others: second(), Capacity: limits.Capacity{Concurrency: 1, Queue: 1, Slowdown: 1},
		})}
		g.mock = messages{g.mock}
		g.comes(t.Context(), "leaves", 300*time.Millisecond)
		g.comes(t.Context(), "next", 0)
		g.comes(t.Context(), "too many", 0)
		g.wg.Wait()
		want := []string{"too many: 529 after 0s", "leaves: 0 after 300ms", "next: 200 after 1.299s"}
		if diff := cmp.Diff(want, g.left); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// messages sends chats to the path of messages.
type messages struct{ next http.Handler }

func (m messages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.URL.Path = "/v1/messages"
	m.next.ServeHTTP(w, r)
}

// TestOverloadIsWordedAsTheProviderDoes, and told as the mock's own doing.
func TestOverloadIsWordedAsTheProviderDoes(t *testing.T) {
	for dialect, want := range map[string]string{
		"openai":    `"code": "server_is_overloaded"`,
		"anthropic": `"type":"overloaded_error"`,
	} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var told []string
			s, err := mockllm.New("primary", mockllm.Spec{
				Dialect: dialect, Others: second(), Capacity: limits.Capacity{Concurrency: 1},
			}, mockllm.Options{Served: func(_ *http.Request, s mockllm.Served) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, s.Refused)
			}})
			if err != nil {
				t.Fatal(err)
			}
			ask := func() *capture {
				return do(s, request(t.Context(), "POST", path(dialect), chat(answer.Nonce(1, 1), "")))
			}
			var wg sync.WaitGroup
			wg.Go(func() { ask() })
			synctest.Wait()
			if got := ask(); !strings.Contains(got.body(), want) {
				t.Errorf("%s: got %d %s", dialect, got.status, got.body())
			}
			if got := do(s, request(t.Context(), "GET", "/v1/models", "")); got.status != 200 {
				t.Errorf("%s: the list of models, which is no work, got %d", dialect, got.status)
			}
			wg.Wait()
			if want := []string{"overloaded", "", ""}; !slices.Equal(told, want) {
				t.Errorf("%s: told %q; want %q", dialect, told, want)
			}
		})
	}
}

// TestACrowdIsSlow: from half the slots on answers take longer, in proportion, and
// those who wait count.
func TestACrowdIsSlow(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		slowdown float64
		want     []time.Duration // of guests who come a millisecond apart, to four slots
	}{
		// The first two begin at u ≤ 0.5, the third at 0.75, the fourth at 1.
		{2, []time.Duration{1000 * ms, 1000 * ms, 1250 * ms, 1500 * ms}},
		{5, []time.Duration{1000 * ms, 1000 * ms, 2000 * ms, 3000 * ms}},
		{1, []time.Duration{1000 * ms, 1000 * ms, 1000 * ms, 1000 * ms}},
		{0, []time.Duration{1000 * ms, 1000 * ms, 1250 * ms, 1500 * ms}},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := guests{mock: provider(t, mockllm.Spec{
				Dialect: "openai", Others: second(), Capacity: limits.Capacity{Concurrency: 4, Slowdown: c.slowdown},
			})}
			for i := range c.want {
				g.comes(t.Context(), fmt.Sprint(i), 0)
			}
			g.wg.Wait()
			slices.Sort(g.left)
			var want []string
			for i, d := range c.want {
				want = append(want, fmt.Sprintf("%d: 200 after %v", i, d))
			}
			if diff := cmp.Diff(want, g.left); diff != "" {
				t.Errorf("slowdown %g (-want +got):\n%s", c.slowdown, diff)
			}
		})
	}
}

// TestTheQueueCountsToo: at one and a half times the slots, the slowdown is as given.
func TestTheQueueCountsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests{mock: provider(t, mockllm.Spec{
			Dialect: "openai", Others: second(), Capacity: limits.Capacity{Concurrency: 2, Queue: 9, Slowdown: 3},
		})}
		for i := range 4 {
			g.comes(t.Context(), fmt.Sprint(i), 0)
		}
		g.wg.Wait()
		want := []string{
			"0: 200 after 1s", // u = 0.5
			"1: 200 after 2s", // u = 1
			// The third begins after 1 s, when one has left: three are in flight, u = 1.5,
			// and it takes 3 s. The fourth begins at 2.001 s, with another: u = 1.
			"2: 200 after 3.998s",
			"3: 200 after 3.998s",
		}
		slices.Sort(g.left)
		if diff := cmp.Diff(want, g.left); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestCapacityShrinks, and comes back; what is being answered is finished.
func TestCapacityShrinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := provider(t, mockllm.Spec{
			Dialect: "openai", Others: second(), Capacity: limits.Capacity{Concurrency: 4, Queue: 4, Slowdown: 1},
		})
		g := guests{mock: s}
		g.comes(t.Context(), "a", 0)
		g.comes(t.Context(), "b", 0)
		s.Shrink(func(time.Time) limits.Shares { return limits.Shares{Requests: 1, Tokens: 1, Queue: 0.25} })
		g.comes(t.Context(), "c waits for both", 0)
		g.comes(t.Context(), "d finds no place", 0)
		time.Sleep(1500 * time.Millisecond) // a and b have gone, c is half done
		g.comes(t.Context(), "e waits", 0)
		s.Shrink(nil)
		g.comes(t.Context(), "f brings e along", 0)
		g.wg.Wait()
		want := []string{
			"a: 200 after 1s",
			"b: 200 after 1s",
			"c waits for both: 200 after 1.999s",
			"d finds no place: 503 after 0s",
			"e waits: 200 after 1.001s",
			"f brings e along: 200 after 1s",
		}
		slices.Sort(g.left)
		if diff := cmp.Diff(want, g.left); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
