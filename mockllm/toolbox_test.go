package mockllm_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// toolCall is a call of a tool without an API key; idempotency "" is none.
func toolCall(ctx context.Context, path, body, idempotency string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, "POST", path, strings.NewReader(body))
	if idempotency != "" {
		r.Header.Set("Idempotency-Key", idempotency)
	}
	return r
}

func TestATool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "tools", pace.Model{}, nil)
		nonce := answer.Nonce(1, 1)
		r, req := s.Parse(toolCall(t.Context(), "/send_mail", `{"to":"ann","text":{"deep":["ref `+nonce+`"]}}`, "k1"))
		got := []string{req.Endpoint, req.Tool, req.Model, req.Nonce, req.Idempotency}
		if diff := cmp.Diff([]string{"tool", "send_mail", "send_mail", nonce, "k1"}, got); diff != "" {
			t.Errorf("the request (-want +got):\n%s", diff)
		}
		if s.Executed(r) {
			t.Error("it had its effect before it was served")
		}
		w, start := httptest.NewRecorder(), time.Now()
		s.ServeHTTP(w, r)
		var doc struct{ ID, Tool, Status string }
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		if w.Code != 200 || doc.ID == "" || doc.Tool != "send_mail" || doc.Status != "done" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if !s.Executed(r) {
			t.Error("it had no effect")
		}
		if took := time.Since(start); took != 50*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}

// calls serves calls one after the other, and tells the answers and what had an effect.
func calls(s *mockllm.Server, all ...*http.Request) (bodies, replayed []string, effects int) {
	for _, r := range all {
		r, _ = s.Parse(r)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		bodies, replayed = append(bodies, w.Body.String()), append(replayed, w.Header().Get("Idempotent-Replayed"))
		if s.Executed(r) {
			effects++
		}
	}
	return bodies, replayed, effects
}

func TestAnIdempotencyKeyHasItsEffectOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "tools", pace.Model{}, nil)
		call := func(path, key string) *http.Request { return toolCall(t.Context(), path, `{}`, key) }
		bodies, replayed, effects := calls(s, call("/book", "a"), call("/book", "a"), call("/book", "b"), call("/cancel", "a"))
		if diff := cmp.Diff([]string{"", "true", "", ""}, replayed); diff != "" {
			t.Errorf("replayed (-want +got):\n%s", diff)
		}
		if bodies[0] != bodies[1] || bodies[0] == bodies[2] || effects != 3 {
			t.Errorf("%d effects, answers %q", effects, bodies)
		}
		bodies, _, effects = calls(s, call("/book", ""), call("/book", ""))
		if bodies[0] == bodies[1] || effects != 2 {
			t.Errorf("without a key: %d effects, answers %q", effects, bodies)
		}
	})
}

func TestAnEffectThatIsNotServedIsHadOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "tools", pace.Model{}, nil)
		r, _ := s.Parse(toolCall(t.Context(), "/book", `{}`, ""))
		s.Execute(r)
		if !s.Executed(r) {
			t.Fatal("no effect")
		}
		other, _ := s.Parse(toolCall(t.Context(), "/book", `{}`, ""))
		if s.Executed(other) {
			t.Error("another call had it, too")
		}
		first, second := httptest.NewRecorder(), httptest.NewRecorder()
		s.ServeHTTP(first, r)
		s.ServeHTTP(second, r)
		if first.Body.String() != second.Body.String() {
			t.Errorf("served after it, the call had another effect: %s and %s", first.Body, second.Body)
		}
	})
}

func TestAClientThatLeavesLeavesTheEffect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "tools", pace.Model{}, nil)
		ctx, leave := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer leave()
		r, _ := s.Parse(toolCall(ctx, "/book", `{}`, ""))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if !s.Executed(r) || w.Body.Len() > 0 {
			t.Errorf("executed %v, answer %q", s.Executed(r), w.Body)
		}
	})
}

func TestWhatNoToolTakesHasNoEffect(t *testing.T) {
	s := server(t, "tools", pace.Model{}, nil)
	for _, c := range []struct {
		method, path, body string
		status             int
		endpoint           string
	}{
		{"GET", "/book", "", 405, "tool"},
		{"POST", "/", "{}", 404, "unknown"},
		{"POST", "/book/order", "{}", 404, "unknown"},
		{"POST", "/book", `{"half":`, 400, "tool"},
	} {
		r, req := s.Parse(httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.body)))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.status || req.Endpoint != c.endpoint || s.Executed(r) {
			t.Errorf("%s %s: %d, endpoint %s, executed %v; want %d, %s", c.method, c.path, w.Code, req.Endpoint, s.Executed(r), c.status, c.endpoint)
		}
		if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s %s: the error is %s", c.method, c.path, got)
		}
	}
}

func TestLimitsHoldForATool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := mockllm.New("tools", mockllm.Spec{Dialect: "tools", Limits: limits.Limits{Requests: 1}}, mockllm.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var codes []int
		effects := 0
		for _, path := range []string{"/book", "/book", "/cancel"} {
			r, _ := s.Parse(toolCall(t.Context(), path, `{}`, ""))
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			codes = append(codes, w.Code)
			if s.Executed(r) {
				effects++
			}
			if w.Code == 429 && !hasRetryAfter(w.Header()) {
				t.Errorf("no Retry-After: %v", w.Header())
			}
		}
		if diff := cmp.Diff([]int{200, 429, 200}, codes); diff != "" || effects != 2 {
			t.Errorf("%d effects; codes (-want +got):\n%s", effects, diff)
		}
	})
}

func TestOnlyToolsHaveEffects(t *testing.T) {
	for _, d := range mockllm.Dialects() {
		if got, want := mockllm.Effects(d.Name), d.Name == "tools"; got != want {
			t.Errorf("%s: effects %v", d.Name, got)
		}
	}
	if env := mockllm.Env("tools", "http://h:1", "k"); len(env) > 0 {
		t.Errorf("no SDK finds tools by variables, got %v", env)
	}
}

// hasRetryAfter knows the header in whatever spelling it is sent.
func hasRetryAfter(h http.Header) bool {
	for name := range h {
		if strings.EqualFold(name, "Retry-After") {
			return true
		}
	}
	return false
}
