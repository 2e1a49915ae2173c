package mockllm_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// Answers to a nonce are as long as is said of it, whoever gives them and however
// often; a request's own maximum, and that nothing is said, come first.
func TestTokensOfANonce(t *testing.T) {
	said, silent := answer.Nonce(7, 1), answer.Nonce(7, 2)
	tokens := func(nonce string) int {
		if nonce == said {
			return 77
		}
		return 0
	}
	out := func(dialect, name, nonce, more string) (n int) {
		s, err := mockllm.New(name, mockllm.Spec{Dialect: dialect, Others: pace.Model{
			TTFT: pace.Spread{P50: 1}, Gap: pace.Spread{P50: 1}, Tokens: pace.Length{P50: 30},
		}}, mockllm.Options{Seed: 7, Tokens: tokens, Served: func(_ *http.Request, got mockllm.Served) { n = got.TokensOut }})
		if err != nil {
			t.Fatal(err)
		}
		s.ServeHTTP(httptest.NewRecorder(), request(t.Context(), http.MethodPost, path(dialect), chat(nonce, more)))
		return n
	}
	for _, dialect := range []string{"openai", "anthropic"} {
		for _, name := range []string{"primary", "secondary"} {
			for what, test := range map[string]struct {
				nonce, more string
				want        int
			}{
				"as said":       {said, "", 77},
				"as a stream":   {said, `,"stream":true`, 77},
				"at most":       {said, `,"max_tokens":50`, 50},
				"nothing said":  {silent, "", 30},
				"without nonce": {"", "", 30},
			} {
				if got := out(dialect, name, test.nonce, test.more); got != test.want {
					t.Errorf("%s of %s, %s: %d tokens, want %d", name, dialect, what, got, test.want)
				}
			}
		}
	}
	for _, n := range []int{3, 4, 20, 12345} {
		prompt := fmt.Sprintf("%*s", mockllm.PromptBytes(n), "")
		if got := (mockllm.Request{Prompt: prompt}).Tokens(); got != n {
			t.Errorf("a prompt of %d tokens counts as %d", n, got)
		}
	}
}
