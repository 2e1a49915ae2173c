package mockllm

import (
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// timing draws the pace of an answer to a prompt of so many tokens.
func (s Spec) timing(model string, tokensIn int, by draw.Answer) *pace.Timing {
	return s.model(model).Timing(model, tokensIn, by)
}

// Pacing tells how long a provider of this spec takes over a text in answer to a
// nonce: to the first token, and to the end, as drawn for a short prompt and in
// health. It is what [Server] does with the same name and options.
func (s Spec) Pacing(name string, opts Options) func(model, nonce string) (ttft, whole time.Duration) {
	spoken, _ := dialect(s.Dialect)
	return func(model, nonce string) (ttft, whole time.Duration) {
		by := draw.Answer{Seed: opts.Seed, Stream: name, Key: nonce}
		t := s.timing(model, 0, by)
		whole = t.TTFT
		for _, tokens := range spoken.bursts(opts.tokens(nonce, t.Tokens), by) {
			whole += pace.Times(t.Gap(), float64(tokens))
		}
		return t.TTFT, whole
	}
}

// Mean is the time that a model takes for an answer of so many tokens on average, or of
// its own length where they are 0: to a short prompt, and with nobody else about.
func (s Spec) Mean(model string, tokens float64) time.Duration {
	return s.model(model).Mean(model, tokens)
}
