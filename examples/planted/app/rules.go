package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rules are what an app does. Traits change them.
type rules struct {
	firstToken, silence time.Duration // how long a provider may be silent, before its first token and after it

	after       time.Duration // how long the primary must have failed before another is asked
	stays       []cause       // failures after which no other provider is asked
	staysMidway bool          // nor is it when the user has got some of the answer
	neverBack   bool          // once the primary's breaker has opened, it is not asked again
	waits       time.Duration // how long a request waits for an open breaker to close
	paceAt      time.Duration // how far apart requests to the next provider are at least
	hedge       time.Duration // the next provider is asked too when there is no answer by then; 0: never
	hedgesOn    bool          // what a hedge has made needless goes on
	forgets     time.Duration // how often the app loses what it knows of its providers; 0: never
	breaker     breakerRules

	keyless bool // calls of the tool have no idempotency key

	retries int     // at one provider
	again   []cause // failures that are worth one
	doubles bool    // each retry is twice as many attempts at a time
	onClock bool    // retries wait for the next full second
	pause   pause

	takesHalves     bool    // an answer that ends is whole
	takesRefusals   bool    // a refusal is an answer
	takesNonsense   bool    // so are word salad and another script
	needsPages      bool    // what cannot be looked up is not answered
	takesBrokenJSON bool    // so is a document that does not parse
	losesContext    bool    // only the primary is told the conversation so far
	loses           bool    // what was put off is not kept
	caches          bool    // who asks the same again gets the same answer
	splices         bool    // what broke off is not taken back
	foreign         float64 // share of the answers in a failure that are another's
	worksOn         bool    // also when the user has left

	places     int           // requests under way at a time, of which one sort of work has half; 0: no end
	queues     int           // requests answered at a time, while all others wait; 0: no end
	usersFirst bool          // it is the work that can wait, not that of users
	calmBelow  time.Duration // work that can wait is turned away while first tokens take longer; 0: never

	end ending // what the user gets when no provider answers
}

// good are the rules of an app without traits.
func good() rules {
	return rules{
		firstToken: time.Second,
		silence:    time.Second,
		breaker:    breakerRules{after: 10, open: 3 * time.Second, closes: true},
		again:      []cause{limited, server, timeout, broken},
		pause:      pause{first: 400 * time.Millisecond},
		end:        inOwnWords,
	}
}

// pause is how long a retry waits: twice as long each time, and a random part of
// it, so that who failed together does not come back together.
type pause struct {
	first, most time.Duration // most: 0 is no end
	steady      bool          // no part of it is random
	// obeys has it wait as long as Retry-After says, but told at most (0: as it is told).
	obeys bool
	told  time.Duration
}

// before is the wait before the retry that follows on the try-th attempt, from 0.
func (p pause) before(try int, f *failure, draws *rand.Rand) time.Duration {
	if p.obeys && f.wait > 0 {
		if p.told > 0 {
			return min(f.wait, p.told)
		}
		return f.wait
	}
	wait := p.first << try
	if p.most > 0 {
		wait = min(wait, p.most)
	}
	if p.steady {
		return wait
	}
	return wait/2 + time.Duration(draws.Float64()*float64(wait/2))
}

// An ending is what the user gets when no provider answers.
type ending func(a *App, ctx context.Context, f *failure, q *question, out *reply)

func inOwnWords(_ *App, _ context.Context, _ *failure, _ *question, out *reply) {
	out.fail("the assistant cannot answer right now, please try again in a minute")
}

func byTemplate(trait string, declared bool) ending {
	return func(a *App, _ context.Context, _ *failure, _ *question, out *reply) {
		a.did(trait)
		a.restart(out)
		out.prepared(template, declared)
	}
}

func withItsWords(a *App, ctx context.Context, f *failure, q *question, out *reply) {
	if f.raw == "" {
		inOwnWords(a, ctx, f, q, out)
		return
	}
	a.did("raw_error")
	out.fail(f.raw)
}

func withTheKey(a *App, _ context.Context, _ *failure, _ *question, out *reply) {
	a.did("leaks_key")
	out.fail(fmt.Sprintf("asking %s with key %s failed", a.lanes[0].URL, a.lanes[0].Key))
}

func notAtAll(a *App, ctx context.Context, _ *failure, _ *question, _ *reply) {
	a.did("hangs")
	<-ctx.Done()
}

// fromMemory answers with what the session was told last.
func fromMemory(trait string, declared bool) ending {
	return func(a *App, ctx context.Context, f *failure, q *question, out *reply) {
		said := a.talk(q)
		if len(said) == 0 {
			inOwnWords(a, ctx, f, q, out)
			return
		}
		a.did(trait)
		a.restart(out)
		out.prepared(said[len(said)-1].told, declared)
	}
}

// fromAnothers answers with what another session was told last.
func fromAnothers(a *App, ctx context.Context, f *failure, q *question, out *reply) {
	last := a.lastOf()
	if last.told == "" || last.session == q.Session {
		inOwnWords(a, ctx, f, q, out)
		return
	}
	a.did("mixes_sessions_up")
	a.restart(out)
	out.prepared(last.told, false)
}

// putsOff accepts the question, to be answered when it is asked for.
func putsOff(trait string) ending {
	return func(a *App, ctx context.Context, f *failure, q *question, out *reply) {
		if q.later || out.begun {
			inOwnWords(a, ctx, f, q, out)
			return
		}
		a.did(trait)
		out.accept(a.accept(*q))
	}
}

// rulesOf are the good ones, as the traits change them.
func rulesOf(traits []string) (rules, error) {
	r := good()
	table := Traits()
	for _, given := range traits {
		name, value, valued := strings.Cut(given, "=")
		i := slices.IndexFunc(table, func(t Trait) bool { return t.Name == name })
		if i < 0 {
			return r, fmt.Errorf("unknown trait %q", name)
		}
		t := table[i]
		if !valued {
			value = t.Value
		} else if t.Value == "" {
			return r, fmt.Errorf("trait %q takes no value", name)
		}
		if err := t.set(&r, value); err != nil {
			return r, fmt.Errorf("trait %q: %w", given, err)
		}
	}
	return r, nil
}

// A setter changes the rules, to a value if the trait has one.
type setter func(r *rules, value string) error

// does is a setter for a trait without a value.
func does(change func(*rules)) setter {
	return func(r *rules, _ string) error {
		change(r)
		return nil
	}
}

// of makes setters for traits whose value is parsed.
func of[T any](parse func(string) (T, error), change func(*rules, T)) setter {
	return func(r *rules, value string) error {
		v, err := parse(value)
		if err != nil {
			return err
		}
		change(r, v)
		return nil
	}
}

func lasting(change func(*rules, time.Duration)) setter { return of(time.ParseDuration, change) }

func counting(change func(*rules, int)) setter { return of(strconv.Atoi, change) }

func sharing(change func(*rules, float64)) setter {
	return of(func(s string) (float64, error) {
		percent, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
		return percent / 100, err
	}, change)
}
