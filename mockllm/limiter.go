package mockllm

import (
	"crypto/sha256"
	"strings"
	"sync"
	"time"
)

// Limits are what one key may ask of one model in a minute. What is 0 is as the
// dialect has it, and is not enforced.
type Limits struct {
	Requests int
	// Tokens are of prompts and of the longest answers asked for. Where the provider
	// limits prompts and answers apart, they are shared out as it does.
	Tokens int
}

// maxLimit bounds limits: sixty times the largest that is known of, and far from
// what overflows.
const maxLimit = 10_000_000_000

// unit is what a limit counts.
type unit int

const (
	byRequest unit = iota
	byToken        // of the prompt and of the longest answer asked for
	byInput        // tokens of prompts
	byOutput       // tokens of answers, as they are made
	units
)

// amounts are so much of each unit.
type amounts [units]int

// quota is a limit as a provider tells it.
type quota struct{ limit, left int }

// refill is the time until all is left again. It follows from the figures told, as
// in the recordings, so that clients who calculate find nothing amiss.
func (q quota) refill() time.Duration {
	if q.limit == 0 {
		return 0
	}
	return time.Duration(int64(q.limit-q.left)*parts/int64(q.limit)) * time.Microsecond
}

// allowance is what the limits leave to a key and model, the request that is told
// so counted in.
type allowance [units]quota

// excess is the limit that a request would exceed.
type excess struct {
	unit  unit
	quota // without the request
	asked int
	wait  time.Duration // until the request fits
	never bool          // it is more than a minute's worth
}

// limiter has a bucket for each key, model and unit. A bucket holds a minute's worth
// and refills all the time.
type limiter struct {
	spec   Spec
	usual  amounts
	shares func(time.Time) Shares

	mu      sync.Mutex
	all     map[holder]buckets
	sweepAt int // so many holders, and those are forgotten that are full again
}

// holder stands for a key and a model. Keys may be real: they are not kept.
type holder [16]byte

// buckets are how full a holder's are, in parts: a unit has as many as a minute has
// microseconds. So a limit of n a minute is n parts a microsecond, and nothing is
// ever rounded. What answers take can exceed what is left: then it is below 0.
type buckets struct {
	at    time.Time // zero: all are full
	level [units]int64
}

const parts = int64(time.Minute / time.Microsecond)

func newLimiter(spec Spec, usual amounts, shares func(time.Time) Shares) *limiter {
	return &limiter{spec: spec, usual: usual, shares: shares, all: map[holder]buckets{}, sweepAt: 1024}
}

// rule is a limit at a moment.
type rule struct {
	limit int  // 0: there is none
	held  bool // what exceeds it is refused
}

// rules are the limits of a key.
func (l *limiter) rules(key string, now time.Time) (rules [units]rule) {
	given := l.usual.of(l.spec.limits(key))
	left := l.shares(now)
	for u := range units {
		share := left.Tokens
		if u == byRequest {
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
func (usual amounts) of(l Limits) amounts {
	given := amounts{byRequest: l.Requests}
	if usual[byToken] > 0 {
		given[byToken] = l.Tokens
		return given
	}
	if all := usual[byInput] + usual[byOutput]; all > 0 {
		given[byInput] = l.Tokens * usual[byInput] / all
		given[byOutput] = l.Tokens - given[byInput]
	}
	return given
}

// cost is what a request takes when it comes. Of answers that are counted as they
// are made it takes the first token.
func cost(req Request) amounts {
	in := req.tokens()
	longest := min(req.MaxTokens, 2*maxLimit)
	if longest == 0 && oldModel(req.Model) {
		longest = 16
	}
	return amounts{byRequest: 1, byToken: in + longest, byInput: in, byOutput: 1}
}

// oldModel says whether a model is of the time when OpenAI reserved 16 tokens for an
// answer of which no length was said; later it reserved none.
func oldModel(name string) bool {
	return name == "gpt-4" || strings.HasPrefix(name, "gpt-4-") || strings.HasPrefix(name, "gpt-3.5")
}

// take counts a request, unless a limit has not enough left for it: then nothing is
// counted, and the limit is the one that takes longest to have enough.
func (l *limiter) take(req Request, now time.Time) (allowance, *excess) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rules, id, want := l.rules(req.Key, now), identify(req), cost(req)
	a := l.all[id].refilled(rules, now)
	var over *excess
	for u, r := range rules {
		if e := a.excess(unit(u), r, want[u]); e != nil && (over == nil || e.longer(*over)) {
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

// peek is what would be left after a request, of which nothing is counted.
func (l *limiter) peek(req Request, now time.Time) allowance {
	l.mu.Lock()
	defer l.mu.Unlock()
	rules := l.rules(req.Key, now)
	a := l.all[identify(req)].refilled(rules, now)
	a.spend(rules, cost(req))
	return a.told(rules)
}

// answered counts the tokens of an answer, after the first.
func (l *limiter) answered(req Request, tokens int, now time.Time) {
	if l.usual[byOutput] == 0 || tokens < 2 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	rules, id := l.rules(req.Key, now), identify(req)
	a := l.all[id].refilled(rules, now)
	a.spend(rules, amounts{byOutput: tokens - 1})
	l.keep(id, a, now)
}

// keep remembers a holder's buckets. What was not touched for two minutes is full, and
// as good as none; forgetting these when there are many bounds what clients that
// invent keys can make us remember.
func (l *limiter) keep(id holder, a buckets, now time.Time) {
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

func identify(req Request) (id holder) {
	sum := sha256.Sum256([]byte(req.Key + "\x00" + req.Model))
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
func (a *buckets) spend(rules [units]rule, want amounts) {
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
func (a buckets) excess(u unit, r rule, asked int) *excess {
	if r.limit == 0 || !r.held {
		return nil
	}
	e := excess{unit: u, quota: a.quota(u, r), asked: asked, never: asked > r.limit}
	if e.never {
		return &e
	}
	missing := int64(asked)*parts - a.level[u]
	if missing <= 0 {
		return nil
	}
	limit := int64(r.limit)
	e.wait = time.Duration((missing+limit-1)/limit) * time.Microsecond
	return &e
}

// longer says whether a request waits longer for e than for f.
func (e excess) longer(f excess) bool {
	if e.never != f.never {
		return e.never
	}
	return e.wait > f.wait
}

func (a buckets) quota(u unit, r rule) quota {
	return quota{r.limit, int(max(a.level[u], 0) / parts)}
}

func (a buckets) told(rules [units]rule) (all allowance) {
	for u, r := range rules {
		all[u] = a.quota(unit(u), r)
	}
	return all
}
