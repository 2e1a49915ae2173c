package mockllm_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// reserving is a body for which so many tokens are reserved in all.
func reserving(tokens int) string {
	// "hello" and the frame are five tokens.
	return `{"model":"gpt-4o","max_tokens":` + strconv.Itoa(tokens-5) + `,"messages":[{"role":"user","content":"hello"}]}`
}

// asks sends a body with a key to where the dialect takes chats.
func asks(t *testing.T, s *mockllm.Server, dialect, key, body string) *capture {
	t.Helper()
	at := path(dialect)
	if dialect == "azure-openai" {
		at = azureClassic
	}
	r := request(t.Context(), "POST", at, body)
	r.Header.Set("Authorization", "Bearer "+key)
	return do(s, r)
}

// limited are the headers of an answer that speak of limits, one a line.
func limited(c *capture) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.header)) {
		if strings.Contains(name, "ratelimit") || strings.HasPrefix(name, "retry-after") || name == "x-should-retry" {
			fmt.Fprintf(&b, "%s: %s\n", name, c.header[name][0])
		}
	}
	return b.String()
}

// told is the header of a name, spelled as sent.
func told(c *capture, name string) string {
	return strings.Join(map[string][]string(c.header)[name], ", ")
}

// message is the sentence of an error.
func message(c *capture) string {
	var e struct{ Error struct{ Message string } }
	if json.Unmarshal([]byte(c.body()), &e) != nil {
		return ""
	}
	return e.Error.Message
}

// TestRecordedArithmetic has limits of recordings, and what was told of them.
func TestRecordedArithmetic(t *testing.T) {
	for _, c := range []struct {
		limits          limits.Limits
		reserved        int
		requests, reset string
		tokens, refill  string
	}{
		{limits.Limits{Requests: 3000, Tokens: 160_000}, 2390, "2999", "20ms", "157610", "896ms"},
		{limits.Limits{Requests: 5000, Tokens: 2_000_000}, 7, "4999", "12ms", "1999993", "0s"},
		{limits.Limits{Requests: 500, Tokens: 250_000}, 9, "499", "120ms", "249991", "2ms"},
		{limits.Limits{Requests: 3, Tokens: 30_000}, 29_937, "2", "20s", "63", "59.874s"},
		{limits.Limits{Requests: 1, Tokens: 6}, 6, "0", "1m0s", "0", "1m0s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := provider(t, mockllm.Spec{Dialect: "openai", Others: pace.Instant(), Limits: c.limits})
			h := asks(t, s, "openai", "k", reserving(c.reserved))
			got := []string{
				told(h, "x-ratelimit-remaining-requests"), told(h, "x-ratelimit-reset-requests"),
				told(h, "x-ratelimit-remaining-tokens"), told(h, "x-ratelimit-reset-tokens"),
			}
			if diff := cmp.Diff([]string{c.requests, c.reset, c.tokens, c.refill}, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", c.limits, diff)
			}
		})
	}
}

// TestLimitWire is what is told near a limit and beyond it, header by header: row 3
// of the checklist of what a mock must get right.
func TestLimitWire(t *testing.T) {
	for _, dialect := range []string{"openai", "azure-openai", "anthropic"} {
		var b strings.Builder
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			s := provider(t, mockllm.Spec{
				Dialect: dialect, Others: pace.Instant(),
				Limits: limits.Limits{Requests: 4, Tokens: 36_000},
			})
			for _, c := range []struct {
				name  string
				after time.Duration
				body  string
			}{
				{"the first", 0, reserving(385)},
				{"a long prompt", 0, prompt(27_000)},
				{"tokens are short", 0, prompt(10_000)},
				{"some came back", 30 * time.Second, reserving(100)},
				{"it can never fit", 0, prompt(40_000)},
				{"one more", 0, reserving(100)},
				{"and one", 0, reserving(100)},
				{"the last", 0, reserving(100)},
				{"requests are short", 0, reserving(100)},
			} {
				time.Sleep(c.after)
				got := asks(t, s, dialect, "k", c.body)
				fmt.Fprintf(&b, "=== %s: %d\n%s%s\n", c.name, got.status, limited(got), message(got))
			}
		})
		golden(t, strings.TrimSuffix(dialect, "-openai")+"_limits", b.String())
	}
}

