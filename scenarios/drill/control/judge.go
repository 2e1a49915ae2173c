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

	mu    sync.Mutex
	last  *scorecard.Card
	begun time.Time // when it was begun to judge that
	at    time.Time // when it was judged
	next  time.Time // before it the last card stands
}

// restBetween is how long a card stands at least.
const restBetween = 2 * time.Second

// soFar gives it; a fresh one is of what was written before the call.
func (j *judge) soFar(ctx context.Context, fresh bool) (CardSoFar, error) {
	if j.card == nil {
		return CardSoFar{}, refusal(http.StatusNotFound, "no_card", "there is no log that could be judged")
	}
	asked := time.Now()
	for {
		j.mu.Lock()
		rest := time.Until(j.next)
		if !fresh || rest <= 0 || j.begun.After(asked) {
			defer j.mu.Unlock()
			return j.stands(asked, fresh)
		}
		j.mu.Unlock() // who takes the last card does not wait for who does not
		if !pause(ctx, rest) {
			return CardSoFar{}, ctx.Err()
		}
	}
}

// stands gives the last card or, when it is time for another or there is none that is
// fresh enough, makes one. j.mu is held.
func (j *judge) stands(asked time.Time, fresh bool) (CardSoFar, error) {
	if now := time.Now(); j.last == nil || now.After(j.next) || fresh && !j.begun.After(asked) {
		card, err := j.card()
		if err != nil {
			return CardSoFar{}, refusal(http.StatusInternalServerError, "judge", "%s", err)
		}
		j.last, j.begun, j.at = card, now, time.Now()
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
