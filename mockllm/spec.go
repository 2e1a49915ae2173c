package mockllm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// Spec is one provider in the words of a scenario.
type Spec struct {
	Dialect string                // a row of Dialects
	Region  string                // where it is, for providers whose answers say so: East US 2
	Models  map[string]pace.Model // by name; others are accepted, unless Strict
	Others  pace.Model            // what the models are like that are not named
	Strict  bool                  // a model that is not listed is not found
	Limits  limits.Limits         // of each key and model
	// Keys are the API keys that are right, each with the limits that are its own;
	// without any, every key is.
	Keys     map[string]limits.Limits
	Capacity limits.Capacity
	Answers  []Fixed // the first that fits a request is the answer
}

// model is what the spec says of a model.
func (s Spec) model(name string) pace.Model {
	if m, ok := s.Models[name]; ok {
		return m
	}
	return s.Others
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
		if err := s.Models[name].Validate(); err != nil {
			return fmt.Errorf("model %q: %w", name, err)
		}
	}
	if err := s.Others.Validate(); err != nil {
		return err
	}
	if err := s.validateLimits(); err != nil {
		return err
	}
	if err := s.Capacity.Validate(); err != nil {
		return fmt.Errorf("capacity: %w", err)
	}
	for i, f := range s.Answers {
		if err := f.validate(); err != nil {
			return fmt.Errorf("answer %d: %w", i+1, err)
		}
	}
	return nil
}

// Request is what a dialect understood of a request.
type Request struct {
	Endpoint    string // chat, messages, models, …; unknown
	Model       string
	Stream      bool
	Usage       bool   // the stream shall carry usage
	MaxTokens   int    // 0: not said
	Prompt      string // every text of the conversation, in order
	Attachments int    // images, sounds and files in it
	Tools       bool   // it offers tools
	User        string // the end user it is for, as it says itself; "": it does not
	ServiceTier string // asked for; "" is the usual
	// Tool is the one called, of a service of tools, and stands as Model, too;
	// Idempotency is the Idempotency-Key of the call.
	Tool, Idempotency string
	// Nonce is the last nonce of the user's last message, else the last anywhere in
	// the prompt; "" when there is none.
	Nonce string
	Key   string // API key as sent; never stored
	// Numbered tells requests apart whose streams have numbered events, so that
	// [Server.Event] knows the next number; 0: it needs none.
	Numbered uint64
	// Form is what else an error must be worded for, in the dialect's own words: the
	// framing asked for, the version of the API. "" is the usual.
	Form string
}

// Failure is what goes wrong, for a dialect to word as its provider words it.
type Failure struct {
	Class  string        // rate_limit, server_error, overloaded, gateway_timeout, unauthorized, not_found; any other is worded as a server_error
	Status int           // 0: the dialect's own for the class
	Wait   time.Duration // what to tell the client; with Form none nothing
	Form   string        // seconds, date, ms or none ("" is none)
	// Variant picks among several wordings a provider has: of rate_limit, requests
	// (the default) or tokens.
	Variant string
	// Spare says that nothing is used up and the headers say so: a rate_limit that is
	// the limiter's own fault.
	Spare bool
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
	// Refused is the class of [Failure] by which the mock itself turned the request
	// away: rate_limit and overloaded for its limits and capacity, unauthorized for
	// a key and not_found for a model that it does not know; else "".
	Refused string
	Wait    time.Duration // of a rate_limit: until the request would fit; 0: it never will
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
