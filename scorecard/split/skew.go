package split

import (
	"hash/maphash"
	"math"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// skew measures how far the providers' clock is ahead of the users', θ, on requests
// that both sides saw. Cause comes before effect, so each gives two bounds:
//
//	user    sent ├──────────────────────────┤ ended
//	mock           arrived ├────────┤ ended
//
//	arrived − θ ≥ sent      θ ≤ arrived − sent     (the way there takes no less than 0)
//	ended − θ ≤ ended       θ ≥ ended − ended      (nor does the way back)
//
// The tightest of each kind enclose θ, as the fastest of many round trips do.
type skew struct {
	seed  maphash.Seed
	calls map[uint64]*call // by nonce
}

// call is a request as both sides saw it.
type call struct {
	sent, ended      record.Seconds // by the users' clock
	arrived, written record.Seconds // by the providers'
	asked, tried     int
	whole            bool // the user got one whole answer
}

func newSkew() *skew { return &skew{seed: maphash.MakeSeed(), calls: map[uint64]*call{}} }

func (s *skew) call(nonce string) *call {
	key := maphash.String(s.seed, nonce)
	c := s.calls[key]
	if c == nil {
		c = &call{}
		s.calls[key] = c
	}
	return c
}

func (s *skew) user(u *record.User) {
	if u.Nonce == "" {
		return
	}
	c := s.call(u.Nonce)
	c.asked++
	if u.Sent == nil || u.Ended == nil || len(u.Again) > 0 || u.Deferred != nil {
		c.asked++ // it says nothing about clocks, and nor does another with its nonce
		return
	}
	c.sent, c.ended = *u.Sent, *u.Ended
	c.whole = u.Answer != nil && u.Answer.Complete && u.How == "complete"
}

func (s *skew) attempt(a *record.Attempt) {
	if a.Nonce == "" {
		return
	}
	c := s.call(a.Nonce)
	if c.tried == 0 || a.Arrived < c.arrived {
		c.arrived = a.Arrived
	}
	c.tried++
	c.written = a.Ended
}

// measured is what the requests say about the clocks of so many logs.
func (s *skew) measured(logs int) *record.Split {
	found := &record.Split{Logs: logs}
	low, high := record.Seconds(math.MinInt64), record.Seconds(math.MaxInt64)
	for _, c := range s.calls {
		// One question asked once and answered once: nothing of it can be another's.
		if c.asked != 1 || c.tried != 1 || !c.whole {
			continue
		}
		found.Requests++
		low, high = max(low, c.written-c.ended), min(high, c.arrived-c.sent)
	}
	if found.Requests > 0 {
		// A mock notes the end a moment after the last byte has left, and clocks drift.
		found.AheadLow, found.AheadHigh = min(low, high), max(low, high)
	}
	return found
}
