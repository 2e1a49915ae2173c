package bot_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestNaiveHealthy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "naive")
		if got := r.chat(); got.body != chatOpenAI {
			t.Errorf("chat: got\n%s\nwant\n%s", got.body, chatOpenAI)
		}
		if got := r.api(); got.body != apiOpenAI || got.status != 200 {
			t.Errorf("api: got %d %q, want %q", got.status, got.body, apiOpenAI)
		}
		if r.openai.count() != 2 {
			t.Errorf("%d calls for two requests, want one each", r.openai.count())
		}
	})
}

// The naive bot asks four times without a pause, whatever the answer was.
func TestNaiveRetriesAtOnce(t *testing.T) {
	for name, act := range map[string]http.HandlerFunc{
		"server error":  fails(500, `{"error":{"message":"Sorry about that!"}}`),
		"rate limit":    fails(429, `{"error":{"message":"Rate limit reached"}}`, "Retry-After", "5"),
		"bad key":       fails(401, `{"error":{"message":"Incorrect API key provided"}}`),
		"senseless 200": fails(200, `<html>welcome</html>`),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "naive")
				r.openai.do(act)
				got := r.api()
				if got.status != http.StatusBadGateway {
					t.Errorf("status %d, want 502", got.status)
				}
				if r.openai.count() != 4 {
					t.Errorf("%d calls, want 4", r.openai.count())
				}
				if got.took != 0 {
					t.Errorf("it took %v, want no pause between the calls", got.took)
				}
			})
		})
	}
}

func TestNaiveStopsRetryingOnceItWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "naive")
		r.openai.then(fails(500, ""), fails(429, "", "Retry-After", "60"))
		if got := r.api(); got.body != apiOpenAI || got.took != 0 {
			t.Errorf("got %q after %v, want %q at once", got.body, got.took, apiOpenAI)
		}
		if r.openai.count() != 3 {
			t.Errorf("%d calls, want 3", r.openai.count())
		}
	})
}

func TestNaiveShowsWhatTheProviderSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "naive")
		r.openai.do(fails(429, `{"error":{"message":"Rate limit reached for gpt-4o in organization org-1"}}`))
		for _, got := range []answer{r.api(), r.chat()} {
			if !strings.Contains(got.body, "organization org-1") {
				t.Errorf("the user got %q, want the provider's own words", got.body)
			}
		}
		if got := r.chat(); !strings.HasPrefix(got.body, "event: error\n") {
			t.Errorf("a failed chat is %q, want an event named error", got.body)
		}
	})
}

func TestNaiveHasNoFallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "naive")
		r.openai.do(fails(500, ""))
		r.chat()
		r.openai.mu.Lock()
		r.openai.refuse = true
		r.openai.mu.Unlock()
		r.api()
		if r.anthropic.count() != 0 {
			t.Errorf("%d calls to the second provider, want none", r.anthropic.count())
		}
	})
}

// Half an answer, however it broke off, is passed off as a whole one.
func TestNaivePassesHalfAnAnswerOff(t *testing.T) {
	for name, then := range map[string]http.HandlerFunc{
		"clean end":       func(http.ResponseWriter, *http.Request) {},
		"cut connection":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"error event":     func(w http.ResponseWriter, _ *http.Request) { send(w, `data: {"error":{"message":"Sorry"}}`) },
		"[DONE] too soon": func(w http.ResponseWriter, _ *http.Request) { send(w, `data: [DONE]`) },
		"garbage":         func(w http.ResponseWriter, _ *http.Request) { send(w, `data: {"choices":[{`) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "naive")
				r.openai.do(func(w http.ResponseWriter, req *http.Request) {
					r.openai.begun(w)
					then(w, req)
				})
				want := chatFirst + "data: {\"done\":true}\n\n"
				if got := r.chat(); got.body != want {
					t.Errorf("got\n%s\nwant\n%s", got.body, want)
				}
				if r.openai.count() != 1 {
					t.Errorf("%d calls, want 1: nothing looked wrong", r.openai.count())
				}
			})
		})
	}
}

func TestNaiveWaitsAsLongAsTheSDKs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "naive")
		r.openai.do(hangs)
		if got := r.api(); got.took != 4*600*time.Second {
			t.Errorf("a hanging provider kept the user for %v, want four times 600 s", got.took)
		}

		// A stall is no failure to it either, only an end after a long silence.
		r.openai.do(func(w http.ResponseWriter, req *http.Request) {
			r.openai.begun(w)
			hangs(w, req)
		})
		got := r.chat()
		if want := chatFirst + "data: {\"done\":true}\n\n"; got.body != want || got.took != 600*time.Second {
			t.Errorf("a stalled stream gave\n%s\nafter %v, want\n%s\nafter 600 s", got.body, got.took, want)
		}
	})
}
