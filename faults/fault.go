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

	// Cycle lets the fault come and go inside its window, beginning bad; zero: it
	// stays.
	Cycle Cycle
	// First is how many attempts of each nonce can be hit, 1 the first alone; of
	// requests without a nonce, how many that match. 0 is no bound.
	First int
	// Sticky makes all requests of one key, session or user share one luck, for as
	// long as the fault lasts; requests that have none draw each for itself. "" is
	// a draw for each attempt.
	Sticky string
	// Draw is DrawShared when the providers fail together, as behind one edge: the
	// same nonce and attempt meet the same fate at each. "" or DrawEach is a draw
	// at each.
	Draw string
}

// What [Fault.Sticky] and [Fault.Draw] can be besides "".
const (
	StickyKey     = "key"
	StickySession = "session"
	StickyUser    = "user"

	DrawShared = "shared"
	DrawEach   = "each"
)

// Cycle is a fault's own rhythm: bad for so long, then well for so long.
type Cycle struct{ Bad, OK time.Duration }

// Transport says whether the fault is the [Proxy]'s to perform; all others but
// those of TLS are the [Injector]'s.
func (f Fault) Transport() bool {
	k, _ := kindOf(f.Kind)
	return k.proxied()
}

// TLS says whether the fault is the [TLSListener]'s to perform.
func (f Fault) TLS() bool {
	k, _ := kindOf(f.Kind)
	return k.Family == "tls"
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
	AtHeaders    = "headers"     // before any byte of the answer; an error event right after the head
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

	MinPromptTokens int // as the provider counts them, about
	HasTools        *bool
	HasAttachment   *bool
	APIKey          string // exact, as sent
	Region          string // the provider's
	ServiceTier     string // as asked for
	User            string // as the request names its end user
	Session         string // of the nonce
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

// setting is a parameter of the type, the zero value without one.
func setting[T any](p Params, name string) T {
	v, _ := p[name].(T)
	return v
}

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
	Portion    ParamType = "share"       // 40% → float64
	RetryAfter ParamType = "retry_after" // 5s, {date: 5s}, {ms: 5s}, {float: 5s}, {escalate: [1s, 2s]} or none → Wait
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
	Form string // seconds, date, ms, float, escalate or none
	// Steps are, with escalate, what each attempt of a nonce is told, in seconds; the
	// last holds from there on.
	Steps []time.Duration
}

// told is what the n-th attempt is told.
func (w Wait) told(attempt int) Wait {
	if w.Form != "escalate" || len(w.Steps) == 0 {
		return w
	}
	return Wait{For: w.Steps[min(max(attempt, 1), len(w.Steps))-1], Form: "seconds"}
}

// Param is one parameter of a kind.
type Param struct {
	Name     string
	Type     ParamType
	Allowed  []string // of Word and Status
	Default  any      // what stands in Params when the scenario does not say; nil: no default
	Required bool
	Least    int // of Count
	// Refused says why a parameter that one may expect is not taken; "" is the rule.
	Refused string
	Doc     string // one sentence
}

// Kind is one row of the table of faults. The row feeds the scenario decoder,
// the schema, did-you-mean and the help.
type Kind struct {
	Name   string
	Family string // http, time, stream, content, load, transport, tls
	Doc    string // what goes wrong, one sentence
	// What `explain` tells: what goes on the wire, where it was seen, what a good
	// client does, what the official SDKs do.
	Wire, Incidents, Client, SDKs string
	// Example is one fault of a scenario, as a line of its YAML.
	Example string

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
	// Slows says that the kind makes answers late and leaves them whole. See
	// [Window.Slows].
	Slows bool
	// Endless says that the fault lasts until the client gives up.
	Endless bool
	// Breaks says that the kind ends an answer that has begun, or silences it.
	Breaks bool
	// Spoken says that the kind is about what a model says and bills, though its
	// family does not tell. See [Kind.Speech].
	Spoken bool
	// Worked says that the provider has done what it was asked when the fault lands,
	// also where its handler is never come to: the answer alone is late or lost, and
	// what is asked again is done again. The kinds that let the handler answer need
	// not say so; all others strike before the work.
	Worked bool
	// NeedsMock says that the mock behind carries the fault out, so that it cannot
	// be in front of a real endpoint.
	NeedsMock bool

	act action // nil for kinds that are not performed request by request
	// Sockets says that the kind needs real sockets: no network in memory plays it.
	Sockets bool

	effect func(Params) Effect // nil for kinds that are not performed on connections
}

// proxied says whether the kind is the [Proxy]'s.
func (k Kind) proxied() bool { return k.effect != nil }

// connects says whether the kind works on connections, not on requests.
func (k Kind) connects() bool { return k.proxied() || k.Family == "tls" }

// whole says whether the kind befalls a provider rather than requests.
func (k Kind) whole() bool { return k.connects() || k.Family == "load" }

// Speech says whether the kind is about what a model says: nothing else can have it.
func (k Kind) Speech() bool { return k.Family == "content" || k.StreamOnly || k.Spoken }

// Look is what the injector must know of a request.
type Look struct {
	Endpoint string // chat, messages, models, embeddings, …; unknown
	Model    string
	Stream   bool
	Nonce    string // "" when the request carries none

	PromptTokens int // about
	Tools        bool
	Attachment   bool
	Key          string // API key as sent
	Region       string // the provider's
	ServiceTier  string // as asked for
	User         string // as the request names its end user
	Session      string // of the nonce; "": the nonce is its own

	// Request is the dialect's own: what it wants to see again when it words a
	// failure of this request.
	Request any
}

// Failure is what goes wrong, for a dialect to word as its provider words it.
type Failure struct {
	Class   string // the kind's name: rate_limit, server_error, overloaded, …
	Status  int    // 0: what the provider sends for this class
	Wait    Wait   // rate_limit
	Variant string // one of several wordings; "" is the dialect's usual one
	// Spare says that the limits are not used up, and the headers shall say so: a
	// rate_limit that is the limiter's own fault.
	Spare bool
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
	// Alter gives an event (with its blank line), or the whole body of an answer
	// that is no stream, as it is with a failure of the class: no_finish, without
	// what says why the answer ended; bad_usage, with a bill that is missing,
	// negative or huge, as the variant says. Nothing: the part is left out.
	Alter(Look, []byte, Failure) []byte
}

// Hit tells what a fault did to a request. It is reported when the fault is
// applied, before the request ends.
type Hit struct {
	Key  string
	Kind string
	At   string // where it landed: headers, first token, token 12, 50%, finish, terminator, end, usage
	// RetryAfter is what the answer told the client to wait; nil when nothing.
	RetryAfter     *time.Duration
	RetryAfterDate bool
}
