package app

import (
	"context"
	"slices"
	"strings"
	"time"
)

// template is the prepared text.
const template = "The assistant cannot answer right now. Somebody will write to you."

// answer asks the providers in turn until one of them answers.
func (a *App) answer(ctx context.Context, q *question, out *reply) {
	switch known := a.kept(q); {
	case a.rules.caches && known != "":
		a.did("caches")
		out.delta(known)
		out.done()
		return
	case a.advice != nil:
		a.finish(ctx, a.follow(ctx, a.advice(q.Message), q, out), q, out)
		return
	case a.rules.hedge > 0:
		a.finish(ctx, a.race(ctx, q, out, a.lanes, a.rules.hedge), q, out)
		return
	}
	last := &failure{cause: away}
	for i, l := range a.lanes {
		if i > 0 && !a.fallsBack(last) {
			break
		}
		if i > 0 && a.confuses(q, out) {
			return
		}
		if i == 0 && a.gaveUp(l) || i > 0 && !a.paced() {
			continue
		}
		last = a.use(ctx, l, q, out)
		if i > 0 && last != nil && last.cause == limited {
			a.did("crowds_fallback")
		}
		if i == 0 {
			a.note(last)
		}
		if last == nil || last.cause == left {
			break
		}
	}
	a.finish(ctx, last, q, out)
}

// note keeps since when the primary fails.
func (a *App) note(f *failure) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case f == nil:
		a.failing = time.Time{}
	case a.failing.IsZero():
		a.failing = time.Now()
		a.log.Info("the primary fails", "cause", f.cause)
	}
}

// gaveUp says whether the app has left its primary for good.
func (a *App) gaveUp(primary *lane) bool {
	if !a.rules.neverBack {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.moved && primary.isOpen() != nil {
		a.moved = true
		a.did("never_fails_back")
	}
	return a.moved
}

// fallsBack says whether the next provider is asked after a failure.
func (a *App) fallsBack(f *failure) bool {
	if slices.Contains(a.rules.stays, f.cause) || f.begun && a.rules.staysMidway {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	since := time.Since(a.failing)
	if a.rules.after > 0 && since >= a.rules.after && since < a.rules.after+time.Second {
		a.did("failover_after", "since_first_failure", since)
	}
	return a.failing.IsZero() || since >= a.rules.after
}

// confuses gives the user the answer to another's question, now and then.
func (a *App) confuses(q *question, out *reply) bool {
	if a.rules.foreign == 0 || q.draws.Float64() >= a.rules.foreign {
		return false
	}
	last := a.lastOf()
	if last.told == "" {
		return false
	}
	a.did("foreign")
	out.delta(last.told)
	out.done()
	return true
}

// use asks one provider, and again where that may help.
func (a *App) use(ctx context.Context, l *lane, q *question, out *reply) *failure {
	var before *failure
	for try := 0; ; try++ {
		a.restart(out)
		f := a.tries(ctx, l, q, out, try)
		switch {
		case before == nil:
		case f != nil && f.cause == away:
			return before // it says more
		default:
			a.did("retry_"+string(before.cause), "try", try)
		}
		if f == nil || try == a.rules.retries || !slices.Contains(a.rules.again, f.cause) {
			return f
		}
		before = f
		wait := a.rules.pause.before(try, f, q.draws)
		if a.rules.onClock {
			wait = time.Until(time.Now().Truncate(time.Second).Add(time.Second))
		}
		if rest(ctx, wait) != nil {
			return &failure{cause: left, begun: f.begun}
		}
	}
}

// restart takes back what the user has got of an answer that broke off.
func (a *App) restart(out *reply) {
	switch {
	case out.text.Len() == 0:
	case a.rules.splices:
		a.did("splices")
	default:
		out.reset()
	}
}

// tries makes the try-th round of attempts at one provider.
func (a *App) tries(ctx context.Context, l *lane, q *question, out *reply, try int) *failure {
	if a.rules.doubles && try > 0 {
		return a.race(ctx, q, out, slices.Repeat([]*lane{l}, 1<<try), 0)
	}
	return a.try(ctx, l, q, out)
}

// try makes one attempt, if the breaker allows it.
func (a *App) try(ctx context.Context, l *lane, q *question, out sink) *failure {
	ok, probe := l.admit()
	if back := l.isOpen(); !ok && a.rules.waits > 0 && back != nil {
		select {
		case <-back:
		case <-time.After(a.rules.waits):
		case <-ctx.Done():
			return &failure{cause: left}
		}
		ok, probe = l.admit()
	}
	if !ok {
		return &failure{cause: away}
	}
	f := a.attempt(ctx, l, q, out)
	l.ended(f, probe)
	return f
}

// held is an answer that nobody sees yet.
type held struct{ strings.Builder }

func (h *held) delta(text string) { h.WriteString(text) }

// race makes an attempt at each of the lanes: the first at once, each other one
// when so much time has passed or one has failed. The first whole answer is the
// user's, and the others are given up.
func (a *App) race(ctx context.Context, q *question, out *reply, lanes []*lane, apart time.Duration) *failure {
	type result struct {
		answer *held
		*failure
	}
	if a.rules.hedgesOn {
		ctx = context.WithoutCancel(ctx)
	} else {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
	}
	results := make(chan result, len(lanes))
	running, next := 0, 0
	start := func() {
		l, answer := lanes[next], new(held)
		running, next = running+1, next+1
		go func() { results <- result{answer, a.try(ctx, l, q, answer)} }()
	}
	start()
	for {
		var more <-chan time.Time
		if next < len(lanes) {
			more = time.After(apart)
		}
		select {
		case <-more:
			start()
		case r := <-results:
			running--
			switch {
			case r.failure == nil:
				if a.rules.hedgesOn && running > 0 {
					a.did("hedges_without_end")
				}
				out.delta(r.answer.String())
				return nil
			case next < len(lanes):
				start()
			case running == 0:
				return r.failure
			}
		}
	}
}

// finish ends the reply, with or without an answer.
func (a *App) finish(ctx context.Context, f *failure, q *question, out *reply) {
	if f == nil {
		out.done()
		a.keep(q, out.text.String())
		return
	}
	if f.cause == left {
		return
	}
	a.rules.end(a, ctx, f, q, out)
}

// rest waits. The error says that the user left.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
