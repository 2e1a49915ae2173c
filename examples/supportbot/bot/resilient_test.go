package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
)

func TestResilientHealthy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		if got := r.chat(); got.body != chatOpenAI {
			t.Errorf("chat: got\n%s\nwant\n%s", got.body, chatOpenAI)
		}
		if got := r.api(); got.body != apiOpenAI || got.status != 200 {
			t.Errorf("api: got %d %q, want %q", got.status, got.body, apiOpenAI)
		}
		if r.openai.count() != 2 || r.anthropic.count() != 0 {
			t.Errorf("%d and %d calls, want 2 and none", r.openai.count(), r.anthropic.count())
		}
		if lines := r.log.lines("request served", "served_by=openai", "attempts=1"); len(lines) != 2 {
			t.Errorf("the log has %d lines of requests served by openai, want 2:\n%s", len(lines), r.log)
		}
	})
}

func TestResilientFallsBack(t *testing.T) {
	const quota = `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}`
	tests := []struct {
		name  string
		act   http.HandlerFunc
		calls int // at the first provider
	}{
		// What another call cannot mend is not called again.
		{"bad key", fails(401, ""), 1},
		{"bad request", fails(400, ""), 1},
		{"unknown model", fails(404, ""), 1},
		{"quota spent", fails(429, quota), 1},
		{"told not to", fails(500, "", "x-should-retry", "false"), 1},
		{"senseless 200", fails(200, "<html>"), 1},
		{"error with 200", fails(200, `{"error":{"message":"overloaded"}}`), 1},
		{"empty answer", fails(200, `{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}`), 1},
		{"half an answer", fails(200, `{"choices":[{"message":{"content":"one"},"finish_reason":"length"}]}`), 1},
		// A wait longer than the user's patience is none.
		{"wait of 5 s", fails(429, "", "Retry-After", "5"), 1},
		{"wait of an hour", fails(503, "", "Retry-After", "3600"), 1},
		// The rest may go better the second time.
		{"server error", fails(500, ""), 2},
		{"overloaded", fails(503, ""), 2},
		{"gateway", fails(502, `{"error":{"code":502,"message":"Bad gateway.","type":"cf_bad_gateway"}}`), 2},
		{"rate limit without a hint", fails(429, ""), 2},
		{"rate limit with a short wait", fails(429, "", "retry-after-ms", "300"), 2},
		{"dropped connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "resilient")
				r.openai.do(tt.act)
				got := r.api()
				if got.body != apiAnthropic || got.status != 200 {
					t.Errorf("got %d %q, want %q", got.status, got.body, apiAnthropic)
				}
				if r.openai.count() != tt.calls || r.anthropic.count() != 1 {
					t.Errorf("%d calls at the first provider and %d at the second, want %d and 1", r.openai.count(), r.anthropic.count(), tt.calls)
				}
				if got.took > bot.DefaultPatience().Again {
					t.Errorf("the switch took %v", got.took)
				}
				if lines := r.log.lines("msg=switch", "from=openai", "to=anthropic"); len(lines) != 1 {
					t.Errorf("the log tells of %d switches, want 1:\n%s", len(lines), r.log)
				}
			})
		})
	}
}

func TestResilientWaitsAsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.then(fails(429, "", "retry-after-ms", "600"))
		if got := r.api(); got.body != apiOpenAI {
			t.Errorf("got %q, want the first provider's answer after a short wait", got.body)
		}
		if gaps := r.openai.gaps(); gaps[0] != 600*time.Millisecond {
			t.Errorf("called again after %v, want the 600ms that it asked for", gaps[0])
		}
	})
}

// With nobody else to turn to a longer wait is the user's best chance.
func TestResilientWaitsLongerForTheLastProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(fails(401, ""))
		r.anthropic.then(fails(429, "", "Retry-After", "4"))
		got := r.api()
		if got.body != apiAnthropic || got.took != 4*time.Second {
			t.Errorf("got %q after %v, want %q after 4s", got.body, got.took, apiAnthropic)
		}

		r.anthropic.then(fails(429, "", "Retry-After", "6")) // would leave no time for an answer
		if got := r.api(); !strings.Contains(got.body, `"degraded":true`) || got.took != 0 {
			t.Errorf("got %q after %v, want the prepared text at once", got.body, got.took)
		}
	})
}

