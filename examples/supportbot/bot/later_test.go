package bot_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wait posts content whose user can wait.
func (r *rig) wait() answer {
	w := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodPost, "/content", strings.NewReader(`{"topic":"hello"}`))
	req.Header.Set("Prefer", "respond-async")
	r.bot.ServeHTTP(w, req)
	return answer{status: w.Code, body: w.Body.String()}
}

func (r *rig) get(path string) answer {
	w := httptest.NewRecorder()
	r.bot.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return answer{status: w.Code, body: w.Body.String()}
}

// What no model answers is put off for those who can wait, answered when one does,
// all of it and not all at once, and handed out once.
func TestPutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(fails(503, ""))
		r.anthropic.do(fails(503, ""))
		const many = 40
		for n := 1; n <= many; n++ {
			if got, want := r.wait(), fmt.Sprintf("{\"id\":%d}\n", n); got.status != 202 || got.body != want {
				t.Fatalf("the %d. got %d %s, want 202 %s", n, got.status, got.body, want)
			}
		}
		if got := r.content(); !strings.Contains(got.body, `"degraded":true`) {
			t.Errorf("who cannot wait got %d %s", got.status, got.body)
		}
		if got := r.get("/content/1"); got.status != 202 {
			t.Errorf("asked for too early: %d %s", got.status, got.body)
		}
		r.openai.do(r.openai.healthy)
		r.anthropic.do(r.anthropic.healthy)
		time.Sleep(time.Minute)
		for n := 1; n <= many; n++ {
			if got := r.get(fmt.Sprintf("/content/%d", n)); got.status != 200 || !strings.HasPrefix(got.body, `{"draft":"`) {
				t.Errorf("the %d. got %d %s", n, got.status, got.body)
			}
		}
		for _, unknown := range []string{"/content/1", "/content/41", "/content/0", "/content/x"} {
			if got := r.get(unknown); got.status != 404 {
				t.Errorf("%s: %d %s, want 404", unknown, got.status, got.body)
			}
		}
		for i, gaps := 0, r.openai.gaps(); i+4 <= len(gaps); i++ {
			if cmp.Equal(gaps[i:i+4], make([]time.Duration, 4)) {
				t.Errorf("five calls at the same moment: %v", gaps)
				break
			}
		}
	})
}

// A bot that is closed while something waits ends, and accepts no more.
func TestCloseWhileSomethingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(fails(503, ""))
		r.anthropic.do(fails(503, ""))
		r.wait()
		time.Sleep(3 * time.Second)
		r.bot.Close()
		if got := r.wait(); got.status != 503 {
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
}
