package limits

import (
	"crypto/sha256"
	"sync"
	"time"
)

// A Limiter has a bucket for each key, model and unit. A bucket holds a minute's worth
// and refills all the time. Safe for concurrent use.
type Limiter struct {
	usual  Amounts
	given  func(key string) Limits
	shares func(time.Time) Shares

	mu      sync.Mutex
	all     map[identity]buckets
	sweepAt int // so many holders, and those are forgotten that are full again
}

// Holder is whose limits they are: a key, and the model that it asks for.
type Holder struct{ Key, Model string }

// identity stands for a holder. Keys may be real: they are not kept.
type identity [16]byte

// buckets are how full a holder's are, in parts: a unit has as many as a minute has
// microseconds. So a limit of n a minute is n parts a microsecond, and nothing is
// ever rounded. What answers take can exceed what is left: then it is below 0.
type buckets struct {
	at    time.Time // zero: all are full
	level [units]int64
}

const parts = int64(time.Minute / time.Microsecond)

// NewLimiter limits keys to what is given to them. Usual are the limits of a provider's
// customer, which are counted and not enforced where the key's own are 0; one that is 0
// there is not. Shares are what is left of both at a moment: what is shrunk is enforced.
func NewLimiter(usual Amounts, given func(key string) Limits, shares func(time.Time) Shares) *Limiter {
	return &Limiter{usual: usual, given: given, shares: shares, all: map[identity]buckets{}, sweepAt: 1024}
}

// rule is a limit at a moment.
type rule struct {
	limit int  // 0: there is none
	held  bool // what exceeds it is refused
}

// rules are the limits of a key.
func (l *Limiter) rules(key string, now time.Time) (rules [units]rule) {
	given := l.usual.of(l.given(key))
	left := l.shares(now)
	for u := range units {
		share := left.Tokens
		if u == Requests {
			share = left.Requests
		}
		r := rule{l.usual[u], given[u] > 0}
		if r.held {
			r.limit = given[u]
		}
		if r.limit > 0 && share < 1 {
			r = rule{max(1, int(float64(r.limit)*share)), true}
		}
		rules[u] = r
	}
	return rules
}

// of lays limits out on the units that a provider has: tokens as the usual limits
// of prompts and answers are to each other.
func (usual Amounts) of(l Limits) Amounts {
	given := Amounts{Requests: l.Requests}
	if usual[Tokens] > 0 {
		given[Tokens] = l.Tokens
		return given
	}
	if all := usual[Input] + usual[Output]; all > 0 {
		given[Input] = l.Tokens * usual[Input] / all
		given[Output] = l.Tokens - given[Input]
	}
	return given
}

// Take counts a request of so much, unless a limit has not enough left for it: then
// nothing is counted, and the limit that it would exceed is the one that takes longest to
// have enough. Without one the request is counted in what is left.
func (l *Limiter) Take(by Holder, want Amounts, now time.Time) (Allowance, *Excess) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rules, id := l.rules(by.Key, now), by.identity()
	a := l.all[id].refilled(rules, now)
	var over *Excess
	for u, r := range rules {
		if e := a.excess(Unit(u), r, want[u]); e != nil && (over == nil || e.longer(*over)) {
			over = e
		}
	}
	if over != nil {
		return a.told(rules), over
	}
	a.spend(rules, want)
	l.keep(id, a, now)
	return a.told(rules), nil
}

// Peek is what would be left after a request of so much, of which nothing is counted.
func (l *Limiter) Peek(by Holder, want Amounts, now time.Time) Allowance {
	l.mu.Lock()
	defer l.mu.Unlock()
	rules := l.rules(by.Key, now)
	a := l.all[by.identity()].refilled(rules, now)
	a.spend(rules, want)
	return a.told(rules)
}

// Answered counts the tokens of an answer, after the first, which is taken with the
// request, for providers that limit answers as they are made.
func (l *Limiter) Answered(by Holder, tokens int, now time.Time) {
	if l.usual[Output] == 0 || tokens < 2 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	rules, id := l.rules(by.Key, now), by.identity()
	a := l.all[id].refilled(rules, now)
	a.spend(rules, Amounts{Output: tokens - 1})
	l.keep(id, a, now)
}

// keep remembers a holder's buckets. What was not touched for two minutes is full, and
// as good as none; forgetting these when there are many bounds what clients that
// invent keys can make us remember.
func (l *Limiter) keep(id identity, a buckets, now time.Time) {
	l.all[id] = a
	if len(l.all) < l.sweepAt {
		return
	}
	for id, a := range l.all {
		if now.Sub(a.at) >= 2*time.Minute {
			delete(l.all, id)
		}
	}
	l.sweepAt = max(1024, 2*len(l.all))
}

func (h Holder) identity() (id identity) {
	sum := sha256.Sum256([]byte(h.Key + "\x00" + h.Model))
	copy(id[:], sum[:])
	return id
}

// refilled are the buckets at a moment. What came back since it was last looked at
// came at the rate that the limit has now.
func (a buckets) refilled(rules [units]rule, now time.Time) buckets {
	now = now.Truncate(time.Microsecond)
	since := min(now.Sub(a.at), 2*time.Minute).Microseconds()
	for u, r := range rules {
		a.level[u] = min(a.level[u]+int64(r.limit)*since, int64(r.limit)*parts)
	}
	a.at = now
	return a
}

// spend takes from the buckets. Nothing is in debt for more than a minute, and
// for what is not enforced not at all.
func (a *buckets) spend(rules [units]rule, want Amounts) {
	for u, r := range rules {
		least := int64(0)
		if r.held {
			least = -int64(r.limit) * parts
		}
		want := min(want[u], 2*r.limit)
		a.level[u] = max(a.level[u]-int64(want)*parts, least)
	}
}

// excess says whether a bucket has less than is asked for.
func (a buckets) excess(u Unit, r rule, asked int) *Excess {
	if r.limit == 0 || !r.held {
		return nil
	}
	e := Excess{Unit: u, Quota: a.quota(u, r), Asked: asked, Never: asked > r.limit}
	if e.Never {
		return &e
	}
	missing := int64(asked)*parts - a.level[u]
	if missing <= 0 {
		return nil
	}
	limit := int64(r.limit)
	e.Wait = time.Duration((missing+limit-1)/limit) * time.Microsecond
	return &e
}

// longer says whether a request waits longer for e than for f.
func (e Excess) longer(f Excess) bool {
	if e.Never != f.Never {
		return e.Never
	}
	return e.Wait > f.Wait
}

func (a buckets) quota(u Unit, r rule) Quota {
	return Quota{r.limit, int(max(a.level[u], 0) / parts)}
}

func (a buckets) told(rules [units]rule) (all Allowance) {
	for u, r := range rules {
		all[u] = a.quota(Unit(u), r)
	}
	return all
}
