package scorecard

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// outcome is the class of one user request, METRICS §2. The order is the one in
// which the classes are tried.
type outcome uint8

const (
	unknown outcome = iota
	hang
	foreign
	spliced
	truncated
	wrong
	stale
	cached
	deferred
	lost
	fallback
	good
	degraded
	unverified
	failed
)

// outcomeRow is what an outcome is called and what it means to the user.
type outcomeRow struct {
	name   string
	harm   bool // worse than an honest error
	whole  bool // served well, unless it was slow
	answer bool // the user got something to read: its time is a latency, and may be slow
}

func (o outcome) row() outcomeRow {
	return [...]outcomeRow{
		unknown:    {name: "unknown"},
		hang:       {name: "hang", harm: true},
		foreign:    {name: "foreign", harm: true},
		spliced:    {name: "spliced", harm: true},
		truncated:  {name: "truncated", harm: true},
		wrong:      {name: "wrong"}, // harm where the app could have told, see harmed
		stale:      {name: "stale", harm: true},
		cached:     {name: "cached", whole: true, answer: true},
		deferred:   {name: "deferred"},
		lost:       {name: "lost", harm: true},
		fallback:   {name: "fallback", whole: true, answer: true},
		good:       {name: "good", whole: true, answer: true},
		degraded:   {name: "degraded", answer: true},
		unverified: {name: "unverified", answer: true},
		failed:     {name: "error"},
	}[o]
}

// errorClass says what sort of error a user met.
type errorClass uint8

const (
	noError errorClass = iota
	clean              // told so in the app's own words
	raw                // shown the provider's error
	leaked             // shown a key
	empty              // nothing usable in a reply that looks like success
	dropped            // the connection broke
)

func (c errorClass) String() string {
	return [...]string{noError: "", clean: "clean", raw: "raw", leaked: "leaked", empty: "empty", dropped: "dropped"}[c]
}

// name is the outcome as the card writes it, slow_ in front where it was.
func (v *visit) name() string {
	if v.slow {
		return "slow_" + v.outcome.row().name
	}
	return v.outcome.row().name
}

// served says whether the user was served well.
func (v *visit) served() bool { return v.outcome.row().whole && !v.slow }

// usable says whether the user got something to go on with.
func (v *visit) usable() bool {
	return v.served() || v.outcome == degraded || v.outcome == deferred ||
		v.outcome == unverified && v.expected && !v.unmet
}

// harmed says whether the user took harm. A key shown is harm in any reply, and
// wrong content where the app had the means to see that it is.
func (v *visit) harmed() bool {
	return v.outcome.row().harm || v.leak || v.outcome == wrong && v.telling
}

// hasAnswer says whether the user got an answer, so that its times are its own.
func (v *visit) hasAnswer() bool { return v.outcome.row().answer }

// success says whether the reply claims to be one.
func (v *visit) success() bool {
	return v.how == howComplete && v.status >= 200 && v.status < 300 && !v.told
}

// late is how much later than planned a request may be sent and still count.
const late = record.Seconds(100 * time.Millisecond)

// classify gives a visit its outcome, but for slowness, which needs to know the
// baseline.
func (l *ledger) classify(v *visit) {
	j := l.journey(v.journey)
	v.outcome = l.outcomeOf(v, j)
	v.expected = j.HasExpect
	switch v.outcome {
	case failed:
		v.class = v.errorClass()
	case wrong:
		v.telling = j.HasExpect || broken(l.badWords(v))
	}
}

// badWords is the content fault that spoilt the last answer which the app got for
// a visit while its user was there, "" when that answer was sound.
func (l *ledger) badWords(v *visit) string {
	kind := l.lastFault(v)
	if broken(kind) || slices.Contains([]string{"gibberish", "wrong_language", "refusal", "repeat"}, kind) {
		return kind
	}
	return ""
}

// plainWords says whether that answer was sound, and such that nothing in it tells
// whose it is: a weaker model's, or a few words.
func (l *ledger) plainWords(v *visit) bool {
	return slices.Contains([]string{"weaker_model", "short"}, l.lastFault(v))
}

// lastFault is the kind of the fault in the last answer that the app got for a visit
// while its user was there, "" when there was none.
func (l *ledger) lastFault(v *visit) string {
	for _, k := range slices.Backward(l.triesOf(v)) {
		if l.attempts[k].arrived > v.ended || !l.answers(k) {
			continue
		}
		return l.kinds.word(l.attempts[k].kind)
	}
	return ""
}

// broken says whether a content fault leaves what any parser refuses.
func broken(kind string) bool { return kind == "broken_json" || kind == "broken_tool_call" }

func (l *ledger) outcomeOf(v *visit, j *journey) outcome {
	// A reply of an app that rewrites answers proves nothing about them.
	proves := v.answer && !j.rewrites
	switch {
	case v.journey == none, v.dropped, v.sent-v.due > late:
		return unknown
	case v.how == howTimeout, v.ended == never:
		return hang
	case proves && l.anothers(v):
		return foreign
	case !j.rewrites && !v.whole && v.success() && !v.marked && l.badWords(v) != "":
		// Before the next two: bad words leave holes and no end.
		return wrong
	case proves && (v.pieces > 1 || v.holes) && !v.marked:
		return spliced
	case proves && v.begins && !v.whole && v.success() && !v.marked:
		return truncated
	case l.extra(v).putOff != never && !v.delivered:
		return lost
	case j.rewrites && j.HasExpect && v.success():
		return l.byExpectation(v, j)
	case (proves || v.real) && j.HasExpect && v.unmet && v.success() && !v.marked:
		return wrong
	case proves && v.lent && v.success() && !v.marked:
		return stale
	case v.whole && !v.lent && !j.rewrites && v.repeat && v.tries.n == 0 && l.joined():
		return cached
	case l.extra(v).putOff != never:
		return deferred
	case v.whole && !v.lent && !j.rewrites:
		if j.primary != none && (v.from != j.primary || v.marked) {
			return fallback
		}
		return good
	case v.marked && v.how == howComplete:
		return degraded
	case v.success() && (v.answer || v.first != never):
		return unverified
	}
	return failed
}

func (v *visit) errorClass() errorClass {
	switch {
	case v.leak:
		return leaked
	case v.raw:
		return raw
	case v.told:
		return clean
	case v.how == howComplete:
		return empty
	}
	return dropped
}

// ttft is the time from due to the first content token of an answer.
func (v *visit) ttft() record.Seconds {
	if v.first == never {
		return v.latency()
	}
	return v.first - v.due
}

// latency is the time from due to the last byte.
func (v *visit) latency() record.Seconds { return v.ended - v.due }

// tooSlow says whether an answer missed the journey's slow_over.
func (v *visit) tooSlow(j *journey) bool {
	if !v.hasAnswer() {
		return false
	}
	return j.slowTotal > 0 && v.latency() > j.slowTotal ||
		j.slowTTFT > 0 && v.first != never && v.ttft() > j.slowTTFT
}
