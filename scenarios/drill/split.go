package drill

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A split drill is played in two places that do not talk: [Serve] plays the faults
// where the app finds the mocks, [Run] with Options.NoMocks sends the traffic from
// elsewhere. What keeps them together is one plan and one moment to begin at.

// answered sends the canaries of a drill whose mocks are elsewhere. Nobody here
// sees whether they call them; what can be seen is whether the app answers. That
// it called the mocks shows when the logs are joined.
func (d *drill) answered(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, canaryWait)
	defer cancel()
	failed := make([]string, len(d.plan.Journeys))
	var wg sync.WaitGroup
	for i, j := range d.plan.Journeys {
		wg.Go(func() {
			r := d.sender.Once(ctx, canaryOf(i))
			switch {
			case r.Err != nil:
				failed[i] = fmt.Sprintf("%q: %s", j.Name, d.ledger.clean(r.Err.Error()))
			case r.Status >= http.StatusBadRequest:
				failed[i] = fmt.Sprintf("%q: status %d: %s", j.Name, r.Status, shorten(d.ledger.clean(r.Body), 120))
			}
		})
	}
	wg.Wait()
	var all []string
	for _, f := range failed {
		if f != "" {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &NotReadyError{
		What: "did not answer the canary of " + strings.Join(all, ", of "),
		Hint: "are the mocks up near it? there: brownout serve SCENARIO --play --at TIME --log FILE",
	}
}

// half is the providers' half of a split drill.
func (d *drill) half(ctx context.Context, windows []faults.Window) error {
	d.ledger.foresee()
	start, err := d.beginning(ctx)
	if err != nil && ctx.Err() == nil {
		return err
	} else if err != nil {
		return nil //nolint:nilerr // it was stopped, as whatever serves is
	}
	d.present(d.setup(start), windows)
	reason := "done"
	if !sleepUntil(ctx, start.Add(lasts(d.plan))) && time.Since(start) < d.plan.Length {
		reason = "interrupted"
		d.ledger.mark("interrupted", context.Cause(ctx).Error())
	}
	d.heal()
	d.drain(ctx)
	err = d.stop()
	d.ledger.end(record.End{Reason: reason})
	return err
}

// tags are the words by which the mocks' answers tell whose they are.
func tags(plan *scenarios.Plan) map[string]string {
	names := map[string]string{}
	for _, p := range plan.Providers {
		names[answer.Tag(p.Name)] = p.Name
	}
	return names
}

// foresee notes whose questions will come, for faults that stick to a session:
// where the traffic is sent from elsewhere, the plan alone says so.
func (l *ledger) foresee() {
	for _, due := range traffic.Schedule(l.plan.Journeys, l.plan.Seed, l.plan.Length) {
		nonce := l.plan.Nonce(due)
		if l.sessionOf(nonce) == "" {
			l.asks(nonce, l.plan.Journeys[due.Journey].Session(due.Session))
		}
	}
}

// lasts is how long after its start a timeline that is served may still be asked
// for: until the last user has given up.
func lasts(plan *scenarios.Plan) time.Duration {
	longest := time.Duration(0)
	for _, j := range plan.Journeys {
		longest = max(longest, j.Timeout)
	}
	return plan.Length + longest
}
