package mockllm_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// compatBody is a chat as OpenAI's clients send it.
func compatBody(more string) string {
	return `{"model":"gemini-2.5-flash","messages":[{"role":"user","content":"ticket ` + answer.Nonce(7, 1) + `: hello"}]` + more + `}`
}

// TestGeminiCompat compares what OpenAI's clients get of the compatible route; its
// errors are in arrays.
func TestGeminiCompat(t *testing.T) {
	for _, c := range []struct{ golden, method, path, body string }{
		{"gemini_openai_json", "POST", geminiCompat, compatBody("")},
		{"gemini_openai_stream", "POST", geminiCompat, compatBody(`,"stream":true,"stream_options":{"include_usage":true}`)},
		{"gemini_openai_400", "POST", geminiCompat, `{"model":"gemini-2.5-flash","messages":[]}`},
		{"gemini_openai_models", "GET", "/v1beta/openai/models", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			golden(t, c.golden, do(server(t, "gemini", short(), nil), request(t.Context(), c.method, c.path, c.body)).dump())
		})
	}
}

func TestGeminiCompatCanBeProved(t *testing.T) {
	s := server(t, "gemini", pace.Instant(), nil)
	whole := do(s, request(t.Context(), "POST", geminiCompat, compatBody(""))).body()
	if text := wholeText(t, "openai", whole); !wholeAnswer(text, answer.Nonce(7, 1)) {
		t.Errorf("got %q of %s", text, whole)
	}
	c := do(s, request(t.Context(), "POST", geminiCompat, compatBody(`,"stream":true`)))
	if text := streamText(t, c.body()); !wholeAnswer(text, answer.Nonce(7, 1)) || !strings.HasSuffix(c.body(), "data: [DONE]\n\n") {
		t.Errorf("streamed: got %q of %s", text, c.body())
	}
	if part := s.Part(mockllm.Request{}, []byte(c.writes[0].data)); part != mockllm.Content {
		t.Errorf("the first chunk says nothing: %s", c.writes[0].data)
	}
}

// TestGeminiCompatKey: the key is where OpenAI's clients put it, or nowhere.
func TestGeminiCompatKey(t *testing.T) {
	s := server(t, "gemini", pace.Instant(), nil)
	got := do(s, geminiRequest(t.Context(), "POST", geminiCompat+"?key=k", compatBody("")))
	if got.status != 400 || !strings.Contains(got.body(), "Missing or invalid Authorization header.") {
		t.Errorf("with a key elsewhere: got %d %s", got.status, got.body())
	}
}

// TestGeminiCompatOfNoJSON: nobody is sent to OpenAI's help centre by Google.
func TestGeminiCompatOfNoJSON(t *testing.T) {
	got := do(server(t, "gemini", pace.Instant(), nil), request(t.Context(), "POST", geminiCompat, `{"model":`))
	if got.status != 400 || !strings.HasPrefix(got.body(), "[{") || !strings.Contains(got.body(), "Invalid JSON payload received. Unexpected end of string.") {
		t.Errorf("got %d %s", got.status, got.body())
	}
}
