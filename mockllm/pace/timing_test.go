package pace_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// TestDraws: what 100,000 requests draw has the mean and the 99th percentile that
// the profile says, within 2 %.
func TestDraws(t *testing.T) {
	m := pace.Mid()
	const n = 100_000
	var ttft, gap, tokens []float64
	for i := range n {
		d := m.Timing("", 0, draw.Answer{Seed: 7, Stream: "primary", Key: strconv.Itoa(i)})
		ttft = append(ttft, float64(d.TTFT))
		tokens = append(tokens, float64(d.Tokens))
		gap = append(gap, float64(d.Gap()))
	}
	for _, c := range []struct {
		name     string
		draws    []float64
		p50, p99 float64
	}{
		{"ttft", ttft, float64(m.TTFT.P50), float64(m.TTFT.P99)},
		{"gap", gap, float64(m.Gap.P50), float64(m.Gap.P99)},
		{"tokens", tokens, m.Tokens.P50, m.Tokens.P99},
	} {
		sigma := math.Log(c.p99/c.p50) / 2.3263
		sum := 0.0
		for _, d := range c.draws {
			sum += d
		}
		slices.Sort(c.draws)
		for what, pair := range map[string][2]float64{
			"mean":   {sum / n, c.p50 * math.Exp(sigma*sigma/2)},
			"median": {c.draws[n/2], c.p50},
			"p99":    {c.draws[n*99/100], c.p99},
		} {
			if got, want := pair[0], pair[1]; math.Abs(got/want-1) > 0.02 {
				t.Errorf("%s of %s is %g; want %g within 2 %%", what, c.name, got, want)
			}
		}
	}
}

func TestDrawsAreTheRequestsOwn(t *testing.T) {
	drawn := func(seed uint64, stream, key string) string {
		d := pace.Mid().Timing("", 0, draw.Answer{Seed: seed, Stream: stream, Key: key})
		return fmt.Sprint(d.TTFT, d.Tokens, d.Gap(), d.Gap())
	}
	same := drawn(7, "primary", "a")
	if drawn(7, "primary", "a") != same {
		t.Error("the same request draws differently")
	}
	for _, other := range []string{drawn(8, "primary", "a"), drawn(7, "secondary", "a"), drawn(7, "primary", "b"), drawn(7, "primarya", "")} {
		if other == same {
			t.Errorf("another request draws the same: %s", same)
		}
	}
	// A longer model has the same luck.
	long := pace.Mid()
	long.TTFT = pace.Spread{P50: 2 * long.TTFT.P50, P99: 2 * long.TTFT.P99}
	if a, b := pace.Mid().Timing("", 0, draw.Answer{Seed: 1, Stream: "p", Key: "k"}), long.Timing("", 0, draw.Answer{Seed: 1, Stream: "p", Key: "k"}); (b.TTFT-2*a.TTFT).Abs() > 1 || a.Tokens != b.Tokens {
		t.Errorf("twice the median: %v, not twice %v", b.TTFT, a.TTFT)
	}
}

func TestConstantSpreads(t *testing.T) {
	d := pace.Model{TTFT: pace.Spread{P50: time.Second}, Gap: pace.Spread{P50: 5, P99: 5}, Tokens: pace.Length{P50: 9}}.Timing("", 0, draw.Answer{Seed: 1, Stream: "p", Key: "k"})
	if d.TTFT != time.Second || d.Gap() != 5 || d.Tokens != 9 {
		t.Errorf("got %v, %v, %d", d.TTFT, d.Gap(), d.Tokens)
	}
}
