package traffic

import (
	"net/http"
	"time"
	"unicode/utf8"
)

// A watch is a rule that is held against one reply as it comes.
type watch struct {
	*match
	head bool          // the reply's head holds
	at   time.Duration // when all of it first held; −1: not yet
}

// begin takes the reply's head.
func (w *watch) begin(resp *http.Response, now time.Duration) {
	w.head, w.at = w.match.head(resp.StatusCode, resp.Header), -1
	if w.head && !w.looksInside() {
		w.at = now
	}
}

// look takes an event, a line or a body.
func (w *watch) look(u *unit, now time.Duration) {
	if w.head && w.at < 0 && w.inside(u) {
		w.at = now
	}
}

// held says that the rule matched.
func (w *watch) held() bool { return w.head && w.at >= 0 }

// meets says that a reply is what the journey expects: the rule matched it and
// its text is not too long.
func (e *Expect) meets(w *watch, text string) bool {
	if e == nil {
		return true
	}
	short := e.MaxLength == 0 || utf8.RuneCountInString(text) <= e.MaxLength
	return short && (w.match == nil || w.held())
}

// Check reports the first thing that keeps the expectation from meaning anything.
func (e Expect) Check() error {
	_, err := e.match()
	return err
}

// match is its matcher made ready, nil when the length is all that is asked.
func (e *Expect) match() (*match, error) {
	if e == nil || e.MaxLength > 0 && e.empty() {
		return nil, nil
	}
	return newMatch(&e.Matcher)
}
