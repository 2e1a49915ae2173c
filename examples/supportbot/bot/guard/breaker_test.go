package guard_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot/guard"
)

// recorder keeps the changes of a breaker as "closed>open".
type recorder []string

func (r *recorder) note(from, to guard.State) {
	*r = append(*r, fmt.Sprintf("%v>%v", from, to))
}

func admit(t *testing.T, b *guard.Breaker) guard.Ticket {
	t.Helper()
	ticket, ok := b.Admit()
	if !ok {
		t.Fatalf("a %v breaker admitted nothing", b.State())
	}
	return ticket
}

// trip opens a breaker with the fewest failures that can.
func trip(t *testing.T, b *guard.Breaker) {
	t.Helper()
	for range guard.DefaultRules().Min {
		admit(t, b).Failed(0)
	}
	if b.State() != guard.Open {
		t.Fatalf("after failures alone the breaker is %v, want open", b.State())
	}
}

func TestBreakerOpensByShare(t *testing.T) {
	tests := []struct {
		name    string
		results string // w worked, f failed, v void, in order
		want    guard.State
	}{
		{"too few to tell", "ffff", guard.Closed},
		{"enough and all failed", "fffff", guard.Open},
		{"just under half", "wwwwfff", guard.Closed},
		{"exactly half", "wwwfff", guard.Open},
		{"a long good past is forgotten", "wwwwwwwwwwwwwwwwwwwwwwwwwwwwww" + "ffffffffff", guard.Open},
		{"the latest good ones outweigh", "fff" + "wwwwwwwwwwwwwwwwwwww" + "fff", guard.Closed},
		{"void results do not count", "ffffvvvvv", guard.Closed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := guard.NewBreaker(guard.DefaultRules(), 1, nil)
			for _, r := range tt.results {
				ticket := admit(t, b)
				switch r {
				case 'w':
					ticket.Worked()
				case 'f':
					ticket.Failed(0)
				case 'v':
					ticket.Void()
				}
			}
			if b.State() != tt.want {
				t.Errorf("after %q the breaker is %v, want %v", tt.results, b.State(), tt.want)
			}
		})
	}
}

func TestBreakerForgetsOldFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := guard.NewBreaker(guard.DefaultRules(), 1, nil)
		for range 4 {
			admit(t, b).Failed(0)
		}
		time.Sleep(guard.DefaultRules().Age + time.Millisecond)
		admit(t, b).Failed(0)
		if b.State() != guard.Closed {
			t.Errorf("one failure, and four that are too old, left the breaker %v, want closed", b.State())
		}
	})
}

func TestBreakerProbesOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changes recorder
		b := guard.NewBreaker(guard.DefaultRules(), 1, changes.note)
		trip(t, b)
		if _, ok := b.Admit(); ok {
			t.Fatal("an open breaker admitted a request at once")
		}

		time.Sleep(1200 * time.Millisecond) // the interval and all of its jitter
		for range guard.DefaultRules().Close {
			probe := admit(t, b)
			if !probe.Probe {
				t.Error("the request that a half-open breaker admits does not know that it is a probe")
			}
			if _, ok := b.Admit(); ok {
				t.Error("a second request came through beside the probe")
			}
			probe.Worked()
		}
		if ticket := admit(t, b); ticket.Probe {
			t.Error("a closed breaker still probes")
		}
		want := recorder{"closed>open", "open>half-open", "half-open>closed"}
		if diff := cmp.Diff(want, changes); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}

func TestBreakerProbesOncePerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := guard.NewBreaker(guard.DefaultRules(), 1, nil)
		trip(t, b)
		probes := 0
		for range 10_000 { // ten seconds of a thousand requests each
			if ticket, ok := b.Admit(); ok {
				probes++
				ticket.Failed(0)
			}
			time.Sleep(time.Millisecond)
		}
		if probes < 8 || probes > 12 {
			t.Errorf("%d probes in 10 s, want one a second", probes)
		}
	})
}

func TestBreakerOneFailedProbeOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := guard.NewBreaker(guard.DefaultRules(), 1, nil)
		trip(t, b)
		time.Sleep(1200 * time.Millisecond)
		admit(t, b).Worked()
		admit(t, b).Worked()
		admit(t, b).Failed(0)
		if b.State() != guard.Open {
			t.Fatalf("after a failed probe the breaker is %v, want open", b.State())
		}
		time.Sleep(1200 * time.Millisecond)
		admit(t, b).Worked()
		if b.State() != guard.HalfOpen {
			t.Errorf("one good probe after a failed one left the breaker %v, want half-open: earlier ones count no more", b.State())
		}
	})
}

func TestBreakerSlowProbeIsFollowedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := guard.NewBreaker(guard.DefaultRules(), 1, nil)
		trip(t, b)
		time.Sleep(1200 * time.Millisecond)
		probe := admit(t, b)
		time.Sleep(1500 * time.Millisecond)
		probe.Failed(0)
		if _, ok := b.Admit(); !ok {
			t.Error("the interval was counted from the end of a slow probe")
		}
	})
}

func TestBreakerWaitsAsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := guard.NewBreaker(guard.DefaultRules(), 1, nil)
		for range guard.DefaultRules().Min {
			admit(t, b).Failed(5 * time.Second)
		}
		time.Sleep(5*time.Second - time.Nanosecond)
		if _, ok := b.Admit(); ok {
			t.Error("probed before the provider's Retry-After had passed")
		}
		time.Sleep(time.Nanosecond)
		admit(t, b)
	})
}

func TestBreakerVoidProbeFreesThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := guard.NewBreaker(guard.DefaultRules(), 1, nil)
		trip(t, b)
		time.Sleep(1200 * time.Millisecond)
		admit(t, b).Void()
		admit(t, b)
	})
}

func TestBreakerIgnoresTicketsOfAnEarlierEra(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := guard.NewBreaker(guard.DefaultRules(), 1, nil)
		var late []guard.Ticket
		for range 10 {
			late = append(late, admit(t, b))
		}
		trip(t, b)
		for _, ticket := range late[:5] {
			ticket.Worked()
		}
		if b.State() != guard.Open {
			t.Errorf("answers to requests sent before made an open breaker %v", b.State())
		}

		time.Sleep(1200 * time.Millisecond)
		for range guard.DefaultRules().Close {
			admit(t, b).Worked()
		}
		for _, ticket := range late[5:] {
			ticket.Failed(0)
		}
		if b.State() != guard.Closed {
			t.Errorf("failures of requests sent before the outage made a closed breaker %v", b.State())
		}
	})
}
