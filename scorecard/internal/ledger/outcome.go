package ledger

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Outcome is the class of one user request, METRICS §2. The order is the one in
// which the classes are tried.
type Outcome uint8

const (
	Unknown Outcome = iota
	Hang
	Foreign
	Spliced
	Truncated
	Wrong
	Stale
	Cached
	Deferred
	Lost
	Fallback
	Good
	Degraded
	Unverified
	Failed
)

// outcomeRow is what an outcome is called and what it means to the user.
type outcomeRow struct {
	Name   string
	Harm   bool // worse than an honest error
	Whole  bool // served well, unless it was slow
	Answer bool // the user got something to read: its time is a latency, and may be slow
}

func (o Outcome) Row() outcomeRow {
	return [...]outcomeRow{
		Unknown:    {Name: "unknown"},
		Hang:       {Name: "hang", Harm: true},
		Foreign:    {Name: "foreign", Harm: true},
		Spliced:    {Name: "spliced", Harm: true},
		Truncated:  {Name: "truncated", Harm: true},
		Wrong:      {Name: "wrong"}, // harm where the app could have told, see harmed
		Stale:      {Name: "stale", Harm: true},
		Cached:     {Name: "cached", Whole: true, Answer: true},
		Deferred:   {Name: "deferred"},
		Lost:       {Name: "lost", Harm: true},
		Fallback:   {Name: "fallback", Whole: true, Answer: true},
		Good:       {Name: "good", Whole: true, Answer: true},
		Degraded:   {Name: "degraded", Answer: true},
		Unverified: {Name: "unverified", Answer: true},
		Failed:     {Name: "error"},
	}[o]
}

// ErrorClass says what sort of error a user met.
type ErrorClass uint8

const (
	NoError ErrorClass = iota
	Clean              // told so in the app's own words
	Raw                // shown the provider's error
	Leaked             // shown a key
	empty              // nothing usable in a reply that looks like success
	dropped            // the connection broke
)

func (c ErrorClass) String() string {
	return [...]string{NoError: "", Clean: "clean", Raw: "raw", Leaked: "leaked", empty: "empty", dropped: "dropped"}[c]
}

// Name is the outcome as the card writes it, slow_ in front where it was.
func (v *Visit) Name() string {
	if v.Slow {
		return "slow_" + v.Outcome.Row().Name
	}
	return v.Outcome.Row().Name
}

// Served says whether the user was served well.
func (v *Visit) Served() bool { return v.Outcome.Row().Whole && !v.Slow }

// Usable says whether the user got something to go on with.
func (v *Visit) Usable() bool {
	return v.Served() || v.Outcome == Degraded || v.Outcome == Deferred ||
		v.Outcome == Unverified && v.expected && !v.unmet
}

// Harmed says whether the user took harm. A key shown is harm in any reply, and
// wrong content where the app had the means to see that it is.
func (v *Visit) Harmed() bool {
	return v.Outcome.Row().Harm || v.Leak || v.Outcome == Wrong && v.telling
}

// HasAnswer says whether the user got an answer, so that its times are its own.
func (v *Visit) HasAnswer() bool { return v.Outcome.Row().Answer }

// success says whether the reply claims to be one.
func (v *Visit) success() bool {
	return v.How == HowComplete && v.Status >= 200 && v.Status < 300 && !v.told
}

// late is how much later than planned a request may be sent and still count.
const late = record.Seconds(100 * time.Millisecond)

// classify gives a visit its outcome, but for slowness, which needs to know the
// baseline.
func (l *Ledger) classify(v *Visit) {
	j := l.Journey(v.Journey)
	v.Outcome = l.outcomeOf(v, j)
	v.expected = j.HasExpect
	switch v.Outcome {
	case Failed:
		v.Class = v.errorClass()
	case Wrong:
		v.telling = j.HasExpect || Broken(l.BadWords(v))
	}
}

