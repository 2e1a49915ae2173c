package bot

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot/guard"
)

// resilient asks its providers in order and moves on to the next when one does
// not give a whole answer in time. A breaker for each provider spares users and
// provider the calls that would fail anyway. When no provider answers, the user
// gets a prepared text that says so.
type resilient struct {
	log      *slog.Logger
	client   *http.Client
	lanes    []*lane
	patience Patience
	seed     uint64
	shelf    *shelf
	shelfs   *guard.Breaker // of the shelf's own: a provider may fail here and answer elsewhere
}

// A lane is the way to one provider.
type lane struct {
	*provider
	breaker *guard.Breaker
	gate    *guard.Gate
}

// tries is how often one request asks the same provider.
const tries = 2

// longestRest is how long a breaker stays open at most by a provider's own word:
// a Retry-After of an hour, sent in the confusion of an outage, shall not keep
// us away for an hour.
const longestRest = 30 * time.Second

func newResilient(cfg Config, transport http.RoundTripper, providers ...*provider) *resilient {
	r := &resilient{
		log: cfg.Log, client: &http.Client{Transport: transport},
		patience: cfg.Patience, seed: cfg.Seed, shelf: newShelf(cfg.OpenAIURL, cfg.OpenAIKey),
	}
	r.shelfs = guard.NewBreaker(guard.DefaultRules(), cfg.Seed+uint64(len(providers)), logChanges(cfg.Log, "embeddings"))
	for n, p := range providers {
		r.lanes = append(r.lanes, &lane{
			provider: p,
			breaker:  guard.NewBreaker(guard.DefaultRules(), cfg.Seed+uint64(n), logChanges(cfg.Log, p.name)),
			gate:     guard.NewGate(cfg.Places),
		})
	}
	return r
}

// logChanges tells of a breaker what an operator wants to know: when its
// provider was given up and when it was taken back. A probe that fails is a
// line of its own, lest each look like a new outage.
func logChanges(log *slog.Logger, provider string) func(from, to guard.State) {
	return func(from, to guard.State) {
		switch {
		case from == guard.Closed:
			log.Warn("breaker open", "provider", provider)
		case to == guard.Closed:
			log.Info("breaker closed", "provider", provider)
		case to == guard.Open:
			log.Info("probe failed", "provider", provider)
		}
	}
}

// Why a provider was passed over without a call.
var (
	errBreakerOpen = errors.New("breaker open")
	errGateFull    = errors.New("too many requests under way")
)

func (r *resilient) answer(ctx context.Context, q question, out reply) (account, error) {
	began := time.Now()
	end := began.Add(r.patience.Total)
	var acc account
	if q.task.looksUp {
		q.page = r.lookUp(ctx, q)
		acc.lesser = q.page == ""
	}
	for n, lane := range r.lanes {
		c := call{question: q, out: out, acc: &acc, end: end, again: end.Add(-r.patience.Answer)}
		after := len(r.lanes) - 1 - n
		if after > 0 {
			// Each provider leaves those after it the time for a whole answer.
			c.end = end.Add(-time.Duration(after) * r.patience.Answer)
			c.again = began.Add(r.patience.Again)
		}
		err := r.use(ctx, lane, c)
		if err == nil {
			acc.servedBy = lane.name
			return acc, nil
		}
		if errors.Is(err, errUserLeft) {
			return acc, err
		}
		r.logSwitch(ctx, q, n, err)
	}
	if q.canWait {
		return acc, errPutOff
	}
	acc.servedBy = "template"
	return acc, out.degraded(q.task.template)
}

// lookUp gives the help page that fits, "" when it cannot be found soon: an answer
// without it is better than none.
func (r *resilient) lookUp(ctx context.Context, q question) string {
	ticket, ok := r.shelfs.Admit()
	if !ok {
		return ""
	}
	within, cancel := context.WithTimeout(ctx, r.patience.LookUp)
	defer cancel()
	page, err := r.shelf.find(within, r.client, q.text)
	switch {
	case err == nil:
		ticket.Worked()
	case ctx.Err() != nil:
		ticket.Void()
	default:
		ticket.Failed(0)
		r.log.Info("no help page", "request", q.number, "reason", err)
	}
	return page
}

// logSwitch tells that a request leaves the n-th provider, and why.
func (r *resilient) logSwitch(ctx context.Context, q question, n int, why error) {
	next := "template"
	if n+1 < len(r.lanes) {
		next = r.lanes[n+1].name
	}
	level := slog.LevelInfo
	if errors.Is(why, errBreakerOpen) {
		level = slog.LevelDebug // in an outage that is every request, and one line told of it
	}
	r.log.Log(ctx, level, "switch", "request", q.number, "from", r.lanes[n].name, "to", next, "reason", why)
}

// A call is one request's use of one provider.
type call struct {
	question
	out   reply
	acc   *account
	again time.Time // no further try sets out after this
	end   time.Time // the answer must be whole by then
}

// use gets an answer from one provider, trying again where that may help. The
// error says why there is none.
func (r *resilient) use(ctx context.Context, l *lane, c call) error {
	ctx, cancel := context.WithDeadlineCause(ctx, c.end, errTooLong)
	defer cancel()
	// The draws of a request follow from the seed and its number alone, however
	// many others run beside it.
	random := rand.New(rand.NewPCG(r.seed, c.number))
	for try := 1; ; try++ {
		err := r.try(ctx, l, c)
		f, failed := errors.AsType[*failure](err)
		if !failed || !f.again || try == tries {
			return err
		}
		wait := max(f.wait, backoff(try, random))
		if time.Now().Add(wait).After(c.again) {
			return err
		}
		if pause(ctx, wait) != nil {
			return errUserLeft
		}
	}
}

// backoff is the wait before the next try: it doubles, and half of it is drawn,
// so that the users of one burst do not come back as one burst.
func backoff(try int, random *rand.Rand) time.Duration {
	const first = 200 * time.Millisecond
	full := first << (try - 1)
	return full/2 + time.Duration(random.Int64N(int64(full/2)))
}

// try makes one call, if breaker and gate allow it, and tells them how it went.
func (r *resilient) try(ctx context.Context, l *lane, c call) error {
	ticket, ok := l.breaker.Admit()
	if !ok {
		return errBreakerOpen
	}
	if !l.gate.Enter(c.task.deferrable) {
		ticket.Void()
		return errGateFull
	}
	defer l.gate.Leave()
	a := &attempt{call: c, client: r.client, provider: l.provider, patience: r.patience}
	if ticket.Probe {
		a.patience = a.patience.halved()
	}
	c.acc.attempts++
	err := a.run(ctx)
	f, failed := errors.AsType[*failure](err)
	switch {
	case err == nil:
		l.gate.Widen()
		ticket.Worked()
	case !failed || f.ours:
		ticket.Void()
	default:
		// What a probe hears is the old outage: the breaker deals with that.
		if f.full && !ticket.Probe {
			l.gate.Narrow()
		}
		ticket.Failed(min(f.wait, longestRest))
	}
	return err
}
