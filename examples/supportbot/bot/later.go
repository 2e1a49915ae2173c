package bot

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// errPutOff says that no model answers and that the user can wait for one.
var errPutOff = errors.New("put off until a model answers")

// A backlog is what was put off. It is worked off in order and a few at a time: a
// provider that is back shall not meet all that has been waiting at once.
type backlog struct {
	style style

	mu       sync.Mutex
	accepted int                // so far; the last ticket
	waiting  []promise          // the oldest first, without those that are being asked
	kept     map[int]*jsonReply // by ticket; nil: there is no answer yet
	workers  int
	working  sync.WaitGroup
}

// A promise is a question that was accepted.
type promise struct {
	question
	ticket int
}

// Bounds of a backlog.
const (
	mostKept    = 1000                   // promises, and answers that nobody has fetched yet
	mostWorkers = 4                      // questions asked at a time
	apart       = 250 * time.Millisecond // a worker's rest after an answer
	apartBad    = time.Second            // and after none
)

// accept gives a ticket for a question; false when there is no room for it. The
// answer is found until ctx ends.
func (b *backlog) accept(ctx context.Context, q question) (ticket int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.kept) >= mostKept || ctx.Err() != nil {
		return 0, false
	}
	b.accepted++
	b.kept[b.accepted] = nil
	b.waiting = append(b.waiting, promise{q, b.accepted})
	if b.workers < mostWorkers {
		b.workers++
		b.working.Go(func() { b.workOff(ctx) })
	}
	return b.accepted, true
}

// workOff goes on until nothing waits.
func (b *backlog) workOff(ctx context.Context) {
	rest := apartBad // what was accepted found no model a moment ago
	for pause(ctx, rest) == nil {
		p, ok := b.next()
		if !ok {
			return
		}
		out := &jsonReply{field: p.task.output}
		acc, err := b.style.answer(ctx, p.question, out)
		out.lesser = acc.lesser
		if rest = apart; err != nil {
			rest, out = apartBad, nil
		}
		b.asked(p, out)
	}
}

// next takes the oldest promise; false, and a worker less, when there is none.
func (b *backlog) next() (promise, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		b.workers--
		return promise{}, false
	}
	p := b.waiting[0]
	b.waiting = b.waiting[1:]
	return p, true
}

// asked keeps the answer to a promise, or puts the promise back when it is nil.
func (b *backlog) asked(p promise, answer *jsonReply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept[p.ticket] = answer; answer == nil {
		at, _ := slices.BinarySearchFunc(b.waiting, p.ticket, func(w promise, ticket int) int { return cmp.Compare(w.ticket, ticket) })
		b.waiting = slices.Insert(b.waiting, at, p)
	}
}

// fetch gives the answer to a ticket, nil while it waits. What was fetched is gone.
func (b *backlog) fetch(ticket int) (answer *jsonReply, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	answer, known = b.kept[ticket]
	if answer != nil {
		delete(b.kept, ticket)
	}
	return answer, known
}

// putOff gives the user a ticket, or the prepared text when there is none left.
func (b *Bot) putOff(w http.ResponseWriter, q question, out reply) {
	ticket, ok := b.backlog.accept(b.closing, q)
	if !ok {
		_ = out.degraded(q.task.template)
		out.done(true)
		return
	}
	writeJSON(w, http.StatusAccepted, map[string]any{"id": ticket})
}

// serveLater hands out what was put off, when it is there.
func (b *Bot) serveLater(w http.ResponseWriter, r *http.Request) {
	ticket, err := strconv.Atoi(r.PathValue("id"))
	answer, known := b.backlog.fetch(ticket)
	switch {
	case err != nil || !known:
		writeJSON(w, http.StatusNotFound, map[string]any{"error": "nobody knows of it"})
	case answer == nil:
		writeJSON(w, http.StatusAccepted, map[string]any{"id": ticket})
	default:
		answer.w = w
		answer.done(answer.lesser)
	}
}