// prompt is a body with so many tokens in its prompt, that asks for one.
func prompt(tokens int) string {
	return `{"model":"gpt-4o","max_tokens":1,"messages":[{"role":"user","content":"` + strings.Repeat("word", tokens-3) + `"}]}`
}

// TestRetryAfterIsTheTruth: a millisecond before it is too early.
func TestRetryAfterIsTheTruth(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits limits.Limits
		bodies []string
		said   string
		wait   time.Duration
	}{
		{
			"the sentence that was recorded",
			limits.Limits{Tokens: 30_000},
			[]string{reserving(29_937), reserving(385)},
			"on tokens per min (TPM): Limit 30000, Used 29937, Requested 385. Please try again in 644ms.", 644 * time.Millisecond,
		},
		{
			"three a minute",
			limits.Limits{Requests: 3},
			[]string{reserving(9), reserving(9), reserving(9), reserving(9)},
			"on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.", 20 * time.Second,
		},
		{
			"the longer of two waits",
			limits.Limits{Requests: 1, Tokens: 100},
			[]string{reserving(100), reserving(50)},
			"on requests per min (RPM): Limit 1, Used 1, Requested 1. Please try again in 1m0s.", time.Minute,
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := provider(t, mockllm.Spec{Dialect: "openai", Others: pace.Instant(), Limits: c.limits})
			start := time.Now()
			var last *capture
			for _, body := range c.bodies {
				last = asks(t, s, "openai", "k", body)
			}
			// The answers take nanoseconds, which come back, too.
			wait := c.wait - time.Since(start).Truncate(time.Microsecond)
			if last.status != 429 || !strings.Contains(message(last), c.said) {
				t.Fatalf("%s: got %d %s", c.name, last.status, message(last))
			}
			if got := told(last, "retry-after-ms"); got != strconv.FormatInt(c.wait.Milliseconds(), 10) {
				t.Errorf("%s: told to wait %s ms", c.name, got)
			}
			time.Sleep(wait - time.Millisecond)
			if got := asks(t, s, "openai", "k", c.bodies[len(c.bodies)-1]); got.status != 429 {
				t.Errorf("%s: a millisecond early got %d", c.name, got.status)
			}
			time.Sleep(time.Millisecond)
			if got := asks(t, s, "openai", "k", c.bodies[len(c.bodies)-1]); got.status != 200 {
				t.Errorf("%s: in time got %d %s", c.name, got.status, message(got))
			}
		})
	}
}

// TestWhatCanNeverFit is refused without a word of when to come again.
func TestWhatCanNeverFit(t *testing.T) {
	s := provider(t, mockllm.Spec{Dialect: "openai", Others: pace.Instant(), Limits: limits.Limits{Tokens: 30_000}})
	got := asks(t, s, "openai", "k", reserving(31_538))
	const want = " on tokens per min (TPM): Limit 30000, Requested 31538. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more."
	if got.status != 429 || !strings.HasPrefix(message(got), "Request too large for gpt-4o in organization org-") || !strings.HasSuffix(message(got), want) {
		t.Errorf("got %d %s", got.status, message(got))
	}
	if h := limited(got); strings.Contains(h, "retry-after") || !strings.Contains(h, "x-ratelimit-remaining-tokens: 30000\n") {
		t.Errorf("the headers are\n%s", h)
	}
}

// TestEachKeyAndModelHasItsOwn limits.
func TestEachKeyAndModelHasItsOwn(t *testing.T) {
	s := provider(t, mockllm.Spec{
		Dialect: "openai", Others: pace.Instant(), Limits: limits.Limits{Requests: 2},
		Keys: map[string]limits.Limits{"free": {Requests: 1}, "plus": {}, "pro": {Requests: 5}},
	})
	chat := func(model string) string {
		return `{"model":"` + model + `","messages":[{"role":"user","content":"hello"}]}`
	}
	for key, limit := range map[string]int{"free": 1, "plus": 2, "pro": 5} {
		for _, model := range []string{"a", "b"} {
			for n := range limit + 1 {
				got := asks(t, s, "openai", key, chat(model))
				if want := map[bool]int{true: 200, false: 429}[n < limit]; got.status != want {
					t.Errorf("%s, model %s: request %d got %d; want %d", key, model, n+1, got.status, want)
				}
			}
		}
	}
}

