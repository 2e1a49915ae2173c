package traffic

import (
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// Result is what became of a planned request. Moments are since the start.
type Result struct {
	Due
	reply.Seen // of the last reply that came

	// Sent is when the sender let go of the request: a connection that the app is
	// slow to accept is the app's time, not ours. −1: never sent.
	Sent    time.Duration
	Ended   time.Duration // last byte, error or timeout; −1: never sent
	Dropped string        // in_flight (the cap was reached), stopped; "" otherwise
	How     string        // complete, timeout, cut, refused, reset, stopped, invalid; "" when dropped
	Err     error         // why it is not complete

	// Delivered says that an answer came that was put off: it is what First, Text and
	// the rules are about, and Ended. Without it Ended is when nobody waited for it
	// any longer.
	Delivered bool
	SentAgain []time.Duration // when an impatient user left and sent it again
}
