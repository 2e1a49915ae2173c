package app

import (
	"context"
	"time"
)

// Advice is what is best for one question, from somebody who knows what will go
// wrong.
type Advice struct {
	Kept     bool          // give the answer that this question had before
	Provider string        // the one to ask; "": there is none
	Wait     time.Duration // until it is asked
	Doomed   int           // attempts that must fail before one is answered
}

// doomed is how long an attempt is let live that is known to fail: long enough to
// have been made.
const doomed = time.Millisecond

// later is how much later than advised a question is asked that waits: what it waits
// for ends at that very moment, and which of the two is first would be chance.
const later = 10 * time.Microsecond

// follow answers as advised.
func (a *App) follow(ctx context.Context, advice Advice, q *question, out *reply) *failure {
	if advice.Kept {
		out.delta(a.kept(q))
		return nil
	}
	for _, l := range a.lanes {
		if l.Name != advice.Provider {
			continue
		}
		if advice.Wait > 0 && rest(ctx, advice.Wait+later) != nil {
			return &failure{cause: left}
		}
		for range advice.Doomed {
			brief, cancel := context.WithTimeout(ctx, doomed)
			a.exchange(brief, l, q, func(string) {})
			cancel()
		}
		return a.exchange(ctx, l, q, out.delta)
	}
	return &failure{cause: away}
}
