package reply

import (
	"errors"
	"fmt"
)

// Rules are what is said about the replies to one kind of request. The zero Rules
// look for text alone, by [Rule]'s defaults.
type Rules struct {
	Answer   Rule
	Degraded *Matcher // how the app owns up to a lesser answer
	Restart  *Matcher // "forget what I streamed so far"; names a part that an event has
	Expect   *Expect  // what an answer is to look like
	Deferred *Matcher // "accepted, the answer comes later"
	Progress *Matcher // a sign of life before the answer
	Ticket   string   // JSONPath to a string or a number that is wanted; "": none is
}

// A Reader is rules made ready. It may read many replies at a time.
type Reader struct {
	finder
	expect             *Expect
	expects            *match // what Expect asks beside the length
	degraded, restart  *match
	deferred, progress *match
	ticket             *query // nil: none is wanted
}

// Ready makes the rules ready. The error names the first of them that cannot be held
// against a reply.
func (r Rules) Ready() (*Reader, error) {
	made := &Reader{expect: r.Expect}
	var err error
	if made.finder, err = newFinder(r.Answer); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if made.expects, err = r.Expect.match(); err != nil {
		return nil, fmt.Errorf("expect: %w", err)
	}
	for _, rule := range []struct {
		name string
		from *Matcher
		to   **match
	}{
		{"degraded", r.Degraded, &made.degraded},
		{"restart", r.Restart, &made.restart},
		{"deferred", r.Deferred, &made.deferred},
		{"progress", r.Progress, &made.progress},
	} {
		if *rule.to, err = newMatch(rule.from); err != nil {
			return nil, fmt.Errorf("%s: %w", rule.name, err)
		}
	}
	if made.restart != nil && !made.restart.looksInside() {
		return nil, errors.New("restart: every event of a reply has the same status and header; give json, event, contains or matches too")
	}
	made.ticket, err = newQuery(r.Ticket)
	return made, err
}
