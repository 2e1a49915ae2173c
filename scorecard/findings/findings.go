// Package findings looks for what a drill showed about its app: the findings, each
// with advice and the lines that show it ([All]); what the app did about each signal
// that a provider sent it ([Reactions]); and whether people said rightly what was
// wrong ([Diagnoses]).
//
// A finding is a row in [Kinds] and a function that looks for it, in a file with its
// like. The function counts instances; one that is seen too seldom is chance.
package findings

import (
	"cmp"
	"maps"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// Finding is one thing that the drill showed about the app.
type Finding struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"` // high, medium, low
	Sentence string   `json:"sentence"`
	Advice   string   `json:"advice"`
	Evidence []int    `json:"evidence"` // line numbers in log.jsonl, from 1, at most 10
	Count    int      `json:"count"`
	Journeys []string `json:"journeys,omitempty"`
}

// linesKept is how many lines of the log a finding shows as evidence.
const linesKept = 10

// A Kind is one thing that a drill can show about an app. The sentence is made
// where it is looked for; the advice says what to change, what it costs and what to
// expect of it.
type Kind struct {
	Code, Severity string
	Needs          int // instances; one is enough for harm
	look           func(*looker) sighting
	Change         string
	Effort         string
	Expect         string
}

// Kinds is the table of findings, the gravest first: a new one is a row
// and a function.
func Kinds() []Kind {
	const high, medium, low = "high", "medium", "low"
	return []Kind{
		{
			"app_died", high, 1, appDied,
			"Find out from app.log what ended the process; no failure of a provider may. Bound what one request can take (memory, goroutines, threads, connections) and run the app under a supervisor",
			"hours to days", "users meet errors for as long as the provider is down, and no longer",
		},
		{
			"left_the_drill", high, 1, leftTheDrill,
			"Give every client that the app has the mock's address: the variables that this finding names, or the client's own option for its base URL. Where neither can be, run with --intercept. What is called past the mocks is not drilled: its calls were refused here, and count in no figure",
			"minutes", "no call leaves the drill: nothing is paid for or sent to a real provider, and every call is exercised",
		},
		{
			"key_leaked", high, 1, keyLeaked,
			"Never put the provider's error, request or headers into a reply: answer with words of your own, and log the original with keys removed. Change the keys that were shown",
			"an hour", "no key in any reply",
		},
		{
			"foreign_answer", high, 1, harmOf(ledger.Foreign, "got an answer that was made for another user"),
			"Look for state that requests share: a cache keyed by too little, a buffer or client reused, a retry that reads another's response",
			"hours to days", "every answer carries its own question",
		},
		{
			"spliced_answer", high, 1, harmOf(ledger.Spliced, "were left with an answer put together from two attempts"),
			"When a stream breaks after its first words, tell the client to drop them (a restart event) before another attempt is streamed, or end with an error",
			"a day, on both sides of the stream", "users see one whole answer, or know that they do not",
		},
		{
			"truncated_answer", high, 1, harmOf(ledger.Truncated, "got an answer cut short and passed off as whole"),
			"Take a stream for whole only when it had its finish reason and terminator; else retry elsewhere before the first word, and say so after it",
			"hours", "no half answer looks like a whole one",
		},
		{
			"broken_json_passed_on", high, 1, wrongContent(true, "got broken JSON or acted on a broken tool call, passed off as an answer"),
			"Parse and validate what the model returns before it is used or shown, ask once more with the error, then go to another model or say so",
			"hours", "no caller meets a document that does not parse",
		},
		{
			"wrong_answer", high, 1, wrongAnswers,
			"Check what the model returns before it is used: parse it, hold it against the schema, look for the fields and words that must be there; retry elsewhere or say so when they are not",
			"hours", "no answer of the wrong form is passed off as right",
		},
		{
			"stale_answer", high, 1, harmOf(ledger.Stale, "got the answer to another question that they had asked"),
			"Key caches and buffers by the whole question, and let no answer to an earlier turn end a later one; when an old answer is all there is, say that it is old",
			"hours", "every answer is to the question asked, or says that it is not",
		},
		{
			"lost_answer", high, 1, harmOf(ledger.Lost, "were told that their answer comes later, and it never came"),
			"Write accepted work down before you say so, take it off the list only when its answer can be had, and retry what failed until then; tell the user when it cannot be done",
			"days", "whatever was accepted is delivered, or taken back in words",
		},
		{
			"hangs", high, 1, harmOf(ledger.Hang, "had no end to their request within its timeout"),
			"Give every call a deadline well below your users' patience: one for the first token, one for each silence, one for the whole. The SDKs' default is 600 s",
			"an hour", "no request outlives its timeout; errors and fallbacks come in time",
		},
		{
			"duplicate_effect", high, 1, duplicatedEffect,
			"Give each effect an idempotency key of the request's own, the same on every retry, and ask the service what became of the first call before it is called again; where it takes no keys, retry only what was refused",
			"hours; a day where the service must learn to take the key", "a mail is sent and an order booked once, however often the call is repeated",
		},
		{
			"no_fallback", high, measure.LeastInstances, noFallback,
			"Add a second provider that takes over when the first fails: on refusals, timeouts and broken streams alike, with a breaker so that it takes over at once when failures go on",
			"days: prompts must be tried on both", "users are served while one provider is down",
		},
		{
			"not_recovered", high, measure.LeastInstances, notRecovered,
			"Let the app get out of its own overload: cap queues and drop what is too old, keep a retry budget, and close breakers by probes and not by restarts",
			"days", "users are served within seconds of the provider's recovery, with nobody's help",
		},
		{
			"breaker_stuck", high, measure.LeastInstances, breakerNeverCloses,
			"Close the breaker when its probes succeed: a few good answers in a row, then all the traffic, or a growing share of it",
			"hours", "the provider is back in use within seconds of its recovery",
		},
		{
			"retry_storm", high, measure.LeastInstances, retryStorm,
			"Cap retries at two per call, and give all calls together a retry budget of 10 % of the traffic; stop retrying while a breaker is open",
			"hours", "amplification of 1.1 × or less: the provider recovers sooner, and your bill is not multiplied",
		},
		{
			"doubles_requests", high, measure.LeastInstances, doublesRequests,
			"Retry one call with one attempt at a time; where a second one beside it is meant (a hedge), send it elsewhere, once, and end the loser",
			"an hour", "the bill of an outage is that of a normal day; limits last longer",
		},
		{
			"retry_after_ignored", high, measure.LeastInstances, retryAfterIgnored,
			"Wait as long as Retry-After says (seconds, a date, or retry-after-ms) before the same provider is asked again; go elsewhere or tell the user when that is too long",
			"an hour; the official SDKs do it", "fewer refusals, and no longer ban for coming back too soon",
		},
		{
			"starves_critical", high, measure.LeastInstances, starves,
			"Give critical work its own share of workers, connections and limits, and pause what can wait as soon as answers get slow or scarce",
			"days", "users in front of a screen are the last to notice",
		},
		{
			"fallback_only_on_some", high, measure.LeastInstances, someFallback,
			"Let every failure of a call lead to the next provider: 429, 5xx, 401, a spent quota, 404 of a model, timeouts and broken connections alike; only what is wrong with the request itself (400, 422) may end there",
			"hours", "what kind of outage it is stops to matter to users",
		},
		{
			"fallback_only_before_first_token", medium, measure.LeastInstances, earlyFallback,
			"When a stream breaks after its first words, ask the next provider as well: tell the client to drop what it has (a restart event), or hold the first words back until the answer is safe",
			"days, on both sides of the stream", "an answer that breaks off costs a pause, not the answer",
		},
		{
			"single_provider", medium, measure.LeastInstances, singleProvider,
			"Give the app a second provider, or the same models at a second home, and drill that",
			"days: prompts must be tried on both", "an outage of one provider is no outage of yours",
		},
		{
			"fallback_saturated", medium, measure.LeastInstances, fallbackSaturated,
			"Give the fallback limits that carry the whole traffic, or shed what can wait before it is sent there; a second fallback spreads the rest",
			"a quota request; hours for shedding", "the second provider answers all that the first one cannot",
		},
		{
			"no_backoff", medium, measure.LeastInstances, noBackoff,
			"Wait before a retry, twice as long each time, with full jitter: a random time up to 0.5 s, 1 s, 2 s …",
			"an hour", "retries that meet a provider which had time to recover",
		},
		{
			"no_jitter", medium, measure.LeastInstances, noJitter,
			"Draw each pause at random, from 0 up to the doubling limit (full jitter), so that those who failed together do not come back together",
			"minutes", "retries spread evenly; a provider that recovers is not pushed over again",
		},
		{
			"synchronised", medium, measure.LeastInstances, synchronised,
			"Take retries off the clock: no fixed timers, no waking of all waiters at once, and some random time on top of Retry-After and of a limit's reset",
			"hours", "arrivals that vary no more than those of independent users",
		},
		{
			"hopeless_retries", medium, measure.LeastInstances, hopelessRetried,
			"Retry only what can change: 408, 409, 429 without an exhausted quota, 5xx and broken connections. Hand 400, 401, 403, 404, 422 and quota errors to the fallback at once",
			"an hour", "users of a failing key or model are served or told in the time of one call",
		},
		{
			"dead_primary_first", medium, measure.LeastInstances, deadPrimaryFirst,
			"Put a breaker before the provider: after a few failures go straight to the next one, and let single requests probe the first",
			"hours", "users stop paying a failed attempt each; the dead provider is left in peace",
		},
		{
			"herd_on_return", medium, measure.LeastInstances, herdOnReturn,
			"Come back in steps: a few probes, then a tenth, a half, all of the traffic over a minute, and let queues drain at the usual rate",
			"hours", "a provider that has just recovered meets its usual traffic, not twice of it",
		},
		{
			"flapping", medium, measure.LeastInstances, flapping,
			"Make coming back harder than leaving: some good probes in a row before the route changes, a longer pause after each failed try, and no switch on one success",
			"hours", "one change of route per outage, and one back",
		},
		{
			"slow_ignored", medium, measure.LeastInstances, slowIgnored,
			"Treat a first token that does not come in time as a failure: a deadline of three times the usual, then the next provider, or a hedged second attempt",
			"hours", "a brownout costs seconds, not minutes",
		},
		{
			"gibberish_passed_on", medium, measure.LeastInstances, wrongContent(false, "got word salad, a refusal, a loop or another language, passed off as an answer"),
			"Check answers that matter (script, length, repetition, a refusal's words; a cheap judge on a sample), ask another model when one fails, and raise an alarm when many do",
			"days", "a model that has gone bad is noticed by you and not by your users",
		},
		{
			"undeclared_template", medium, measure.LeastInstances, ownTemplate,
			"Say when an answer is not the model's: a field or header in the reply, and a word to the user",
			"hours", "users and dashboards can tell an answer from an apology",
		},
		{
			"orphaned_work", medium, measure.LeastInstances, orphaned,
			"Pass the request's cancellation on to every call (an abort signal, a context), and end the losers of a race",
			"hours", "providers stop working, and charging, for users who are gone",
		},
		{
			"context_lost", medium, measure.LeastInstances, contextLost,
			"Hand the whole conversation to whichever provider answers: keep it in the app and not in one provider's thread or cache, and build each prompt from it",
			"hours to days", "users go on with their conversation when the provider changes",
		},
		{
			"raw_error", medium, measure.LeastInstances, rawError,
			"Map provider errors to words of your own: what happened, whether it is worth trying again, and when",
			"hours", "users know what to do; your provider, models and limits stay your business",
		},
		{
			"unknown_paths", medium, measure.LeastInstances, unknownPaths,
			"Check base URLs and which endpoints the app calls; this drill could not exercise them",
			"minutes", "a drill that covers every call",
		},
		{
			"not_failed_back", low, measure.LeastInstances, notFailedBack,
			"Probe the first provider while the breaker is open, a request every few seconds, and go back to it when the probes succeed",
			"hours", "back at the primary, its price and its quality, within seconds of its recovery",
		},
	}
}

