package faults

import (
	"net/http"
	"time"
)

// A Fault is one thing that goes wrong on its providers while its window is
// open: the words of a scenario, checked and with defaults filled in.
type Fault struct {
	// Key names the fault's draws. It is made from what the fault is (phase,
	// providers, kind, match, …), never from its place in the file, so that adding
	// or moving a fault leaves the luck of the others alone.
	Key       string
	Kind      string
	Providers []string
	Share     Share
	Match     Match
	At        At
	Params    Params // what the kind's row declares, by name
}

// Transport says whether the fault is the [Proxy]'s to perform; all others are
// the [Injector]'s.
func (f Fault) Transport() bool {
	k, _ := kindOf(f.Kind)
	return k.Family == "transport"
}

// Share is the part of the matching requests that a fault takes, of those that
// no earlier fault took: From at the window's beginning to To at its end,
// linear, both 0–1; with Rise it climbs from 0 to From in that time first.
type Share struct {
	From, To float64
	Rise     time.Duration
}

// At says where in an answer a stream fault lands.
type At struct {
	Place string  // AtHeaders, …; "" is the kind's default
	Token int     // with token: after that many content events, ≥ 1
	Share float64 // with share: after that part of the content events, 0–1
}

// The places of [At]. An answer that ends before its place is reached is hit
// before its finish. An answer that is no event stream has no tokens: there the
// fault lands in the middle of the body, or at its share of the bytes.
const (
	AtHeaders    = "headers"     // before any byte of the answer
	AtFirstToken = "first_token" // before the first content event
	AtToken      = "token"       // right after the n-th content event
	AtShare      = "share"       // right after a share of the content events; needs a writer that is told how many come
	AtFinish     = "finish"      // before the event that says why the answer ended
	AtTerminator = "terminator"  // before the event that ends the stream
)

// Match narrows a fault to some requests. All given parts must hold.
type Match struct {
	Model string // exact
	// Endpoint is chat, messages, embeddings, …; "" is all that have a model at
	// work. The list of models fails only when it is named: while chats fail,
	// providers still list their models.
	Endpoint string
	Stream   *bool
}

// A Window is a fault open on one provider, [From, To) since the start of the
// drill.
type Window struct {
	Fault    *Fault
	Provider string
	From, To time.Duration
}

// Params are a fault's own settings, by the names its kind's row declares. The
// values have the Go type of their [ParamType].
type Params map[string]any

// ParamType is how a scenario writes a parameter, and the Go type it becomes.
type ParamType string

// The types of parameters.
const (
	Duration   ParamType = "duration"    // 5s → time.Duration
	Status     ParamType = "status"      // 503 → int, one of Param.Allowed
	Count      ParamType = "count"       // 3 → int
	Word       ParamType = "word"        // one of Param.Allowed → string
	Text       ParamType = "text"        // any string → string
	Factor     ParamType = "factor"      // 4, {from: 1, to: 4} or {ttft: 6, gap: 3} → Slow
	RetryAfter ParamType = "retry_after" // 5s, {date: 5s}, {ms: 5s} or none → Wait
)

// Slow is by how much an answer is slowed, at the window's two ends. 1 is as
// usual.
type Slow struct {
	TTFTFrom, TTFTTo float64
	GapFrom, GapTo   float64
}

// Wait is what a rate-limited answer tells the client to do.
type Wait struct {
	For  time.Duration
	Form string // seconds, date, ms or none
}

// Param is one parameter of a kind.
type Param struct {
	Name     string
	Type     ParamType
	Allowed  []string // of Word and Status
	Default  any      // what stands in Params when the scenario does not say; nil: no default
	Required bool
	Doc      string // one sentence
}

// Kind is one row of the table of faults. The row feeds the scenario decoder,
// the schema, did-you-mean and the help.
type Kind struct {
	Name   string
	Family string // http, time, stream, transport
	Doc    string // what goes wrong, one sentence
	Params []Param
	Places []string // where it may land (At.Place); empty: `at` is refused. The first is the default
	// WholeOnly faults take all or nothing: a share below 100 % is refused.
	WholeOnly bool
	// StreamOnly faults touch streamed requests alone: the others neither draw
	// nor count as matching.
	StreamOnly bool
	// Resets says that the kind needs the provider's direct listener, and so
	// cannot share a provider with a transport fault.
	Resets bool

	act action // nil for transport kinds
}

// Look is what the injector must know of a request.
type Look struct {
	Endpoint string // chat, messages, models, embeddings, …; unknown
	Model    string
	Stream   bool
	Nonce    string // "" when the request carries none
	// Request is the dialect's own: what it wants to see again when it words a
	// failure of this request.
	Request any
}

// Failure is what goes wrong, for a dialect to word as its provider words it.
type Failure struct {
	Class   string // the kind's name: rate_limit, server_error, overloaded, …
	Status  int    // 0: what the provider sends for this class
	Wait    Wait   // rate_limit
	Variant string
}

// Answer is a whole answer.
type Answer struct {
	Status int
	Header map[string][]string // names as sent, not canonicalised
	Body   []byte
}

// Part says what one event of a stream is.
type Part int

// The parts of a stream. Other is whatever carries no text and ends nothing:
// a role, a ping, a block's beginning.
const (
	Other Part = iota
	Content
	Finish
	Terminator
)

// Dialect is what the injector asks of a wire format.
type Dialect interface {
	// Look tells what is asked. It reads the body to its end, for only then does
	// net/http notice that a client leaves, and keeps it readable for the next
	// handler.
	Look(*http.Request) Look
	// Answer words a failure as a whole answer.
	Answer(Look, Failure) Answer
	// Event words a failure as the provider's own in-stream error, framed,
	// ready to write.
	Event(Look, Failure) []byte
	// Part says what a framed event (with its blank line) is.
	Part(Look, []byte) Part
}

// Hit tells what a fault did to a request. It is reported when the fault is
// applied, before the request ends.
type Hit struct {
	Key  string
	Kind string
	At   string // where it landed: headers, first token, token 12, 50%, finish, terminator
	// RetryAfter is what the answer told the client to wait; nil when nothing.
	RetryAfter     *time.Duration
	RetryAfterDate bool
}
