package control

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// A judge gives the card of what has been written so far, one call at a time and not
// more often than is good for the drill: what judging takes of the machine is a tenth
// of the time at most.
type judge struct {
	card func() (*scorecard.Card, error)

	mu   sync.Mutex
	last *scorecard.Card
	at   time.Time
	next time.Time // before it the last card stands
}

// restBetween is how long a card stands at least.
const restBetween = 2 * time.Second

// soFar gives it; a fresh one is of what was written before the call.
func (j *judge) soFar(ctx context.Context, fresh bool) (CardSoFar, error) {
	if j.card == nil {
		return CardSoFar{}, refusal(http.StatusNotFound, "no_card", "there is no log that could be judged")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if fresh && !pause(ctx, time.Until(j.next)) {
		return CardSoFar{}, ctx.Err()
	}
	if now := time.Now(); j.last == nil || fresh || now.After(j.next) {
		card, err := j.card()
		if err != nil {
			return CardSoFar{}, refusal(http.StatusInternalServerError, "judge", "%s", err)
		}
		j.last, j.at = card, time.Now()
		j.next = j.at.Add(max(restBetween, 9*j.at.Sub(now)))
	}
	return CardSoFar{AgeS: seconds(time.Since(j.at)), Card: j.last}, nil
}

// pause waits, and says whether ctx did not end before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
