package mockllm_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// crowd are 500 sessions before one provider: each thinks, asks, waits for the
// answer, and thinks again. What does not come within a second is given up and tried
// again, three times at most; then its user has lost it.
type crowd struct {
	mock    *mockllm.Server
	backoff func(retry int, rng *rand.Rand) time.Duration
	start   time.Time

	mu         sync.Mutex
	asked, got [95]int // by the second in which it ended
}

func (c *crowd) run(ctx context.Context) {
	var wg sync.WaitGroup
	end := c.start.Add(time.Duration(len(c.asked)) * time.Second)
	for i := range uint64(500) {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(7, i))
			for n := uint64(0); ; n++ {
				time.Sleep(time.Duration(rng.ExpFloat64() * float64(6*time.Second)))
				ok := c.ask(ctx, answer.Nonce(i, n), rng)
				if !time.Now().Before(end) {
					return
				}
				c.note(ok)
			}
		})
	}
	wg.Wait()
}

func (c *crowd) note(ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	second := int(time.Since(c.start).Seconds())
	c.asked[second]++
	if ok {
		c.got[second]++
	}
}

func (c *crowd) ask(ctx context.Context, nonce string, rng *rand.Rand) bool {
	for retry := range 4 {
		if retry > 0 {
			time.Sleep(c.backoff(retry, rng))
		}
		time.Sleep(20 * time.Millisecond) // there and back
		ctx, giveUp := context.WithTimeout(ctx, time.Second)
		status := do(c.mock, request(ctx, "POST", "/v1/chat/completions", chat(nonce, ""))).status
		giveUp()
		if status == 200 {
			return true
		}
	}
	return false
}

// served is the share of what was asked that was answered, in a stretch.
func (c *crowd) served(from, to int) float64 {
	asked, got := 0, 0
	for second := from; second < to; second++ {
		asked += c.asked[second]
		got += c.got[second]
	}
	return float64(got) / float64(asked)
}

// perform lets a crowd loose on a provider that has three times the slots it needs,
// and for 15 s only a quarter of these, if there is a trigger.
func perform(t *testing.T, trigger bool, backoff func(int, *rand.Rand) time.Duration) (c *crowd) {
	const ms = time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		s := provider(t, mockllm.Spec{
			Dialect: "openai",
			// 200 ms for an answer; twelve of them at a time, in the middle.
			Others: pace.Model{
				TTFT: pace.Spread{P50: 100 * ms}, Gap: pace.Spread{P50: 10 * ms, P99: 30 * ms},
				Tokens: pace.Length{P50: 10, P99: 25},
			},
			Capacity: limits.Capacity{Concurrency: 64, Queue: 128},
		})
		c = &crowd{mock: s, backoff: backoff, start: time.Now()}
		if trigger {
			s.Shrink(func(now time.Time) limits.Shares {
				left := limits.Shares{Requests: 1, Tokens: 1, Concurrency: 1, Queue: 1}
				if at := now.Sub(c.start); at >= 10*time.Second && at < 25*time.Second {
					left.Concurrency = 0.25
				}
				return left
			})
		}
		c.run(t.Context())
	})
	return c
}

// TestOverloadIsCaused: whoever tries again at once keeps the provider down, long
// after what brought it down is over; whoever waits first lets it come back.
func TestOverloadIsCaused(t *testing.T) {
	atOnce := func(int, *rand.Rand) time.Duration { return 0 }
	jittered := func(retry int, rng *rand.Rand) time.Duration { // about 1, 2, 4 s
		return time.Duration((0.5 + rng.Float64()) * float64(time.Second<<(retry-1)))
	}
	if c := perform(t, false, atOnce); c.served(0, 95) < 1 {
		t.Errorf("without a trigger %.1f %% are served; it is enough for all", 100*c.served(0, 95))
	}
	c := perform(t, true, atOnce)
	if lost := 1 - c.served(0, 95); lost < 0.35 {
		t.Errorf("trying again at once loses %.1f %% in all; want at least 35 %%", 100*lost)
	}
	if late := c.served(80, 95); late > 0.1 {
		t.Errorf("trying again at once, %.1f %% are served 60 s after the trigger; want a collapse", 100*late)
	}
	c = perform(t, true, jittered)
	if there := c.served(15, 25); there > 0.5 {
		t.Errorf("waiting first, %.1f %% are served while the trigger lasts; it is too weak", 100*there)
	}
	if back := c.served(35, 95); back < 0.99 {
		t.Errorf("waiting first, %.1f %% are served from 10 s after the trigger; want all", 100*back)
	}
}
