package pace

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
)

// z99 is how many standard deviations the 99th percentile of a normal
// distribution lies above its median.
const z99 = 2.3263

// MaxTokens bounds the length of an answer.
const MaxTokens = 100_000

// maxSpan bounds one draw. It keeps sums of draws far from overflowing.
const maxSpan = time.Hour

// Timing is the pace and the length of one answer. It is for one goroutine.
type Timing struct {
	TTFT   time.Duration // request to first token
	Tokens int           // at least 1

	gap lognormal
	rng *rand.Rand
}

// Timing draws that of an answer, to a prompt of so many tokens, of the model that is
// called this. The draws follow from what they are by alone: the same request takes as
// long in every run, and what another one takes changes nothing.
func (m Model) Timing(name string, tokensIn int, by draw.Answer) *Timing {
	full := m.filled(name)
	rng := by.Rand("timing")
	t := &Timing{rng: rng, gap: full.Gap.lognormal()}
	t.TTFT = full.TTFT.lognormal().span(rng)
	tokens := lognormal{full.Tokens.P50, sigma(full.Tokens.P50, full.Tokens.P99)}.draw(rng)
	t.Tokens = int(min(max(math.Round(tokens), 1), MaxTokens))
	if m.TTFT == (Spread{}) {
		t.TTFT = m.class(name).first(t.TTFT, tokensIn, by.Rand("tail"))
	}
	return t
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

// Times stretches a span, to no less than nothing and no more than an hour.
func Times(d time.Duration, factor float64) time.Duration {
	return time.Duration(min(max(float64(d)*factor, 0), float64(maxSpan)))
}
