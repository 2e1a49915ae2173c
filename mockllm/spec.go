package mockllm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Spec is one provider in the words of a scenario.
type Spec struct {
	Dialect string           // a row of Dialects
	Models  map[string]Model // by name; others are accepted
	Others  Model            // what the models are like that are not named
}

// Model is how fast and how long a model answers. What is zero is as in [Mid].
type Model struct {
	TTFT   Spread // request to first token
	Gap    Spread // from one token to the next; an event that carries several takes as many
	Tokens Length // tokens of an answer
}

// Spread is a log-normal span, given by its median and its 99th percentile. With
// the two equal, or P99 zero, it is always the same.
type Spread struct{ P50, P99 time.Duration }

// Length is a log-normal count, given by its median and its 99th percentile.
type Length struct{ P50, P99 float64 }

// Mid is the default profile: a middling hosted model of 2026, 85 tokens a second
// (ln σ of the time to the first token 0.60, of the gaps 0.55). Its answers are
// shorter than real ones (median 129), so that a phase of ten seconds sees enough
// of them end.
func Mid() Model {
	return Model{
		TTFT:   Spread{P50: 600 * time.Millisecond, P99: 2400 * time.Millisecond},
		Gap:    Spread{P50: 10 * time.Millisecond, P99: 37 * time.Millisecond},
		Tokens: Length{P50: 60, P99: 200},
	}
}

// Instant is a model that answers without waiting, for tests of something else.
func Instant() Model {
	return Model{TTFT: Spread{P50: 1}, Gap: Spread{P50: 1}, Tokens: Mid().Tokens}
}

// filled puts the default profile's figures where m has none.
func (m Model) filled() Model {
	if m.TTFT == (Spread{}) {
		m.TTFT = Mid().TTFT
	}
	if m.Gap == (Spread{}) {
		m.Gap = Mid().Gap
	}
	if m.Tokens == (Length{}) {
		m.Tokens = Mid().Tokens
	}
	return m
}

// model is the profile of a model.
func (s Spec) model(name string) Model {
	if m, ok := s.Models[name]; ok {
		return m.filled()
	}
	return s.Others.filled()
}

// Validate says what of the spec cannot be meant. It changes nothing.
func (s Spec) Validate() error {
	if _, ok := dialect(s.Dialect); !ok {
		var names []string
		for _, d := range Dialects() {
			names = append(names, d.Name)
		}
		return fmt.Errorf("unknown dialect %q; there are %s", s.Dialect, strings.Join(names, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Models)) {
		if err := s.Models[name].validate(); err != nil {
			return fmt.Errorf("model %q: %w", name, err)
		}
	}
	return s.Others.validate()
}

func (m Model) validate() error {
	for _, s := range []struct {
		name     string
		p50, p99 float64
		most     float64
	}{
		{"ttft", float64(m.TTFT.P50), float64(m.TTFT.P99), float64(maxSpan)},
		{"gap", float64(m.Gap.P50), float64(m.Gap.P99), float64(maxSpan)},
		{"tokens", m.Tokens.P50, m.Tokens.P99, maxTokens},
	} {
		switch {
		case !(s.p50 >= 0 && s.p99 >= 0): // also not a number
			return fmt.Errorf("%s: neither percentile can be negative", s.name)
		case s.p99 != 0 && s.p99 < s.p50:
			return fmt.Errorf("%s: p99 cannot be below p50", s.name)
		case max(s.p50, s.p99) > s.most:
			return fmt.Errorf("%s: too long; at most an hour, or %d tokens", s.name, maxTokens)
		}
	}
	return nil
}

// Request is what a dialect understood of a request.
type Request struct {
	Endpoint  string // chat, messages, models, …; unknown
	Model     string
	Stream    bool
	Usage     bool   // the stream shall carry usage
	MaxTokens int    // 0: not said
	Prompt    string // every text of the conversation, in order
	// Nonce is the last nonce of the last user message, else the last anywhere in
	// the prompt; "" when there is none.
	Nonce string
	Key   string // API key as sent; never stored
}

// Failure is what goes wrong, for a dialect to word as its provider words it.
type Failure struct {
	Class  string        // rate_limit, server_error, overloaded, gateway_timeout, unauthorized; any other is worded as a server_error
	Status int           // 0: the dialect's own for the class
	Wait   time.Duration // what to tell the client; with Form none nothing
	Form   string        // seconds, date, ms or none ("" is none)
	// Variant picks among several wordings a provider has: of rate_limit, requests
	// (the default) or tokens.
	Variant string
}

// Reply is a whole answer.
type Reply struct {
	Status int
	Header map[string][]string // names as sent
	Body   []byte
}

// Served is what the mock did for one request, told when it is done.
type Served struct {
	Request   Request
	Status    int // as written; 0: the client left before the head
	TokensIn  int
	TokensOut int       // content tokens written so far
	First     time.Time // first content token written; zero: none
	Finish    string    // the provider's word for it, once it is written
	Agent     string    // the client's User-Agent
}

// Part says what one event of a stream is.
type Part int

// The parts of a stream. Other is whatever carries no text and ends nothing: a
// role, a ping, a block's beginning, usage.
const (
	Other Part = iota
	Content
	Finish
	Terminator
)
