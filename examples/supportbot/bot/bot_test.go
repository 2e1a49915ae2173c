package bot_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
)

func TestBadConfig(t *testing.T) {
	tests := []struct {
		name string
		cfg  bot.Config
		want string
	}{
		{"style", bot.Config{Style: "brave"}, `unknown style "brave"; there are naive and resilient`},
		{"no key", bot.Config{Style: "naive"}, "no key for OpenAI; set OPENAI_API_KEY"},
		{"no second key", bot.Config{Style: "resilient", OpenAIKey: "sk"}, "no key for Anthropic, the fallback of the resilient style; set ANTHROPIC_API_KEY"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := bot.New(tt.cfg); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFromEnv(t *testing.T) {
	env := map[string]string{
		"OPENAI_BASE_URL": "http://a/v1", "OPENAI_API_KEY": "ka",
		"ANTHROPIC_BASE_URL": "http://b", "ANTHROPIC_API_KEY": "kb",
	}
	got := bot.FromEnv(func(name string) string { return env[name] })
	if got.OpenAIURL != "http://a/v1" || got.OpenAIKey != "ka" || got.AnthropicURL != "http://b" || got.AnthropicKey != "kb" {
		t.Errorf("got %+v", got)
	}
}

func TestBadRequests(t *testing.T) {
	tests := []struct {
		name, method, path, body string
		want                     int
	}{
		{"no JSON", "POST", "/chat", "hello", 400},
		{"no object", "POST", "/chat", `"hello"`, 400},
		{"empty body", "POST", "/chat", "", 400},
		{"field missing", "POST", "/chat", `{"topic":"x"}`, 400},
		{"field empty", "POST", "/content", `{"topic":""}`, 400},
		{"field no text", "POST", "/pipeline", `{"document":7}`, 400},
		{"too large", "POST", "/api", `{"message":"` + strings.Repeat("x", 1<<20) + `"}`, 413},
		{"wrong method", "GET", "/chat", "", 405},
		{"unknown path", "POST", "/chats", `{"message":"x"}`, 404},
		{"health", "GET", "/healthz", "", 200},
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		for _, tt := range tests {
			w := httptest.NewRecorder()
			r.bot.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body)))
			if w.Code != tt.want {
				t.Errorf("%s: status %d, want %d: %s", tt.name, w.Code, tt.want, w.Body)
			}
			if w.Code == 400 && !strings.HasPrefix(w.Body.String(), `{"error":"`) {
				t.Errorf("%s: the error is %q, want JSON", tt.name, w.Body)
			}
		}
		if r.openai.count() != 0 {
			t.Error("a provider was called for a bad request")
		}
	})
}

// What goes over the wire is what the vendors' own SDKs send.
func TestRequestsToProviders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(fails(400, ""))
		r.chat()
		r.post("/pipeline", `{"document":"a \"letter\""}`)
		want := []string{
			`{"max_completion_tokens":1024,"messages":[{"role":"system","content":"You answer the customers of an online shop. Be brief and friendly."},{"role":"user","content":"hello"}],"model":"gpt-4o","stream":true}`,
			`{"max_completion_tokens":1024,"messages":[{"role":"system","content":"You sum up customer letters in one paragraph."},{"role":"user","content":"a \"letter\""}],"model":"gpt-4.1","stream":false}`,
		}
		if diff := cmp.Diff(want, r.openai.bodies); diff != "" {
			t.Errorf("requests to OpenAI (-want +got):\n%s", diff)
		}
		if got := r.openai.header[0].Get("Authorization"); got != "Bearer sk-openai" {
			t.Errorf("OpenAI's key came as %q", got)
		}
		want = []string{
			`{"max_tokens":1024,"messages":[{"role":"user","content":"hello"}],"model":"claude-sonnet-4-5","stream":true,"system":"You answer the customers of an online shop. Be brief and friendly."}`,
			`{"max_tokens":1024,"messages":[{"role":"user","content":"a \"letter\""}],"model":"claude-sonnet-4-5","stream":false,"system":"You sum up customer letters in one paragraph."}`,
		}
		if diff := cmp.Diff(want, r.anthropic.bodies); diff != "" {
			t.Errorf("requests to Anthropic (-want +got):\n%s", diff)
		}
		h := r.anthropic.header[0]
		if h.Get("X-Api-Key") != "sk-anthropic" || h.Get("Anthropic-Version") != "2023-06-01" {
			t.Errorf("Anthropic's headers are %v", h)
		}
	})
}

// The head of a stream goes out with the first words, each piece at once.
func TestChatIsStreamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(func(w http.ResponseWriter, _ *http.Request) {
			for _, e := range r.openai.events() {
				send(w, e)
				time.Sleep(time.Second)
			}
		})
		w := &timedWriter{ResponseRecorder: httptest.NewRecorder(), began: time.Now()}
		r.bot.ServeHTTP(w, httptest.NewRequest("POST", "/chat", strings.NewReader(`{"message":"x"}`)))
		// A role first, so the words come after one and two seconds.
		want := []time.Duration{1 * time.Second, 2 * time.Second}
		if diff := cmp.Diff(want, w.flushed[:2]); diff != "" {
			t.Errorf("pieces went out at (-want +got):\n%s", diff)
		}
		if got := w.Header().Get("Content-Type"); got != "text/event-stream; charset=utf-8" {
			t.Errorf("content type %q", got)
		}
	})
}

type timedWriter struct {
	*httptest.ResponseRecorder
	began   time.Time
	flushed []time.Duration
}

func (w *timedWriter) Flush() {
	w.flushed = append(w.flushed, time.Since(w.began))
	w.ResponseRecorder.Flush()
}

func TestCloseGivesUpWhatIsUnderWay(t *testing.T) {
	for _, style := range bot.Styles() {
		t.Run(style, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, style)
				r.openai.do(hangs)
				got := make(chan answer)
				go func() { got <- r.api() }()
				time.Sleep(time.Second)
				r.bot.Close()
				if a := <-got; a.took != time.Second || a.status < 500 {
					t.Errorf("the request under way ended after %v with %d, want an error when the bot closed", a.took, a.status)
				}
				if a := r.api(); a.status != http.StatusServiceUnavailable {
					t.Errorf("a request after Close got %d, want 503", a.status)
				}
			})
		})
	}
}
