// Package pace is how fast and how long models answer: the time to the first token, the
// gaps between tokens, the number of tokens. All are drawn from log-normals, which a
// scenario gives by their percentiles, or the table of [Profiles] by a model's name.
//
//	m := pace.Model{Tokens: pace.Length{P50: 60, P99: 200}}
//	t := m.Timing("gpt-4o", 1200, draw.Answer{Seed: 7, Stream: "primary", Key: nonce})
//	wait(t.TTFT)
//	for range t.Tokens { wait(t.Gap()) }
//
// It waits for nothing itself: a [Timing] is spans, and whoever answers keeps to them.
package pace

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Model is how fast and how long a model answers. What is zero is as in its profile.
type Model struct {
	Profile string // a row of Profiles; "": the one that the model's name speaks of
	// TTFT is from the request to the first token. Where it is given it is all there
	// is; a profile's own grows with the prompt, and has a tail.
	TTFT   Spread
	Gap    Spread // from one token to the next; an event that carries several takes as many times as long
	Tokens Length // tokens of an answer
}

// Spread is a log-normal span, given by its median and its 99th percentile. With
// the two equal, or P99 zero, it is always the same.
type Spread struct{ P50, P99 time.Duration }

// Length is a log-normal count, given by its median and its 99th percentile.
type Length struct{ P50, P99 float64 }

// AtOnce is the median of what takes no time, for one of 0 is a median that is not
// said.
const AtOnce time.Duration = 1

// Instant is a model that answers without waiting, for tests of something else.
func Instant() Model {
	return Model{TTFT: Spread{P50: AtOnce}, Gap: Spread{P50: AtOnce}, Tokens: Mid().Tokens}
}

// Validate says what of the model cannot be meant. It changes nothing.
func (m Model) Validate() error {
	if _, ok := profile(m.Profile); !ok && m.Profile != "" {
		var names []string
		for _, p := range Profiles() {
			names = append(names, p.Name)
		}
		return fmt.Errorf("unknown profile %q; there are %s", m.Profile, strings.Join(names, ", "))
	}
	for _, s := range []struct {
		name     string
		p50, p99 float64
		most     float64
	}{
		{"ttft", float64(m.TTFT.P50), float64(m.TTFT.P99), float64(maxSpan)},
		{"gap", float64(m.Gap.P50), float64(m.Gap.P99), float64(maxSpan)},
		{"tokens", m.Tokens.P50, m.Tokens.P99, MaxTokens},
	} {
		switch {
		case !(s.p50 >= 0 && s.p99 >= 0): // also not a number
			return fmt.Errorf("%s: neither percentile can be negative", s.name)
		case s.name != "tokens" && s.p50 == float64(AtOnce) && s.p99 > s.p50:
			return fmt.Errorf("%s: p50 is 0, so that all are at once; leave p99 out", s.name)
		case s.p99 != 0 && s.p99 < s.p50:
			return fmt.Errorf("%s: p99 is below p50; it must be at least that", s.name)
		case max(s.p50, s.p99) > s.most:
			return fmt.Errorf("%s: too long; at most an hour, or %d tokens", s.name, MaxTokens)
		}
	}
	return nil
}

// class is the profile that says what a model's words leave open: the one it names,
// else the one that its name speaks of.
func (m Model) class(name string) Profile {
	if p, ok := profile(m.Profile); ok {
		return p
	}
	return classOf(name)
}

// filled puts the figures of its class where m has none.
func (m Model) filled(name string) Model {
	if m.TTFT != (Spread{}) && m.Gap != (Spread{}) && m.Tokens != (Length{}) {
		return m
	}
	class := m.class(name).Model()
	if m.TTFT == (Spread{}) {
		m.TTFT = class.TTFT
	}
	if m.Gap == (Spread{}) {
		m.Gap = class.Gap
	}
	if m.Tokens == (Length{}) {
		m.Tokens = class.Tokens
	}
	return m
}

// Mean is the time that the model, called this, takes for an answer of so many tokens on
// average, or of its own length where they are 0: to a short prompt, and with nobody else
// about.
func (m Model) Mean(name string, tokens float64) time.Duration {
	full := m.filled(name)
	ttft := mean(float64(full.TTFT.P50), float64(full.TTFT.P99))
	if m.TTFT == (Spread{}) {
		ttft *= 1 + tailShare*((tailFrom+tailTo)/2-1)
	}
	if tokens == 0 {
		tokens = mean(full.Tokens.P50, full.Tokens.P99)
	}
	return time.Duration(ttft + tokens*mean(float64(full.Gap.P50), float64(full.Gap.P99)))
}

// mean is that of the log-normal with these percentiles.
func mean(p50, p99 float64) float64 {
	s := sigma(p50, p99)
	return p50 * math.Exp(s*s/2)
}
