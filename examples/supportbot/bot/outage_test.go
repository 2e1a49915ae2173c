package bot_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
)

// traffic sends ten requests a second for so long, each when it is due, and
// returns the answers in that order.
func (r *rig) traffic(length time.Duration, send func() answer) []answer {
	answers := make([]answer, int(length/(100*time.Millisecond)))
	var all sync.WaitGroup
	for n := range answers {
		all.Go(func() { answers[n] = send() })
		time.Sleep(100 * time.Millisecond)
	}
	all.Wait()
	return answers
}

// An outage of twenty seconds: the breaker spares the provider, users are served
// by the other one throughout, and after it the bot is back within seconds.
func TestResilientRidesAnOutageOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(fails(500, ""))
		during := r.traffic(20*time.Second, r.chat)
		for n, got := range during {
			if got.body != chatAnthropic {
				t.Errorf("request %d got\n%s\nwant the second provider's answer", n, got.body)
			}
		}
		// Five calls to notice, a few retries meanwhile, then one probe a second.
		if n := r.openai.count(); n > 40 {
			t.Errorf("%d calls at the dead provider for %d requests, want at most 40", n, len(during))
		}

		r.openai.do(r.openai.healthy)
		before := r.openai.count()
		after := r.traffic(5*time.Second, r.chat)
		for n, got := range after[30:] {
			if got.body != chatOpenAI {
				t.Errorf("request %d, three seconds after the provider healed, got\n%s\nwant its answer", n+30, got.body)
			}
		}
		if n := r.openai.count() - before; n < 20 {
			t.Errorf("%d of 50 requests went to the healed provider", n)
		}
		for _, want := range []string{"breaker open", "breaker closed"} {
			if lines := r.log.lines(want, "provider=openai"); len(lines) != 1 {
				t.Errorf("the log says %q %d times, want once:\n%s", want, len(lines), strings.Join(lines, ""))
			}
		}
		if lines := r.log.lines("breaker", "provider=anthropic"); len(lines) != 0 {
			t.Errorf("the breaker of the healthy provider changed:\n%s", strings.Join(lines, ""))
		}
	})
}

// A provider that answers, only too slowly, is as good as down: its users wait
// for the first token once, not each of them.
func TestResilientTakesSlowForDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(hangs)
		answers := r.traffic(20*time.Second, r.chat)
		waited := 0
		for n, got := range answers {
			if got.body != chatAnthropic {
				t.Errorf("request %d got\n%s\nwant the second provider's answer", n, got.body)
			}
			if got.took > 0 {
				waited++
			}
		}
		// All of the first two seconds and a bit, then one probe at a time.
		if waited > 25+18 {
			t.Errorf("%d of %d users waited for the slow provider", waited, len(answers))
		}
		if len(r.log.lines("breaker open", "provider=openai")) == 0 {
			t.Errorf("the breaker did not open:\n%s", r.log)
		}
		// The user of a probe is kept for half as long.
		for n, got := range answers[50:] {
			if got.took > 0 && got.took != bot.DefaultPatience().FirstToken/2 {
				t.Errorf("request %d, a probe, waited %v, want half of %v", n+50, got.took, bot.DefaultPatience().FirstToken)
			}
		}
	})
}

// A Retry-After holds the probes back as well.
func TestResilientProbesNoSoonerThanTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(fails(429, "", "Retry-After", "6"))
		r.traffic(10*time.Second, r.api)
		longest := time.Duration(0)
		for _, gap := range r.openai.gaps() {
			longest = max(longest, gap)
		}
		if longest < 6*time.Second {
			t.Errorf("the longest pause at the provider was %v, want the 6s that it asked for", longest)
		}

		// But an hour, sent in the confusion of an outage, is not believed.
		r = newRig(t, "resilient")
		r.openai.do(fails(429, "", "Retry-After", "3600"))
		r.traffic(time.Second, r.api)
		r.openai.do(r.openai.healthy)
		time.Sleep(30 * time.Second)
		if got := r.api(); got.body != apiOpenAI {
			t.Errorf("half a minute later the user got %q, want the healed provider's answer", got.body)
		}
	})
}

// With both providers down the user is told at once, and neither is called but
// for a probe now and then.
func TestResilientLeavesDeadProvidersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(fails(500, ""))
		r.anthropic.do(fails(529, ""))
		answers := r.traffic(20*time.Second, r.api)
		for n, got := range answers {
			if !strings.Contains(got.body, `"degraded":true`) {
				t.Errorf("request %d got %q, want the prepared text", n, got.body)
			}
		}
		for _, f := range []*fake{r.openai, r.anthropic} {
			if f.count() > 40 {
				t.Errorf("%d calls at %s for %d requests, want at most 40", f.count(), f.vendor, len(answers))
			}
		}
	})
}

// Requests that are at fault themselves do not make a provider look down.
func TestResilientBadRequestsDoNotOpenTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(fails(400, ""))
		r.traffic(5*time.Second, r.api)
		if r.openai.count() != 50 {
			t.Errorf("%d calls for 50 requests, want each tried once", r.openai.count())
		}
	})
}

// Short of capacity, the bot puts off what can wait and keeps the rest going.
func TestResilientShedsDeferrableWorkFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient", func(c *bot.Config) { c.Places = 4 })
		slowly := func(f *fake) {
			f.do(f.after(time.Second))
		}
		slowly(r.openai)
		slowly(r.anthropic)
		var all sync.WaitGroup
		for range 6 { // four fill the first provider, two half of the second
			all.Go(func() { r.api() })
		}
		synctest.Wait()

		if got := r.content(); !strings.Contains(got.body, `"degraded":true`) || got.took != 0 {
			t.Errorf("the draft got %q after %v, want it put off at once", got.body, got.took)
		}
		if got := r.api(); got.body != apiAnthropic {
			t.Errorf("the critical request got %q, want an answer", got.body)
		}
		all.Wait()
		if got := r.content(); got.body != "{\"draft\":\"one two\"}\n" {
			t.Errorf("with capacity again the draft got %q", got.body)
		}
	})
}

// A provider that says "too much" gets less, and what can wait yields first.
func TestResilientLowersItsLoadAfterRefusals(t *testing.T) {
	for _, refusal := range []int{429, 503, 529} {
		t.Run(fmt.Sprint(refusal), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "resilient", func(c *bot.Config) { c.Places = 8 })
				r.openai.do(fails(401, ""))
				r.anthropic.then(fails(refusal, "", "Retry-After", "1"))
				r.api() // eight places become four, and five with the answer that follows
				r.anthropic.do(r.anthropic.after(time.Second))
				var all sync.WaitGroup
				for range 2 {
					all.Go(func() { r.api() })
				}
				synctest.Wait()
				if got := r.content(); !strings.Contains(got.body, `"degraded":true`) {
					t.Errorf("the draft got %q, want it put off: half of five places are taken", got.body)
				}
				all.Wait()
			})
		})
	}
}