// BadWords is the content fault that spoilt the last answer which the app got for
// a visit while its user was there, "" when that answer was sound.
func (l *Ledger) BadWords(v *Visit) string {
	kind := l.lastFault(v)
	if Broken(kind) || slices.Contains([]string{"gibberish", "wrong_language", "refusal", "repeat"}, kind) {
		return kind
	}
	return ""
}

// PlainWords says whether that answer was sound, and such that nothing in it tells
// whose it is: a weaker model's, or a few words.
func (l *Ledger) PlainWords(v *Visit) bool {
	return slices.Contains([]string{"weaker_model", "short"}, l.lastFault(v))
}

// lastFault is the kind of the fault in the last answer that the app got for a visit
// while its user was there, "" when there was none.
func (l *Ledger) lastFault(v *Visit) string {
	for _, k := range slices.Backward(l.TriesOf(v)) {
		if l.Attempts[k].Arrived > v.Ended || !l.Answers(k) {
			continue
		}
		return l.Kinds.Word(l.Attempts[k].Kind)
	}
	return ""
}

// Broken says whether a content fault leaves what any parser refuses.
func Broken(kind string) bool { return kind == "broken_json" || kind == "broken_tool_call" }

func (l *Ledger) outcomeOf(v *Visit, j *Journey) Outcome {
	// A reply of an app that rewrites answers proves nothing about them.
	proves := v.Answer && !j.Rewrites
	switch {
	case v.Journey == None, v.Dropped, v.Sent-v.Due > late:
		return Unknown
	case v.How == howTimeout, v.Ended == Never:
		return Hang
	case proves && l.anothers(v):
		return Foreign
	case !j.Rewrites && !v.Whole && v.success() && !v.marked && l.BadWords(v) != "":
		// Before the next two: bad words leave holes and no end.
		return Wrong
	case proves && (v.Pieces > 1 || v.holes) && !v.marked:
		return Spliced
	case proves && v.begins && !v.Whole && v.success() && !v.marked:
		return Truncated
	case l.Extra(v).PutOff != Never && !v.Delivered:
		return Lost
	case j.Rewrites && j.HasExpect && v.success():
		return l.byExpectation(v, j)
	case (proves || v.Real) && j.HasExpect && v.unmet && v.success() && !v.marked:
		return Wrong
	case proves && v.lent && v.success() && !v.marked:
		return Stale
	case v.Whole && !v.lent && !j.Rewrites && v.Repeat && v.Tries.N == 0 && l.Joined():
		return Cached
	case l.Extra(v).PutOff != Never:
		return Deferred
	case v.Whole && !v.lent && !j.Rewrites:
		if j.Home != None && (v.From != j.Home || v.marked) {
			return Fallback
		}
		return Good
	case v.marked && v.How == HowComplete:
		return Degraded
	case v.success() && (v.Answer || v.First != Never):
		return Unverified
	}
	return Failed
}

// Ending is what sort of error a reply is that was one, or ended as one after words that
// were not the answer's; NoError of all else.
func (v *Visit) Ending() ErrorClass {
	switch {
	case v.Outcome == Failed:
		return v.Class
	case (v.Outcome == Spliced || v.Outcome == Foreign) && !v.success():
		return v.errorClass()
	}
	return NoError
}

func (v *Visit) errorClass() ErrorClass {
	switch {
	case v.Leak:
		return Leaked
	case v.Raw:
		return Raw
	case v.told:
		return Clean
	case v.How == HowComplete:
		return empty
	}
	return dropped
}

// Ttft is the time from due to the first content token of an answer.
func (v *Visit) Ttft() record.Seconds {
	if v.First == Never {
		return v.Latency()
	}
	return v.First - v.Due
}

// Latency is the time from due to the last byte.
func (v *Visit) Latency() record.Seconds { return v.Ended - v.Due }

// tooSlow says whether an answer missed the journey's slow_over.
func (v *Visit) tooSlow(j *Journey) bool {
	if !v.HasAnswer() {
		return false
	}
	return j.LateTotal > 0 && v.Latency() > j.LateTotal ||
		j.lateTTFT > 0 && v.First != Never && v.Ttft() > j.lateTTFT
}
