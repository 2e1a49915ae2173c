package mockllm

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"time"
)

// z99 is how many standard deviations the 99th percentile of a normal
// distribution lies above its median.
const z99 = 2.3263

// The bounds of one draw. They keep sums of draws far from overflowing.
const (
	maxSpan   = time.Hour
	maxTokens = 100_000
)

// Timing is the pace and the length of one answer.
type Timing struct {
	TTFT   time.Duration // request to first token
	Tokens int           // at least 1

	gap lognormal
	rng *rand.Rand
}

// Timing draws an answer's. The draws follow from the seed, the stream (the
// provider's name) and the key (the request's nonce, or a number) alone: the same
// request takes as long in every run, and what another one takes changes nothing.
func (m Model) Timing(seed uint64, stream, key string) *Timing {
	m = m.filled("")
	rng := random(seed, "timing", stream, key)
	t := &Timing{rng: rng, gap: m.Gap.lognormal()}
	t.TTFT = m.TTFT.lognormal().span(rng)
	tokens := lognormal{m.Tokens.P50, sigma(m.Tokens.P50, m.Tokens.P99)}.draw(rng)
	t.Tokens = int(min(max(math.Round(tokens), 1), maxTokens))
	return t
}

// timing draws the pace of an answer to a prompt of so many tokens.
func (s Spec) timing(model string, tokensIn int, d draw) *Timing {
	m := s.model(model)
	t := m.filled(model).Timing(d.seed, d.stream, d.key)
	if m.TTFT == (Spread{}) {
		t.TTFT = m.class(model).first(t.TTFT, tokensIn, random(d.seed, "tail", d.stream, d.key))
	}
	return t
}

// draw is what the draws of an answer follow from.
type draw struct {
	seed        uint64
	stream, key string
}

// Gap draws the time from the last token to the next. What is always the same needs no
// draw: nothing else is drawn after it.
func (t *Timing) Gap() time.Duration {
	if t.gap.sigma == 0 {
		return time.Duration(min(t.gap.median, float64(maxSpan)))
	}
	return t.gap.span(t.rng)
}

// lognormal is a distribution by its median and the deviation of its logarithm.
type lognormal struct{ median, sigma float64 }

func (s Spread) lognormal() lognormal {
	return lognormal{float64(s.P50), sigma(float64(s.P50), float64(s.P99))}
}

func sigma(p50, p99 float64) float64 {
	if p50 <= 0 || p99 <= p50 {
		return 0
	}
	return math.Log(p99/p50) / z99
}

func (l lognormal) draw(rng *rand.Rand) float64 {
	return l.median * math.Exp(l.sigma*rng.NormFloat64())
}

func (l lognormal) span(rng *rand.Rand) time.Duration {
	return time.Duration(min(l.draw(rng), float64(maxSpan)))
}

// random is the source of the draws that a seed and a name have.
func random(seed uint64, name ...string) *rand.Rand {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, 64), seed)
	for _, n := range name {
		b = append(append(b, n...), 0)
	}
	sum := sha256.Sum256(b)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:])))
}

// slowKey is where a request's context keeps its slowness.
type slowKey struct{}

type slow struct{ ttft, gap float64 }

// WithSlow makes the answer to a request with this context slow: its first token
// takes ttft times as long, and its gaps gap times. Twice said is multiplied.
func WithSlow(ctx context.Context, ttft, gap float64) context.Context {
	s := slowOf(ctx)
	return context.WithValue(ctx, slowKey{}, slow{s.ttft * ttft, s.gap * gap})
}

func slowOf(ctx context.Context) slow {
	if s, ok := ctx.Value(slowKey{}).(slow); ok {
		return s
	}
	return slow{1, 1}
}

// times stretches a span, within bounds.
func times(d time.Duration, factor float64) time.Duration {
	return time.Duration(min(max(float64(d)*factor, 0), float64(maxSpan)))
}

// Pacing tells how long a provider of this spec takes over a text in answer to a
// nonce: to the first token, and to the end, as drawn for a short prompt and in
// health. It is what [Server] does with the same name and options.
func (s Spec) Pacing(name string, opts Options) func(model, nonce string) (ttft, whole time.Duration) {
	spoken, _ := dialect(s.Dialect)
	return func(model, nonce string) (ttft, whole time.Duration) {
		by := draw{opts.Seed, name, nonce}
		t := s.timing(model, 0, by)
		whole = t.TTFT
		for _, tokens := range spoken.bursts(opts.tokens(nonce, t.Tokens), by) {
			whole += times(t.Gap(), float64(tokens))
		}
		return t.TTFT, whole
	}
}
