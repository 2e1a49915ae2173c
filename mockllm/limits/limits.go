// Package limits is how much a mock provider takes: of each customer in a minute
// ([Limits], [Limiter]), and of all of them at a time ([Capacity], [Crowd]). Both can be
// had for a while in part only ([Shares]).
//
//	limiter := limits.NewLimiter(usual, func(key string) limits.Limits { return given }, limits.Whole)
//	left, over := limiter.Take(limits.Holder{Key: key, Model: model}, cost, time.Now())
//	if over != nil { … over.Wait }
//
//	crowd := limits.NewCrowd(limits.Capacity{Concurrency: 8, Queue: 16}, limits.Whole)
//	factor, how := crowd.Enter(ctx)
//	if how != limits.Admitted { … }
//	defer crowd.Leave()
//
// It counts, and words nothing: what a client is told of it is a dialect's affair.
package limits

import (
	"fmt"
	"time"
)

// Limits are what one key may ask of one model in a minute. What is 0 is as the
// dialect has it, and is not enforced.
type Limits struct {
	Requests int
	// Tokens are of prompts and of the longest answers asked for. Where the provider
	// limits prompts and answers apart, they are shared out as it does.
	Tokens int
}

// Most bounds limits: sixty times the largest that is known of, and far from what
// overflows.
const Most = 10_000_000_000

// Validate says what of the limits cannot be meant.
func (l Limits) Validate() error {
	if min(l.Requests, l.Tokens) < 0 || max(l.Requests, l.Tokens) > Most {
		return fmt.Errorf("0 to %d a minute", Most)
	}
	return nil
}

// Unit is what a limit counts.
type Unit int

// The units. A provider limits either Tokens or Input and Output.
const (
	Requests Unit = iota
	Tokens        // of the prompt and of the longest answer asked for
	Input         // tokens of prompts
	Output        // tokens of answers, as they are made
	units
)

// Amounts are so much of each unit.
type Amounts [units]int

// Quota is a limit as a provider tells it: a minute's worth, and what is left of it.
type Quota struct{ Limit, Left int }

// Refill is the time until all is left again. It follows from the figures told, as
// in the recordings, so that clients who calculate find nothing amiss.
func (q Quota) Refill() time.Duration {
	if q.Limit == 0 {
		return 0
	}
	return time.Duration(int64(q.Limit-q.Left)*parts/int64(q.Limit)) * time.Microsecond
}

// Allowance is what the limits leave to a key and model, the request that is told
// so counted in.
type Allowance [units]Quota

// Excess is the limit that a request would exceed.
type Excess struct {
	Unit  Unit
	Quota // without the request
	Asked int
	Wait  time.Duration // until the request fits
	Never bool          // it is more than a minute's worth
}

// Shares are the parts of a provider's limits and capacity that are left: 1 is all
// of it. Of all but the queue, one is always left.
type Shares struct{ Requests, Tokens, Concurrency, Queue float64 }

// Whole is what a provider has on a good day.
func Whole(time.Time) Shares { return Shares{1, 1, 1, 1} }
