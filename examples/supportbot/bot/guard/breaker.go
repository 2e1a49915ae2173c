// Package guard keeps an application from leaning on a provider that is
// failing. A [Breaker] decides whether a provider is asked at all, a [Gate] how
// many requests it is given at once. Neither knows what a request is.
//
//	ticket, ok := breaker.Admit()
//	if !ok {
//		return askSomebodyElse()
//	}
//	if answer, err := ask(); err != nil {
//		ticket.Failed(0)
//	} else {
//		ticket.Worked()
//	}
package guard

import (
	"math/rand/v2"
	"sync"
	"time"
)

// State is what a breaker does with requests.
type State int

// The states. A closed breaker lets everything through, an open one nothing,
// a half-open one a single probe at a time.
const (
	Closed State = iota
	Open
	HalfOpen
)

func (s State) String() string {
	return [...]string{"closed", "open", "half-open"}[s]
}

// Rules say when a breaker opens and what makes it close again.
type Rules struct {
	Window int           // results that are remembered
	Age    time.Duration // older results no longer count
	Min    int           // results below which a share means nothing
	Share  float64       // opens when at least this much of them failed, 0–1
	Probe  time.Duration // from one probe to the next, ±20 %
	Close  int           // probes that must work in a row
}

// DefaultRules suit a provider that is asked some ten times a second: it is
// given up within half a second of failing and trusted again a few seconds
// after it heals. Three probes in a row, not one, because a provider that
// recovers answers now and then long before it answers reliably.
func DefaultRules() Rules {
	return Rules{Window: 20, Age: 10 * time.Second, Min: 5, Share: 0.5, Probe: time.Second, Close: 3}
}

// A Breaker is the circuit breaker of one provider. It is safe for concurrent
// use.
type Breaker struct {
	rules   Rules
	changed func(from, to State)

	mu      sync.Mutex
	rand    *rand.Rand
	state   State
	era     int // counts the changes of state; a ticket of an earlier era has no say
	results []result
	worked  int       // probes in a row
	probing bool      // a probe is under way
	probed  time.Time // when the last probe set out
	next    time.Time // no probe before this
}

type result struct {
	at     time.Time
	worked bool
}

// NewBreaker returns a closed breaker. The seed is that of the jitter between
// probes. Changed, which may be nil, is told of every change of state, in
// order; it runs under the breaker's lock and must not call the breaker.
func NewBreaker(rules Rules, seed uint64, changed func(from, to State)) *Breaker {
	if changed == nil {
		changed = func(State, State) {}
	}
	return &Breaker{rules: rules, changed: changed, rand: rand.New(rand.NewPCG(seed, 0))}
}

// A Ticket admits one request. Exactly one of Worked, Failed and Void must be
// called on it, once.
type Ticket struct {
	// Probe says that the request is the one by which an open breaker learns
	// whether its provider is back.
	Probe bool

	breaker *Breaker
	era     int
}

// Admit asks for a place. Without one the provider must not be called.
func (b *Breaker) Admit() (Ticket, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.state == Closed {
		return Ticket{breaker: b, era: b.era}, true
	}
	if b.state == Open {
		if now.Before(b.next) {
			return Ticket{}, false
		}
		b.worked = 0
		b.turn(HalfOpen)
	}
	if b.probing {
		return Ticket{}, false
	}
	b.probing, b.probed = true, now
	return Ticket{Probe: true, breaker: b, era: b.era}, true
}

// State tells what the breaker does at the moment.
func (b *Breaker) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Worked says that the provider gave a whole answer in time.
func (t Ticket) Worked() { t.done(func(b *Breaker) { b.note(true, 0) }) }

// Failed says that it did not, and how long it asked to be left alone, 0 when
// it did not say.
func (t Ticket) Failed(wait time.Duration) { t.done(func(b *Breaker) { b.note(false, wait) }) }

// Void says that the request proved nothing about the provider: the user left,
// or the request was bad.
func (t Ticket) Void() { t.done(func(*Breaker) {}) }

func (t Ticket) done(note func(*Breaker)) {
	b := t.breaker
	b.mu.Lock()
	defer b.mu.Unlock()
	// A request that set out before the breaker changed tells of a time that has
	// been judged already; it must neither close nor re-open the breaker.
	if t.era != b.era {
		return
	}
	if t.Probe {
		b.probing = false
	}
	note(b)
}

// note takes in one result of the present era.
func (b *Breaker) note(worked bool, wait time.Duration) {
	switch {
	case b.state == HalfOpen && worked:
		if b.worked++; b.worked >= b.rules.Close {
			b.turn(Closed)
		}
	case b.state == HalfOpen:
		b.open(b.probed, wait)
	default:
		b.remember(worked)
		if !worked && b.failing() {
			b.open(time.Now(), wait)
		}
	}
}

// open shuts the provider off until a probe's interval after from, and not
// before it may be called again by its own word. Counting from when the last
// probe set out, not from when it failed, keeps a provider that answers slowly
// from being asked more rarely than one that fails fast.
func (b *Breaker) open(from time.Time, wait time.Duration) {
	b.next = from.Add(time.Duration(float64(b.rules.Probe) * (0.8 + 0.4*b.rand.Float64())))
	if told := time.Now().Add(wait); told.After(b.next) {
		b.next = told
	}
	b.turn(Open)
}

func (b *Breaker) turn(to State) {
	from := b.state
	b.state, b.probing, b.results = to, false, nil
	b.era++
	b.changed(from, to)
}

func (b *Breaker) remember(worked bool) {
	b.results = append(b.results, result{time.Now(), worked})
	drop := max(0, len(b.results)-b.rules.Window)
	for drop < len(b.results) && time.Since(b.results[drop].at) > b.rules.Age {
		drop++
	}
	b.results = b.results[drop:]
}

func (b *Breaker) failing() bool {
	failed := 0
	for _, r := range b.results {
		if !r.worked {
			failed++
		}
	}
	n := len(b.results)
	return n >= b.rules.Min && float64(failed) >= b.rules.Share*float64(n)
}
