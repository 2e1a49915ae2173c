package pace_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/draw"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// TestClasses: a model is as fast as its name says.
func TestClasses(t *testing.T) {
	for class, models := range map[string][]string{
		"small":      {"gpt-4o-mini", "gpt-4o-mini-2024-07-18", "gpt-5-mini", "gpt-4.1-nano", "claude-haiku-4-5", "gemini-2.5-flash", "mistral-small", "org/My-Model_Mini:v2"},
		"mid":        {"gpt-4o", "gpt-4.1", "gpt-4", "claude-sonnet-4-5", "gemini-2.5-pro", "some-model", "", "minimal", "gpt-4o3"},
		"large":      {"gpt-5", "gpt-5.5", "claude-opus-4-1", "mistral-large"},
		"reasoning":  {"o1", "o3", "o4-mini", "o3-2025-04-16", "gpt-5-high", "claude-opus-4-5-thinking", "deepseek-r1"},
		"embeddings": {"text-embedding-3-small", "text-embedding-ada-002", "gemini-embedding-001"},
	} {
		for _, model := range models {
			if got := pace.ClassOf(model); got != class {
				t.Errorf("%q is %s; want %s", model, got, class)
			}
		}
	}
}

// TestProfileDraws: what 100,000 requests draw has the mean and the 99th percentile
// of the benchmarks, within 2 %, and a tail.
func TestProfileDraws(t *testing.T) {
	const n = 100_000
	for name, want := range map[string]struct {
		ttft, sigma float64 // ms, and of the logarithm
		prompt      float64 // ms, of 4,000 tokens
		gap, cv     float64 // ms
	}{
		"small":     {350, 0.55, 60, 1000. / 140, 0.6},
		"mid":       {600, 0.60, 120, 1000. / 85, 0.6},
		"large":     {1200, 0.60, 200, 1000. / 55, 0.7},
		"reasoning": {6000, 0.90, 200, 1000. / 45, 0.7},
	} {
		if raced && name != "mid" {
			continue
		}
		m := pace.Model{Profile: name}
		var ttft, gaps []float64
		for i := range uint64(n) {
			d := m.Timing("m", 4000, draw.Answer{Seed: 7, Stream: "primary", Key: answer.Nonce(1, i)})
			ttft = append(ttft, d.TTFT.Seconds()*1000-want.prompt)
			gaps = append(gaps, d.Gap().Seconds()*1000)
		}
		// The tail is five to ten times the usual, for five in a thousand.
		mean := want.ttft * math.Exp(want.sigma*want.sigma/2) * (1 + 0.005*(7.5-1))
		near(t, name+": mean of ttft", average(ttft), mean, 0.02)
		near(t, name+": p99 of ttft", percentile(ttft, 99), tailed(want.ttft, want.sigma, 0.99), 0.02)
		if longest := ttft[n-1]; want.sigma < 0.9 && longest > 20*want.ttft+1 {
			t.Errorf("%s: a first token takes %.0f ms, more than 20 times the median", name, longest)
		}
		near(t, name+": mean of gap", average(gaps), want.gap, 0.02)
		sigma := math.Sqrt(math.Log(1 + want.cv*want.cv))
		near(t, name+": p99 of gap", percentile(gaps, 99), want.gap*math.Exp(-sigma*sigma/2+2.3263*sigma), 0.02)
	}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got/want-1) > within {
		t.Errorf("%s is %.4g; want %.4g within %g %%", what, got, want, within*100)
	}
}

func average(draws []float64) (mean float64) {
	for _, d := range draws {
		mean += d / float64(len(draws))
	}
	return mean
}

func percentile(draws []float64, p int) float64 {
	slices.Sort(draws)
	return draws[len(draws)*p/100]
}

// tailed is the percentile of a log-normal of which 0.5 % are five to ten times as
// long, found by halving.
func tailed(median, sigma, p float64) float64 {
	below := func(x float64) float64 {
		phi := func(x float64) float64 { return 0.5 * math.Erfc(-math.Log(x/median)/sigma/math.Sqrt2) }
		tail, steps := 0.0, 1000
		for i := range steps {
			tail += phi(x/(5+5*(float64(i)+0.5)/float64(steps))) / float64(steps)
		}
		return 0.995*phi(x) + 0.005*tail
	}
	low, high := median, 100*median
	for range 60 {
		if mid := (low + high) / 2; below(mid) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// TestWhatIsGivenIsAllThereIs: percentiles that the spec gives have neither tail nor
// prompt added to them.
func TestWhatIsGivenIsAllThereIs(t *testing.T) {
	m := pace.Model{Profile: "large", TTFT: pace.Spread{P50: 300 * time.Millisecond}}
	for i := range uint64(2000) {
		d := m.Timing("m", 100_000, draw.Answer{Seed: 7, Stream: "primary", Key: answer.Nonce(1, i)})
		if d.TTFT != 300*time.Millisecond {
			t.Fatalf("request %d has its first token after %v", i, d.TTFT)
		}
	}
}
