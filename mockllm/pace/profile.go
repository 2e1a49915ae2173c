package pace

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A Profile is how fast and how long a class of models answers. The figures are those
// of public benchmarks in 2026, which disagree by a factor of two to four; the shapes
// are those of recordings. Answers are shorter than real ones (median 129), so that a
// phase of ten seconds sees enough of them end.
type Profile struct {
	Name string
	Doc  string // models of the class

	ttft   time.Duration // median
	sigma  float64       // of its logarithm
	prompt time.Duration // more for each thousand tokens of the prompt
	speed  float64       // tokens a second
	spread float64       // standard deviation of the gaps, of their mean
	words  []string      // a model's name has one of them, or …
	part   string        // … this anywhere
}

// Profiles is the table of classes. A model is of the first that its name fits, else
// of the one without words.
func Profiles() []Profile {
	const ms = time.Millisecond
	return []Profile{
		{
			Name: "embeddings", Doc: "text-embedding-3-small",
			ttft: 80 * ms, sigma: 0.60, prompt: 5 * ms, speed: 140, spread: 0.6,
			words: []string{"embedding", "embeddings", "embed"},
		},
		{
			Name: "reasoning", Doc: "o3, gpt-5 with high effort, models that think",
			ttft: 6000 * ms, sigma: 0.90, prompt: 50 * ms, speed: 45, spread: 0.7,
			words: []string{"o1", "o3", "o4", "thinking", "reasoning", "reasoner", "r1", "high"},
		},
		{
			Name: "small", Doc: "gpt-4o-mini, Haiku, Flash, nano",
			ttft: 350 * ms, sigma: 0.55, prompt: 15 * ms, speed: 140, spread: 0.6,
			words: []string{"mini", "nano", "haiku", "flash", "lite", "small"},
		},
		{
			Name: "large", Doc: "Opus, gpt-5.5",
			ttft: 1200 * ms, sigma: 0.60, prompt: 50 * ms, speed: 55, spread: 0.7,
			words: []string{"opus", "large", "ultra"}, part: "gpt-5",
		},
		{
			Name: "mid", Doc: "gpt-4o, gpt-4.1, Sonnet",
			ttft: 600 * ms, sigma: 0.60, prompt: 30 * ms, speed: 85, spread: 0.6,
		},
	}
}

// profile finds a row by its name.
func profile(name string) (Profile, bool) {
	i := slices.IndexFunc(Profiles(), func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return Profiles()[i], true
}

// classOf is the profile that a model's name speaks of.
func classOf(model string) Profile {
	table := Profiles()
	model = strings.ToLower(model)
	words := strings.FieldsFunc(model, func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
	for _, p := range table {
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(p.words, w) }) ||
			p.part != "" && strings.Contains(model, p.part) {
			return p
		}
	}
	return table[len(table)-1]
}

// Model is the profile in a model's words, without what grows with the prompt.
func (p Profile) Model() Model {
	// Of a log-normal with this mean and deviation.
	sigma := math.Sqrt(math.Log(1 + p.spread*p.spread))
	gap := time.Second.Seconds() / p.speed * math.Exp(-sigma*sigma/2)
	return Model{
		TTFT:   spread(p.ttft.Seconds(), p.sigma),
		Gap:    spread(gap, sigma),
		Tokens: Length{P50: 60, P99: 200},
	}
}

// spread has a median in seconds and the deviation of its logarithm.
func spread(median, sigma float64) Spread {
	of := func(s float64) time.Duration {
		return time.Duration(s * float64(time.Second)).Round(10 * time.Microsecond)
	}
	return Spread{P50: of(median), P99: of(median * math.Exp(sigma*z99))}
}

// Mid is the default profile: a middling hosted model.
func Mid() Model {
	p, _ := profile("mid")
	return p.Model()
}

// The tail: of five requests in a thousand the first token takes five to ten times
// as long. In recordings the slowest of a hundred take 6 to 20 times the median: it is
// never made longer than that, for a provider in health keeps nobody for a minute.
const (
	tailShare = 0.005
	tailFrom  = 5.0
	tailTo    = 10.0
	tailMost  = 20.0 // medians
)

// first is the time to the first token: for a short prompt as drawn, longer for a
// long one, and now and then from the tail.
func (p Profile) first(drawn time.Duration, tokensIn int, rng *rand.Rand) time.Duration {
	if rng.Float64() < tailShare {
		late := Times(drawn, tailFrom+rng.Float64()*(tailTo-tailFrom))
		drawn = max(drawn, min(late, Times(p.ttft, tailMost)))
	}
	return drawn + Times(p.prompt, float64(tokensIn)/1000)
}
