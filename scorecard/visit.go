package scorecard

import (
	"math"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// never is the moment that did not come.
const never = record.Seconds(math.MinInt64)

// momentOf is the moment a log line gives, or never.
func momentOf(s *record.Seconds) record.Seconds {
	if s == nil {
		return never
	}
	return *s
}

// none is the index of nothing: no provider, no phase, no attempt.
const none = int32(-1)

// A run is a stretch of one of the ledger's lists: what some row has several of.
type run struct{ at, n int32 }

// A visit is one planned user request: a [record.User] line without what nobody counts,
// and what came of it. There may be a million, so it is kept small, and free of
// pointers, which the garbage collector would follow again and again.
type visit struct {
	due, sent, first, ended record.Seconds
	maxGap                  record.Seconds
	hitAt                   record.Seconds // when it first met a fault
	n, line                 int32
	nonce                   run   // of the ledger's words
	note                    int32 // of the ledger's notes: what the client library said, or else how the reply begins
	extra                   int32 // of the ledger's extras
	journey                 int32 // none: the log lacks its line, so it may be anybody's
	from                    int32 // the provider whose answer was read
	phase                   int32 // that it belongs to
	status                  int32
	tries                   run   // of the ledger's tries: its attempts, by arrival
	answered                int32 // the attempt whose answer it got
	pieces                  uint8
	how                     how

	told, raw, leak, marked      bool // of the reply; marked: the degraded rule matched
	answer, begins, whole, holes bool // of the mock's text in it
	real                         bool // whole by what a real endpoint's attempt says alone
	lent                         bool // that text was made for one of the others
	unmet, expected              bool // unmet: not what the journey expects, if it does
	delivered                    bool // after it was put off
	repeat                       bool // asks what an earlier one asked
	dropped                      bool // never sent, or stopped by us

	warm    bool // in the warm-up: counts nowhere
	outcome outcome
	class   errorClass
	slow    bool
	telling bool // of wrong content: no parser takes it, or the scenario says what is right
}

// extra is what few visits have.
type extra struct {
	progress, putOff record.Seconds // the first sign of life; when the app put the answer off
	session          uint64
	before           int32 // the turn of its session before it
	again            run   // of the ledger's moments: when the user left and sent it again
	others           run   // of the ledger's hashes: nonces in the reply that are not its own
}

// how is the way in which a request ended.
type how uint8

const (
	howUnknown how = iota
	howComplete
	howTimeout
	howStopped
	howBroken // cut, refused, reset, invalid
)

func howOf(word string) how {
	switch word {
	case "complete":
		return howComplete
	case "timeout":
		return howTimeout
	case "stopped":
		return howStopped
	case "":
		return howUnknown
	}
	return howBroken
}

// An attempt is an [record.Attempt] line without what nobody counts, as small as a visit
// and as free of pointers.
type attempt struct {
	arrived, ended         record.Seconds
	left                   record.Seconds // when the client went away
	wait                   record.Seconds // Retry-After
	print                  uint64         // hash of the prompt, 0: none
	line                   int32
	tokensIn, tokensOut    int32
	context                int32 // of the ledger's contexts
	provider, kind, status int32 // kind: of the fault, none without one
	key, model             int32 // the API key that it carried and the model it asked for, none without one
	visit                  int32 // the request it was made for
	prev                   int32 // the attempt of the same call at the same provider before it
	outage                 int32 // in which it was hit, or caught
	endpoint               endpoint
	rung                   rung
	byDate                 bool // wait was told as a date
	whole                  bool // an answer went out to its end, and no fault touched it
	warm                   bool // of the warm-up
	begun                  bool // words of its answer were written
}

// hit says whether a fault was applied.
func (a *attempt) hit() bool { return a.kind != none }

// refused says whether the provider answered with an error, and the client was
// there to see it.
func (a *attempt) refused() bool {
	return a.status >= 400 && a.left == never
}

// endpoint is what an attempt asks for. All dialects' ways to have text made are
// one, so that a call that moves from one provider to another stays one call.
type endpoint uint8

const (
	endpointUnknown endpoint = iota
	endpointList             // carries no prompt: models, files …
	endpointText
	endpointEmbeddings
	endpointOther
	endpointEffect // something is done, and nothing said
)

func endpointOf(word string) endpoint {
	switch word {
	case "", "unknown":
		return endpointUnknown
	case "models", "files", "batches", "stored_responses":
		return endpointList
	case "embeddings":
		return endpointEmbeddings
	case "images", "moderations":
		return endpointOther
	case "tool":
		return endpointEffect
	}
	return endpointText
}

// prompted says whether the attempt carries a user's words, so that it belongs
// to a call and can be joined.
func (e endpoint) prompted() bool { return e != endpointUnknown && e != endpointList }

// rung is by what an attempt was joined to its request.
type rung uint8

const (
	byNothing rung = iota
	byNonce
	byTrace
	byPrint
	byTime
)
