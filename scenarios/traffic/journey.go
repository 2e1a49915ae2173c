package traffic

import (
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
)

// A Journey is one kind of user request to the app, sent at its own pace: the
// words of a scenario, checked and with defaults filled in.
type Journey struct {
	Name     string
	Rate     float64 // per second, where Shape is at 1
	Arrival  string  // a row of [pace.Arrivals]; "" is uniform
	CV       float64 // of gamma: how uneven, see [pace.Pace]
	Shape    pace.Shape
	Priority string // critical or deferrable
	Primary  string // the provider that answers when all is well, in the scenario's word; "": not said
	Sessions Sessions
	Login    Login
	Cookies  bool    // each user keeps those that the app sets: a session, or who logs in for all
	Repeat   float64 // share that asks an earlier question again, 0–1
	Request  Request
	Answer   Rule
	Timeout  time.Duration // from due; 0: [DefaultTimeout]
	SlowOver Slow
	Degraded *Matcher // how the app owns up to a lesser answer
	Restart  *Matcher // "forget what I streamed so far"; names a part that an event has
	Expect   *Expect  // what an answer is to look like

	Deferred   *Matcher // "accepted, the answer comes later"; Deliver then says how
	Deliver    Deliver
	Progress   *Matcher // a sign of life before the answer
	Impatience Impatience
}

// Expect is what a reply has to match to be an answer at all. For answers that
// cannot carry brownout's text, a class or extracted fields, it is all that is
// known of them.
type Expect struct {
	Matcher       // may have no part when MaxLength is given
	MaxLength int // characters of the answer's text at most; 0: any
}

// DefaultTimeout is how long a request may take that has no timeout of its own.
const DefaultTimeout = 30 * time.Second

// Slow is when an answer that came counts as slow; 0 is not said.
type Slow struct{ TTFT, Total time.Duration }

// Request is what is sent. Path, header values, JSON strings and text may hold
// {{prompt}}, {{nonce}}, {{n}}, {{session}} and {{turn}}, and behind a login
// {{token}}, which are filled in for each request, see [Words].
type Request struct {
	Method string            // "": POST with a body, GET without
	Path   string            // with query; joined to the target
	Header map[string]string // beside those that every request has, and in place of them
	JSON   any               // as decoded from YAML: map[string]any, []any, string, int, float64, bool, nil; nil: none
	Text   string            // a plain body, when JSON is nil
	Stream bool              // the answer is expected as a stream
}

// Rule says where the model's text is in the app's reply. The framing follows
// the reply's Content-Type, so a rule may name both JSON and SSE: the one for
// the framing that came holds. Where none is named for it, all JSON strings
// count, in order, of the body or of the data lines; of a stream of plain text
// its data; of any other body the body.
//
// Strings found at the same place of successive events are one text, joined
// without separator, and different places are joined by a line feed. So
// {"id":"7","delta":"ba"} and {"id":"7","delta":"be"} make "77\nbabe": the
// text is found whatever stands around it. But the first id then counts as the
// first content token too; name a path where the events hold more than text.
type Rule struct {
	JSON string // JSONPath (RFC 9535) into a JSON body or each NDJSON line
	SSE  string // JSONPath into each SSE data line
	Text bool   // the body itself, or the SSE data as it stands
}

// Matcher recognises a reply, or one event of it. All given parts must hold.
// Status and Header are those of the reply. The others hold on one SSE event or
// NDJSON line alone, or on the whole of any other body, of which only the
// beginning is kept when it is neither (64 KiB).
type Matcher struct {
	Status   int
	Header   map[string]string // one of the header's values must be equal
	JSON     map[string]any    // JSONPath → value that one of the nodes found must equal
	Event    string            // SSE event name; those without are called message
	Contains string
	Matches  string // regular expression (RE2)
}

// Result is what became of a planned request. Moments are since the start.
type Result struct {
	Due
	// Sent is when the sender let go of the request: a connection that the app is
	// slow to accept is the app's time, not ours. −1: never sent.
	Sent time.Duration
	// First is when the first content token was there, one that the answer rule
	// finds: no role, ping or comment. Of a JSON body nothing is there before all
	// of it is. −1: none.
	First    time.Duration
	Ended    time.Duration // last byte, error or timeout; −1: never sent
	Dropped  string        // in_flight (the cap was reached), stopped; "" otherwise
	Status   int           // 0: no response head came
	Bytes    int64         // of the body, as they came
	MaxGap   time.Duration // longest silence between two content tokens
	How      string        // complete, timeout, cut, refused, reset, stopped, invalid; "" when dropped
	Err      error         // why it is not complete
	Degraded bool          // the degraded rule matched
	Restarts int           // how often the restart rule matched
	Unmet    bool          // the reply is not what the journey expects
	// Progress is when the progress rule first matched, Deferred when a reply ended
	// that put the answer off; nil: neither did. Delivered says that it came then:
	// it is what First, Ended, Text and the rules are about. Without it Ended is
	// when nobody waited for it any longer.
	Progress, Deferred *time.Duration
	Delivered          bool
	SentAgain          []time.Duration // when an impatient user left and sent it again
	Told               bool            // an explicit error: status ≥ 400, an SSE event named error, or an event or line with an error in it
	Text               string          // the answer's text after the last restart, its first 64 KiB
	Body               string          // the beginning of the raw reply, for raw-error and key checks, see Sender.Keep
	Ticket             string          // what Deliver.Ticket found in it
}