// TestWithoutLimitsNothingIsRefused: the headers count all the same.
func TestWithoutLimitsNothingIsRefused(t *testing.T) {
	for _, dialect := range []string{"openai", "anthropic"} {
		if raced && dialect != "openai" {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			s := provider(t, mockllm.Spec{Dialect: dialect, Others: pace.Instant()})
			for n := range 10_005 {
				if got := asks(t, s, dialect, "k", reserving(900)); got.status != 200 {
					t.Fatalf("%s: request %d got %d", dialect, n, got.status)
				}
			}
			got := limited(asks(t, s, dialect, "k", reserving(900)))
			for _, want := range []string{"requests-remaining: 0\n", "remaining-requests: 0\n"} {
				if strings.Contains(got, want) {
					return
				}
			}
			t.Errorf("%s: after 10,000 requests in a moment there is\n%s", dialect, got)
		})
	}
}

// TestAnswersAreCountedAsTheyAreMade, where prompts and answers are limited apart:
// the longest answer asked for is not reserved, and what was made is owed.
func TestAnswersAreCountedAsTheyAreMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := pace.Instant()
		m.Tokens = pace.Length{P50: 150}
		// A sixth of 600 is of answers.
		s := provider(t, mockllm.Spec{Dialect: "anthropic", Others: m, Limits: limits.Limits{Tokens: 600}})
		if got := asks(t, s, "anthropic", "k", reserving(100_000)); got.status != 200 {
			t.Fatalf("the first got %d %s", got.status, message(got))
		}
		got := asks(t, s, "anthropic", "k", reserving(9))
		if got.status != 429 || !strings.Contains(message(got), "of 100 output tokens per minute") {
			t.Errorf("half an answer over the limit: got %d %s", got.status, message(got))
		}
		// 50 are owed, and one is asked for: 51 hundredths of a minute.
		if h := told(got, "retry-after"); h != "31" {
			t.Errorf("told to come again after %q", h)
		}
		time.Sleep(31 * time.Second)
		if got := asks(t, s, "anthropic", "k", reserving(9)); got.status != 200 {
			t.Errorf("after 31 s got %d %s", got.status, message(got))
		}
	})
}

// TestLimitsShrink for as long as they are said to.
func TestLimitsShrink(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits limits.Limits
		share  float64
		fit    int // of ten requests
	}{
		{"to a part", limits.Limits{Requests: 10}, 0.4, 4},
		{"to as good as nothing", limits.Limits{Requests: 10}, 0, 1},
		{"limits that the spec has not", limits.Limits{}, 0.0005, 5},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := provider(t, mockllm.Spec{Dialect: "openai", Others: pace.Instant(), Limits: c.limits})
			opens := time.Now().Add(time.Minute)
			s.Shrink(func(now time.Time) limits.Shares {
				left := limits.Shares{Requests: 1, Tokens: 1, Concurrency: 1, Queue: 1}
				if now.Sub(opens).Abs() < 30*time.Second {
					left.Requests = c.share
				}
				return left
			})
			fit := func() (n int) {
				for range 10 {
					if asks(t, s, "openai", "k", reserving(9)).status == 200 {
						n++
					}
				}
				return n
			}
			before := fit()
			time.Sleep(time.Minute)
			within := fit()
			time.Sleep(time.Minute)
			after := fit()
			if diff := cmp.Diff([]int{10, c.fit, 10}, []int{before, within, after}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		})
	}
}

// TestTheLimiterTells the ledger.
func TestTheLimiterTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var noted []string
		s, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai", Others: pace.Instant(), Limits: limits.Limits{Requests: 1, Tokens: 90}},
			mockllm.Options{Served: func(_ *http.Request, s mockllm.Served) {
				noted = append(noted, fmt.Sprint(s.Status, " ", s.Refused, " ", s.Wait))
			}})
		if err != nil {
			t.Fatal(err)
		}
		asks(t, s, "openai", "k", reserving(90))
		time.Sleep(15 * time.Second)
		asks(t, s, "openai", "k", reserving(9))
		asks(t, s, "openai", "k", reserving(91))
		want := []string{"200  0s", "429 rate_limit 45s", "429 rate_limit 0s"}
		if diff := cmp.Diff(want, noted); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
