package ledger

import (
	"math"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Never is the moment that did not come.
const Never = record.Seconds(math.MinInt64)

// momentOf is the moment a log line gives, or never.
func momentOf(s *record.Seconds) record.Seconds {
	if s == nil {
		return Never
	}
	return *s
}

// None is the index of nothing: no provider, no phase, no attempt.
const None = int32(-1)

// A Run is a stretch of one of the ledger's lists: what some row has several of.
type Run struct{ at, N int32 }

// A Visit is one planned user request: a [record.User] line without what nobody counts,
// and what came of it. There may be a million, so it is kept small, and free of
// pointers, which the garbage collector would follow again and again.
type Visit struct {
	Due, Sent, First, Ended record.Seconds
	MaxGap                  record.Seconds
	hitAt                   record.Seconds // when it first met a fault
	N, Line                 int32
	nonce                   Run   // of the ledger's words
	Note                    int32 // of the ledger's notes: what the client library said, or else how the reply begins
	extra                   int32 // of the ledger's extras
	Journey                 int32 // none: the log lacks its line, so it may be anybody's
	From                    int32 // the provider whose answer was read
	Phase                   int32 // that it belongs to
	Status                  int32
	Tries                   Run   // of the ledger's tries: its attempts, by arrival
	Answered                int32 // the attempt whose answer it got
	Pieces                  uint8 // of mocks' answers that the reply is made of
	How                     How

	told, Raw, Leak, marked      bool // of the reply; marked: the degraded rule matched
	Answer, begins, Whole, holes bool // of the mock's text in it
	Real                         bool // whole by what a real endpoint's attempt says alone
	lent                         bool // that text was made for one of the others
	unmet, expected              bool // unmet: not what the journey expects, if it does
	Delivered                    bool // after it was put off
	Repeat                       bool // asks what an earlier one asked
	Dropped                      bool // never sent, or stopped by us

	Warm    bool // in the warm-up: counts nowhere
	Outcome Outcome
	Class   ErrorClass
	Slow    bool
	telling bool // of wrong content: no parser takes it, or the scenario says what is right
}

// Extra is what few visits have.
type Extra struct {
	Progress, PutOff record.Seconds // the first sign of life; when the app put the answer off
	Session          uint64
	Before           int32 // the turn of its session before it
	Again            Run   // of the ledger's moments: when the user left and sent it again
	others           Run   // of the ledger's hashes: nonces in the reply that are not its own
}

// How is the way in which a request ended.
type How uint8

const (
	howUnknown How = iota
	HowComplete
	howTimeout
	howStopped
	howBroken // cut, refused, reset, invalid
)

func howOf(word string) How {
	switch word {
	case "complete":
		return HowComplete
	case "timeout":
		return howTimeout
	case "stopped":
		return howStopped
	case "":
		return howUnknown
	}
	return howBroken
}

// An Attempt is an [record.Attempt] line without what nobody counts, as small as a visit
// and as free of pointers.
type Attempt struct {
	Arrived, Ended         record.Seconds
	Left                   record.Seconds // when the client went away
	Wait                   record.Seconds // Retry-After
	Print                  uint64         // hash of the prompt, 0: none
	Line                   int32
	TokensIn, TokensOut    int32
	Context                int32 // of the ledger's contexts
	Provider, Kind, Status int32 // kind: of the fault, none without one
	Key, Model             int32 // the API key that it carried and the model it asked for, none without one
	Visit                  int32 // the request it was made for
	Prev                   int32 // the attempt of the same call at the same provider before it
	Outage                 int32 // in which it was hit, or caught
	Endpoint               Endpoint
	rung                   rung
	ByDate                 bool // wait was told as a date
	Whole                  bool // an answer went out to its end, and no fault touched it
	Warm                   bool // of the warm-up
	Begun                  bool // words of its answer were written
}

// Hit says whether a fault was applied.
func (a *Attempt) Hit() bool { return a.Kind != None }

// Refused says whether the provider answered with an error, and the client was
// there to see it.
func (a *Attempt) Refused() bool {
	return a.Status >= 400 && a.Left == Never
}

// Endpoint is what an attempt asks for. All dialects' ways to have text made are
// one, so that a call that moves from one provider to another stays one call.
type Endpoint uint8

const (
	EndpointUnknown Endpoint = iota
	endpointList             // carries no prompt: models, files …
	EndpointText
	endpointEmbeddings
	endpointOther
	endpointCount  // nothing is made, but the prompt's tokens counted
	endpointEffect // something is done, and nothing said
)

func endpointOf(word string) Endpoint {
	switch word {
	case "", "unknown":
		return EndpointUnknown
	case "models", "files", "batches", "stored_responses":
		return endpointList
	case "embeddings":
		return endpointEmbeddings
	case "images", "moderations":
		return endpointOther
	case "count_tokens":
		return endpointCount
	case "tool":
		return endpointEffect
	}
	return EndpointText
}

// Prompted says whether the attempt carries a user's words, so that it belongs
// to a call and can be joined.
func (e Endpoint) Prompted() bool { return e != EndpointUnknown && e != endpointList }

// rung is by what an attempt was joined to its request.
type rung uint8

const (
	byNothing rung = iota
	byNonce
	byTrace
	byPrint
	byTime
)
