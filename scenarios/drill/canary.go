package drill

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// canaryWait is how long a mock may take to see a canary's nonce.
const canaryWait = 10 * time.Second

// A CanaryError says that the app did not call the mocks: its figures would be
// those of the real provider, or of nothing.
type CanaryError struct {
	Journeys []string // whose canary no mock saw
	Replies  []string // what the app answered, one line per such journey
	Tail     string   // the last lines it printed, if it is ours to know
	Env      []string // the variables to set
	Agents   []string // user agents that did reach a mock
	Distrust []string // what clients had against certificates, one line per provider and reason
	Strays   []string // real providers that the app was kept from, with what leads it to the mocks
}

func (e *CanaryError) Error() string {
	s := fmt.Sprintf("no mock saw the canary of %s within %v", strings.Join(quoted(e.Journeys), ", "), canaryWait)
	switch {
	case len(e.Strays) > 0:
		return s + ": the app called " + strings.Join(e.Strays, ", ")
	case len(e.Agents) > 0:
		return s + ": the mocks were called by " + strings.Join(quoted(e.Agents), ", ")
	case len(e.Distrust) > 0:
		return s + ": a client refused the certificate of " + strings.Join(e.Distrust, ", of ")
	}
	return s + ": nothing called the mocks"
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = fmt.Sprintf("%q", w)
	}
	return out
}

// canary sends one request per journey before the clock starts, and wants a
// mock to see the nonce of each.
func (d *drill) canary(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, canaryWait)
	defer cancel()
	replies := make([]string, len(d.plan.Journeys))
	var wg sync.WaitGroup
	for i := range d.plan.Journeys {
		d.ledger.expectCanary(d.canaryNonce(i))
		wg.Go(func() { replies[i] = d.oneCanary(ctx, i) })
	}
	wg.Wait()
	// An app that answers before it calls the model is waited for.
	d.ledger.canariesSeen(ctx)
	failed := &CanaryError{Env: Env(d.endpoints()), Agents: d.ledger.agentsSeen(), Distrust: d.ledger.distrusted(), Strays: d.ledger.straysSoFar()}
	for i, j := range d.plan.Journeys {
		if !d.ledger.canarySeen(d.canaryNonce(i)) {
			failed.Journeys = append(failed.Journeys, j.Name)
			failed.Replies = append(failed.Replies, j.Name+": "+replies[i])
		}
	}
	if len(failed.Journeys) == 0 {
		return nil
	}
	slices.Sort(failed.Journeys)
	if d.app.tail != nil {
		failed.Tail = d.ledger.clean(d.app.tail())
	}
	return failed
}

// oneCanary returns what the app made of it, in a few words.
func (d *drill) oneCanary(ctx context.Context, journey int) string {
	r := d.sender.Once(ctx, canaryOf(journey))
	switch {
	case r.Err != nil:
		return d.ledger.clean(r.Err.Error())
	case r.Status >= 300:
		return fmt.Sprintf("status %d: %s", r.Status, shorten(d.ledger.clean(r.Body), 120))
	default:
		return fmt.Sprintf("status %d", r.Status)
	}
}

// canaryOf is the request of a journey that is none of the schedule.
func canaryOf(journey int) traffic.Due {
	return traffic.Due{Journey: journey, N: -1, Nth: scenarios.MaxNth}
}

func (d *drill) canaryNonce(journey int) string {
	return d.words(traffic.Due{Journey: journey, Nth: scenarios.MaxNth}).Nonce
}
