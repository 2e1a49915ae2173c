package reply

import (
	"net/http"
	"time"
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