func TestResilientBackoffIsJitteredAndReproducible(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		waits := func(seed uint64) []time.Duration {
			r := newRig(t, "resilient", func(c *bot.Config) { c.Seed = seed })
			var waits []time.Duration
			for range 3 {
				r.openai.then(fails(500, ""))
				waits = append(waits, r.api().took)
			}
			return waits
		}
		first, again, other := waits(1), waits(1), waits(2)
		for _, w := range first {
			if w < 100*time.Millisecond || w > 200*time.Millisecond {
				t.Errorf("a wait of %v, want 100 to 200 ms", w)
			}
		}
		if first[0] == first[1] || first[1] == first[2] {
			t.Errorf("waits %v: no jitter", first)
		}
		if fmt.Sprint(first) != fmt.Sprint(again) {
			t.Errorf("waits %v and then %v with the same seed", first, again)
		}
		if fmt.Sprint(first) == fmt.Sprint(other) {
			t.Errorf("waits %v with either of two seeds", first)
		}
	})
}

func TestResilientTimeouts(t *testing.T) {
	keepalive := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			send(w, ": keep-alive")
			time.Sleep(500 * time.Millisecond)
		}
	}
	role := func(w http.ResponseWriter, r *http.Request) {
		send(w, `data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`)
		hangs(w, r)
	}
	late := func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(5 * time.Second)
		w.WriteHeader(200)
	}
	p := bot.DefaultPatience()
	tests := []struct {
		name, path string
		act        http.HandlerFunc
		want       time.Duration
	}{
		{"no head, streamed", "/chat", hangs, p.FirstToken},
		{"a role and no words", "/chat", role, p.FirstToken},
		{"keep-alives and no words", "/chat", keepalive, p.FirstToken},
		{"slow but 200", "/chat", late, p.FirstToken},
		{"no head, JSON", "/api", hangs, p.Answer},
		{"slow but 200, JSON", "/api", late, p.Answer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "resilient")
				r.openai.do(tt.act)
				got := r.post(tt.path, `{"message":"hello"}`)
				if got.took != tt.want {
					t.Errorf("switched after %v, want %v", got.took, tt.want)
				}
				if got.body != chatAnthropic && got.body != apiAnthropic {
					t.Errorf("got %q, want the second provider's answer alone", got.body)
				}
				if r.openai.count() != 1 {
					t.Errorf("%d calls, want 1: the time for another is used up", r.openai.count())
				}
			})
		})
	}
}

func TestResilientConnectTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.hole = true
		if got := r.chat(); got.body != chatAnthropic || got.took != bot.DefaultPatience().Connect {
			t.Errorf("got\n%s\nafter %v, want the second provider's answer after %v", got.body, got.took, bot.DefaultPatience().Connect)
		}
	})
}

func TestResilientConnectionRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.refuse = true
		if got := r.chat(); got.body != chatAnthropic || got.took > 200*time.Millisecond {
			t.Errorf("got\n%s\nafter %v, want the second provider's answer after one short wait", got.body, got.took)
		}
	})
}

// A stream that breaks after words went out is taken back, and the other
// provider answers from the beginning.
func TestResilientTakesHalfAnAnswerBack(t *testing.T) {
	tests := []struct {
		name string
		then http.HandlerFunc // after the first piece of text
		want time.Duration
	}{
		{"clean end", func(http.ResponseWriter, *http.Request) {}, 0},
		{"cut connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0},
		{"error event", func(w http.ResponseWriter, _ *http.Request) {
			send(w, `data: {"error":{"message":"Sorry"}}`, `data: [DONE]`)
		}, 0},
		{"[DONE] without a finish", func(w http.ResponseWriter, _ *http.Request) { send(w, `data: [DONE]`) }, 0},
		{"early finish", func(w http.ResponseWriter, _ *http.Request) {
			send(w, `data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}`, `data: [DONE]`)
		}, 0},
		{"garbage", func(w http.ResponseWriter, _ *http.Request) { send(w, `data: {"choices":[{`) }, 0},
		{"stall", hangs, bot.DefaultPatience().Idle},
		{"stall with keep-alives", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				send(w, ": keep-alive")
				time.Sleep(500 * time.Millisecond)
			}
		}, bot.DefaultPatience().Idle},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "resilient")
				r.openai.do(func(w http.ResponseWriter, req *http.Request) {
					r.openai.begun(w)
					tt.then(w, req)
				})
				got := r.chat()
				if want := chatFirst + chatReset + chatAnthropic; got.body != want {
					t.Errorf("got\n%s\nwant\n%s", got.body, want)
				}
				if got.took != tt.want {
					t.Errorf("it took %v, want %v", got.took, tt.want)
				}
				if r.openai.count() != 1 {
					t.Errorf("%d calls at the first provider, want 1", r.openai.count())
				}
			})
		})
	}
}

func TestResilientSecondStreamMayBreakToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		for _, f := range []*fake{r.openai, r.anthropic} {
			f.do(func(w http.ResponseWriter, _ *http.Request) { f.begun(w) })
		}
		got := r.chat()
		want := chatFirst + chatReset + "data: {\"delta\":\"eins \"}\n\n" + chatReset + `data: {"degraded":true,"delta":`
		if !strings.HasPrefix(got.body, want) || !strings.HasSuffix(got.body, "data: {\"done\":true}\n\n") {
			t.Errorf("got\n%s\nwant it to begin with\n%s\nand to end as done", got.body, want)
		}
	})
}

