package mockllm_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

var messageID = regexp.MustCompile(`msg_01[A-Za-z0-9]{22}`)

// TestThreads: a conversation goes on from a message without being said again, with its
// tools, and from none that did not go out whole.
func TestThreads(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	start := talk("anthropic", "user: hello "+nonce) + offer("anthropic") + `,"thread":{"type":"create"}`
	goOn := func(id string) string {
		return `{"model":"m","max_tokens":400,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"clear"}]}],"thread":{"type":"continue","previous_message_id":"` + id + `"}`
	}
	send := func(h http.Handler, body string) *capture {
		return do(h, request(t.Context(), "POST", "/v1/messages?beta=true", body))
	}
	for _, form := range []string{"}", `,"stream":true}`} {
		s := server(t, "anthropic", pace.Instant(), nil)
		first := send(s, start+form).body()
		if got := hear(t, "anthropic", first); len(got.Calls) != 1 {
			t.Fatalf("got %+v; want a call", got)
		}
		id := messageID.FindString(first)
		second := send(s, goOn(id)+form)
		if got := hear(t, "anthropic", second.body()); !wholeAnswer(got.Text, nonce) {
			t.Errorf("gone on with: %d %+v", second.status, got)
		}
		third := send(s, strings.Replace(goOn(messageID.FindString(second.body())), `[{"type":"tool_result","tool_use_id":"toolu_1","content":"clear"}]`, `"and now?"`, 1)+form)
		if got := hear(t, "anthropic", third.body()); len(got.Calls) != 1 {
			t.Errorf("asked again: %d %+v", third.status, got)
		}
		lost := send(s, goOn("msg_none")+form)
		if lost.status != 404 || !strings.Contains(lost.body(), `"error":{"details":{"error_code":"thread_not_found"},"type":"not_found_error"`) {
			t.Errorf("gone on from nothing: %d %s", lost.status, lost.body())
		}
		half := &broken{newCapture(), 3}
		s.ServeHTTP(half, request(t.Context(), "POST", "/v1/messages", start+`,"stream":true}`))
		if got := send(s, goOn(messageID.FindString(half.body()))+"}"); got.status != 404 {
			t.Errorf("gone on from half a message: %d", got.status)
		}
	}
}

// TestThreadsAreNotMixed: going on twice from the same message makes two conversations.
func TestThreadsAreNotMixed(t *testing.T) {
	s := server(t, "anthropic", pace.Instant(), nil)
	ask := func(text, thread string) string {
		body := `{"model":"m","max_tokens":400,"messages":[{"role":"user","content":"` + text + `"}],"thread":` + thread + `}`
		r := request(t.Context(), "POST", "/v1/messages", body)
		_, req := s.Parse(r)
		return req.Prompt + "\x00" + messageID.FindString(do(s, r).body())
	}
	_, id, _ := strings.Cut(ask("one", `{"type":"create"}`), "\x00")
	from := `{"type":"continue","previous_message_id":"` + id + `"}`
	left, _, _ := strings.Cut(ask("left", from), "\x00")
	right, _, _ := strings.Cut(ask("right", from), "\x00")
	if strings.Contains(right, "left") || !strings.HasPrefix(right, "one\n") || !strings.HasSuffix(left, "\nleft") {
		t.Errorf("got %q and %q", left, right)
	}
}
