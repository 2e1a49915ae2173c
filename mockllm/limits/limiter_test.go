package limits_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// usual are limits of a provider that reserves the longest answer.
var usual = limits.Amounts{limits.Requests: 10_000, limits.Tokens: 2_000_000}

// limiter gives every key the same.
func limiter(usual limits.Amounts, given limits.Limits) *limits.Limiter {
	return limits.NewLimiter(usual, func(string) limits.Limits { return given }, limits.Whole)
}

func asking(tokens int) limits.Amounts {
	return limits.Amounts{limits.Requests: 1, limits.Tokens: tokens}
}

// Nobody gets more than the limit through, whatever comes when: at most what the bucket
// holds and what comes back meanwhile. Nor much less.
func TestNoMoreThanTheLimit(t *testing.T) {
	const limit = 6000
	rng := rand.New(rand.NewPCG(3, 0))
	l := limiter(usual, limits.Limits{Tokens: limit})
	start, used, refused := time.Now(), 0, 0
	now := start
	for range 3000 {
		now = now.Add(time.Duration(rng.IntN(40)) * time.Millisecond)
		tokens := 6 + rng.IntN(600)
		if _, over := l.Take(limits.Holder{Key: "k", Model: "m"}, asking(tokens), now); over != nil {
			refused++
			continue
		}
		used += tokens
		if most := limit + int(now.Sub(start)*limit/time.Minute) + 1; used > most {
			t.Fatalf("%d tokens after %v; at most %d", used, now.Sub(start), most)
		}
	}
	if least := limit + int(now.Sub(start)*limit/time.Minute) - 1200; used < least || refused == 0 {
		t.Errorf("%d tokens were let through, of at least %d; %d requests refused", used, least, refused)
	}
}

// Wait is the truth: a microsecond before it is too early.
func TestWaitIsTheTruth(t *testing.T) {
	l, by, now := limiter(usual, limits.Limits{Requests: 3, Tokens: 30_000}), limits.Holder{Key: "k"}, time.Now().Truncate(time.Microsecond)
	if left, over := l.Take(by, asking(29_937), now); over != nil || left[limits.Tokens] != (limits.Quota{Limit: 30_000, Left: 63}) {
		t.Fatalf("the first is refused: %v, %v", left, over)
	}
	_, over := l.Take(by, asking(385), now)
	want := &limits.Excess{Unit: limits.Tokens, Quota: limits.Quota{Limit: 30_000, Left: 63}, Asked: 385, Wait: 644 * time.Millisecond}
	if diff := cmp.Diff(want, over); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if _, over := l.Take(by, asking(385), now.Add(over.Wait-time.Microsecond)); over == nil {
		t.Error("a microsecond early it fits")
	}
	if _, over := l.Take(by, asking(385), now.Add(over.Wait)); over != nil {
		t.Errorf("in time it does not fit: %+v", over)
	}
	if _, over := l.Take(by, asking(30_001), now); over == nil || !over.Never {
		t.Errorf("more than a minute's worth: %+v", over)
	}
}

// Peek counts nothing; another model, and another key, have limits of their own.
func TestHolders(t *testing.T) {
	l, now := limiter(usual, limits.Limits{Requests: 2}), time.Now()
	for _, by := range []limits.Holder{{Key: "a", Model: "m"}, {Key: "b", Model: "m"}, {Key: "a", Model: "n"}} {
		for n, want := range []int{1, 0} {
			if got := l.Peek(by, asking(1), now)[limits.Requests].Left; got != want {
				t.Errorf("%v: before request %d there are %d, want %d", by, n, got, want)
			}
			if _, over := l.Take(by, asking(1), now); over != nil {
				t.Errorf("%v: request %d is refused: %+v", by, n, over)
			}
		}
		if _, over := l.Take(by, asking(1), now); over == nil {
			t.Errorf("%v: a third request fits", by)
		}
	}
}

// Where answers are counted as they are made, they can be owed, for a minute at most.
func TestAnswersAreOwed(t *testing.T) {
	apart := limits.Amounts{limits.Requests: 100, limits.Input: 500, limits.Output: 100}
	l, by, now := limiter(apart, limits.Limits{Tokens: 600}), limits.Holder{Key: "k"}, time.Now()
	ask := limits.Amounts{limits.Requests: 1, limits.Input: 1, limits.Output: 1}
	if _, over := l.Take(by, ask, now); over != nil {
		t.Fatalf("refused: %+v", over)
	}
	l.Answered(by, 1000, now)
	_, over := l.Take(by, ask, now)
	if want := time.Minute + 600*time.Millisecond; over == nil || over.Unit != limits.Output || over.Wait != want {
		t.Errorf("%+v, want a wait of %v for %v", over, want, limits.Output)
	}
}

// Keys that are invented are forgotten, or a client that has many could fill the memory.
func TestInventedKeysAreForgotten(t *testing.T) {
	l, now := limiter(usual, limits.Limits{Requests: 2}), time.Now()
	for wave := range 4 {
		for n := range 1500 {
			l.Take(limits.Holder{Key: fmt.Sprint(wave, "-", n)}, asking(9), now)
		}
		l.Take(limits.Holder{Key: "kept"}, asking(9), now)
		if held := l.Held(); held > 3002 {
			t.Fatalf("%d keys are held after wave %d", held, wave)
		}
		now = now.Add(2 * time.Minute)
	}
}