// A stream whose connection stays open after the finish is complete.
func TestResilientDoesNotWaitForTheConnectionToClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(func(w http.ResponseWriter, req *http.Request) {
			send(w, r.openai.events()...)
			hangs(w, req)
		})
		if got := r.chat(); got.body != chatOpenAI || got.took > 250*time.Millisecond {
			t.Errorf("got\n%s\nafter %v, want the whole answer within 250 ms", got.body, got.took)
		}
	})
}

// Words that trickle reset the idle deadline forever; the total bounds them, and
// leaves the next provider the time to answer.
func TestResilientTotalDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := bot.DefaultPatience()
		trickle := func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				send(w, `data: {"choices":[{"index":0,"delta":{"content":"w "}}]}`)
				time.Sleep(time.Second)
			}
		}
		r := newRig(t, "resilient")
		r.openai.do(trickle)
		got := r.chat()
		if got.took != p.Total-p.Answer {
			t.Errorf("switched after %v, want %v", got.took, p.Total-p.Answer)
		}
		if !strings.HasSuffix(got.body, chatReset+chatAnthropic) {
			t.Errorf("got\n%s\nwant it to end with a reset and the other answer", got.body)
		}
	})
}

func TestResilientTemplateIsTheLastResort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(hangs)
		r.anthropic.do(hangs)
		p := bot.DefaultPatience()
		got := r.api()
		if !strings.Contains(got.body, `"degraded":true`) || got.status != 200 {
			t.Errorf("got %d %q, want a prepared text that owns up", got.status, got.body)
		}
		if got.took != 2*p.Answer {
			t.Errorf("it took %v, want both providers' deadlines, %v", got.took, 2*p.Answer)
		}
		got = r.chat()
		if !strings.HasPrefix(got.body, `data: {"degraded":true,"delta":`) {
			t.Errorf("got\n%s\nwant a prepared text that owns up", got.body)
		}
		if lines := r.log.lines("request served", "served_by=template"); len(lines) != 2 {
			t.Errorf("the log has %d requests served by the template, want 2:\n%s", len(lines), r.log)
		}
	})
}

func TestResilientStopsWhenTheUserLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		left := make(chan struct{})
		r.openai.do(func(w http.ResponseWriter, req *http.Request) {
			hangs(w, req)
			close(left)
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r.postWith(ctx, "/chat", `{"message":"hello"}`)
		<-left // the provider is not left working for nobody
		if r.anthropic.count() != 0 {
			t.Error("another provider was asked for a user who had left")
		}

		// Users who leave say nothing about the provider.
		r.openai.do(hangs)
		for range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			r.postWith(ctx, "/chat", `{"message":"hello"}`)
			cancel()
		}
		if lines := r.log.lines("breaker open"); len(lines) != 0 {
			t.Errorf("users who left opened the breaker:\n%s", strings.Join(lines, ""))
		}
	})
}

// However a proxy tears a stream, and whatever it puts between events, the words
// are the same.
func TestStreamFraming(t *testing.T) {
	for _, tt := range []struct {
		name string
		tear func(stream string) []string
	}{
		{"byte by byte", func(s string) []string { return strings.Split(s, "") }},
		{"all at once", func(s string) []string { return []string{s} }},
		{"carriage returns", func(s string) []string { return []string{strings.ReplaceAll(s, "\n", "\r\n")} }},
		{"no space after the colon", func(s string) []string { return []string{strings.ReplaceAll(s, "data: ", "data:")} }},
		{"comments and unknown fields", func(s string) []string {
			return []string{strings.ReplaceAll(s, "data: ", ": ping\n\nid: 7\nretry: 10\ndata: ")}
		}},
		{"data on two lines", func(s string) []string { return []string{strings.ReplaceAll(s, `,"delta"`, ",\ndata: \"delta\"")} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "resilient")
				for _, f := range []*fake{r.openai, r.anthropic} {
					f.do(func(w http.ResponseWriter, _ *http.Request) {
						for _, part := range tt.tear(strings.Join(f.events(), "\n\n") + "\n\n") {
							fmt.Fprint(w, part)
							http.NewResponseController(w).Flush()
						}
					})
				}
				if got := r.chat(); got.body != chatOpenAI {
					t.Errorf("of OpenAI the user got\n%s\nwant\n%s", got.body, chatOpenAI)
				}
				r.openai.do(fails(401, ""))
				if got := r.chat(); got.body != chatAnthropic {
					t.Errorf("of Anthropic the user got\n%s\nwant\n%s", got.body, chatAnthropic)
				}
			})
		})
	}
}