// A sighting is what a look at the ledger came to.
type sighting struct {
	sentence string
	count    int
	lines    []int
	journeys map[string]bool
}

// A looker looks for what a drill shows about its app.
type looker struct{ *measure.Meter }

// All looks for everything in the table.
func All(m *measure.Meter) []Finding {
	l := &looker{m}
	found := []Finding{}
	if !l.HasSetup {
		return found
	}
	for _, row := range Kinds() {
		s := row.look(l)
		if s.count < row.Needs {
			continue
		}
		found = append(found, Finding{
			Code: row.Code, Severity: row.Severity, Sentence: s.sentence, Count: s.count,
			Advice:   row.Change + ". Effort: " + row.Effort + ". Expect: " + row.Expect + ".",
			Evidence: append([]int{}, s.lines...), Journeys: slices.Sorted(maps.Keys(s.journeys)),
		})
	}
	rank := map[string]int{"high": 0, "medium": 1, "low": 2}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Compare(rank[a.Severity], rank[b.Severity])
	})
	return found
}

// see counts an instance: the log line that shows it, and whose request it was.
func (s *sighting) see(l *looker, line, visit int32) {
	s.count++
	if len(s.lines) < linesKept {
		s.lines = append(s.lines, int(line))
	}
	if visit == ledger.None {
		return
	}
	if s.journeys == nil {
		s.journeys = map[string]bool{}
	}
	s.journeys[l.Journeys.Word(l.Visits[visit].Journey)] = true
}
