package mockllm

import "github.com/seed-76a9de92/brownout/mockllm/pace"

// PromptBytes is how long a prompt is that counts as so many tokens, in bytes of ASCII:
// what the estimate of a [Request] takes it for, the other way round.
func PromptBytes(tokens int) int { return max(0, 4*(tokens-promptFrame)) }

// tokens is how long an answer is: as long as the nonce's is to be, else as drawn.
func (o Options) tokens(nonce string, drawn int) int {
	if o.Tokens == nil || nonce == "" {
		return drawn
	}
	if n := o.Tokens(nonce); n > 0 {
		return min(n, pace.MaxTokens)
	}
	return drawn
}
