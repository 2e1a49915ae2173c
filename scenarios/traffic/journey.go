package traffic

import (
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// A Journey is one kind of user request to the app, sent at its own pace: the
// words of a scenario, checked and with defaults filled in.
type Journey struct {
	Name    string
	Rate    float64 // per second, where Shape is at 1
	Arrival string  // a row of [pace.Arrivals]; "" is uniform
	CV      float64 // of gamma: how uneven, see [pace.Pace]
	Shape   pace.Shape
	// Recorded are the moments at which its requests are due, in place of these.
	Recorded []time.Duration
	Lengths  length.Lengths // of its prompts and their answers, by request
	Like     string         // the trace that is recorded, or the profile that is followed, by name; "": neither
	Priority string         // critical or deferrable
	Primary  string         // the provider that answers when all is well, in the scenario's word; "": not said
	Sessions Sessions
	Login    Login
	Cookies  bool    // each user keeps those that the app sets: a session, or who logs in for all
	Repeat   float64 // share that asks an earlier question again, 0–1
	Request  ask.Request
	Answer   reply.Rule
	Timeout  time.Duration // from due; 0: [DefaultTimeout]
	SlowOver Slow
	Degraded *reply.Matcher // how the app owns up to a lesser answer
	Restart  *reply.Matcher // "forget what I streamed so far"; names a part that an event has
	Expect   *reply.Expect  // what an answer is to look like

	Deferred   *reply.Matcher // "accepted, the answer comes later"; Deliver then says how
	Deliver    Deliver
	Progress   *reply.Matcher // a sign of life before the answer
	Impatience Impatience
}

// DefaultTimeout is how long a request may take that has no timeout of its own.
const DefaultTimeout = 30 * time.Second

// Slow is when an answer that came counts as slow; 0 is not said.
type Slow struct{ TTFT, Total time.Duration }
