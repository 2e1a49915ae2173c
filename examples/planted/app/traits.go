package app

import (
	"fmt"
	"strconv"
	"time"
)

// A Trait is one way to meet an outage, and how a drill shows it.
type Trait struct {
	Name  string
	Value string // that it has by itself and is drilled with; "": it takes none
	Does  string // what the app does with it
	// Opposite is what the app is given in its place to see that the trait is not
	// found where it is not; "" is no trait at all.
	Opposite string
	Drill    string   // of [Drills], the one that shows it
	Findings []string // codes that the card then has, and no others
	Figures  []Figure // that the card then has
	set      setter
}

// Flag is the trait as --trait takes it.
func (t Trait) Flag() string {
	if t.Value == "" {
		return t.Name
	}
	return t.Name + "=" + t.Value
}

// A Figure is what a card must say.
type Figure struct {
	Metric string // of the card, or the code of a finding: how often it was seen
	// Is is a number in the metric's unit; "value": the trait's, in that unit; or
	// the name of something that the app logs: as often as it did it.
	Is     string
	Within float64 // the resolution, in the same unit; 0: exactly
}

// String writes the figure for people.
func (f Figure) String() string {
	is := f.Is
	switch _, err := strconv.ParseFloat(is, 64); {
	case err == nil:
	case is == "value":
		is = "as given"
	default:
		is = "as often as the app logs `" + is + "`"
	}
	if f.Within > 0 {
		return fmt.Sprintf("%s %s ± %g", f.Metric, is, f.Within)
	}
	return f.Metric + " " + is
}

// Traits is the table of all that can be planted.
func Traits() []Trait {
	var all []Trait
	for _, part := range [][]Trait{turning(), retrying(), breaking(), choosing(), answering(), remembering(), crowding()} {
		all = append(all, part...)
	}
	return all
}

// rate is what requests are apart in a drill, in seconds: nothing that is told by
// who was served is known any closer.
const rate = 0.1

// turning are traits of when another provider is asked.
func turning() []Trait {
	return []Trait{
		{
			Name: "failover_after", Value: "3s", Does: "asks the next provider only when the primary has failed for so long",
			Drill: "down", Figures: []Figure{{"failover_time", "value", rate}},
			set: lasting(func(r *rules, d time.Duration) { r.after = d }),
		},
		{
			Name: "no_fallback", Does: "asks nobody else when the primary fails",
			Drill: "down", Findings: []string{"no_fallback"},
			set: does(func(r *rules) { r.stays = []cause{limited, server, timeout, broken, denied, bad, quota, away} }),
		},
		{
			Name: "dead_primary_first", Does: "has no breaker: every request tries the primary first",
			Drill: "down", Findings: []string{"dead_primary_first"}, Figures: []Figure{{"dead_attempts", "1", 0}},
			set: does(func(r *rules) { r.breaker.after = 0 }),
		},
		{
			Name: "never_fails_back", Does: "stays with the next provider for good once the primary's breaker has opened",
			Drill: "down", Findings: []string{"not_failed_back"},
			set: does(func(r *rules) { r.neverBack = true }),
		},
		{
			Name: "sits_slowness_out", Does: "waits ten times as long for the first token",
			Drill: "slow", Findings: []string{"slow_ignored"},
			set: does(func(r *rules) { r.firstToken *= 10 }),
		},
		{
			Name: "has_no_deadline", Does: "waits 20 s for the first token, longer than its users",
			Drill: "stuck", Findings: []string{"hangs", "no_fallback"},
			set: does(func(r *rules) { r.firstToken *= 20 }),
		},
		{
			Name: "outwaits_users", Value: "4s", Does: "waits so long for the first token, longer than its users stay",
			Opposite: "works_on",
			Drill:    "impatient",
			set:      lasting(func(r *rules, d time.Duration) { r.firstToken = d }),
		},
		{
			Name: "works_on", Value: "4s", Does: "the same, and goes on when the user has left",
			Opposite: "outwaits_users",
			Drill:    "impatient", Findings: []string{"orphaned_work"},
			set: lasting(func(r *rules, d time.Duration) {
				r.firstToken, r.worksOn = d, true
			}),
		},
		{
			Name: "hedges", Value: "300ms", Does: "asks the next provider too when there is no answer by then, and takes the first that is whole",
			Drill: "slow", Figures: []Figure{{"detection_time_p50", "value", 0}},
			set: lasting(func(r *rules, d time.Duration) { r.hedge = d }),
		},
		{
			Name: "hedges_without_end", Value: "300ms", Does: "hedges, and lets the slower answer go on when it has the faster one",
			Opposite: "hedges",
			Drill:    "slow", Findings: []string{"orphaned_work"}, Figures: []Figure{{"orphaned_work", "hedges_without_end", 0}},
			set: lasting(func(r *rules, d time.Duration) {
				r.hedge, r.hedgesOn = d, true
				r.firstToken *= 10
			}),
		},
		{
			Name: "waits_for_primary", Value: "4s", Does: "lets requests wait so long for the primary's breaker to close, before it asks the next provider",
			Drill: "down", Findings: []string{"herd_on_return"},
			set: lasting(func(r *rules, d time.Duration) { r.waits = d }),
		},
		{
			Name: "only_on_5xx", Does: "asks the next provider when the primary errs, and on no other failure",
			Drill: "mixed", Findings: []string{"fallback_only_on_some", "fallback_only_before_first_token"},
			set: does(func(r *rules) { r.stays = []cause{limited, timeout, broken, denied, bad, quota} }),
		},
		{
			Name: "not_on_429", Does: "does not ask the next provider after a 429",
			Drill: "mixed", Findings: []string{"fallback_only_on_some"},
			set: does(func(r *rules) { r.stays = []cause{limited} }),
		},
		{
			Name: "not_on_timeouts", Does: "does not ask the next provider after a timeout",
			Drill: "mixed", Findings: []string{"fallback_only_on_some"},
			set: does(func(r *rules) { r.stays = []cause{timeout} }),
		},
		{
			Name: "not_midway", Does: "does not ask the next provider when the user has got some of the answer",
			Drill: "mixed", Findings: []string{"fallback_only_before_first_token"},
			set: does(func(r *rules) { r.staysMidway = true }),
		},
	}
}

// retrying are traits of asking the same provider again.
func retrying() []Trait {
	return []Trait{
		{
			Name: "retries_at_once", Value: "3", Does: "asks the primary again at once, so many times",
			Drill: "flaky", Findings: []string{"no_backoff"}, Figures: []Figure{{"no_backoff", "retry_5xx", 0}, {"500 or 503: retried at once", "retry_5xx", 0}},
			set: counting(func(r *rules, n int) { r.retries, r.pause.first = n, 0 }),
		},
		{
			Name: "doubles", Does: "asks twice at a time after an error",
			Drill: "flaky", Findings: []string{"doubles_requests"},
			set: does(func(r *rules) { r.retries, r.doubles = 1, true }),
		},
		{
			Name: "storms", Value: "4", Does: "asks the primary so many times again, and has no breaker",
			Drill: "sinking", Findings: []string{"retry_storm"}, Figures: []Figure{{"500 or 503: retried after a pause", "retry_5xx", 0}},
			set: counting(func(r *rules, n int) { r.retries, r.breaker.after = n, 0 }),
		},
		{
			Name: "asks_the_dead", Value: "3", Does: "asks the primary so many times in all, 300 ms each, though it hears nothing, and has no breaker",
			Drill: "hole", Findings: []string{"retry_storm"}, Figures: []Figure{{"retry_amplification", "value", 0.1}},
			set: counting(func(r *rules, n int) {
				r.retries, r.breaker.after, r.pause.first = n-1, 0, 50*time.Millisecond
				r.firstToken = 300 * time.Millisecond
			}),
		},
		{
			Name: "backs_off", Value: "250ms", Does: "asks again after so long, then twice as long, four times at most: always the same pauses",
			Opposite: "backs_off_at_random",
			Drill:    "flaky", Findings: []string{"no_jitter"}, Figures: []Figure{{"backoff_base", "value", 0.025}, {"backoff_growth", "2", 0}, {"backoff_jitter", "0", 0}},
			set: lasting(func(r *rules, d time.Duration) { r.retries, r.pause = 4, pause{first: d, steady: true} }),
		},
		{
			Name: "backs_off_for_minutes", Value: "1s", Does: "the same seven times, pausing a minute at most",
			Opposite: "backs_off_at_random",
			Drill:    "patient", Findings: []string{"no_jitter"}, Figures: []Figure{{"backoff_growth", "2", 0}, {"backoff_jitter", "0", 0}},
			set: lasting(func(r *rules, d time.Duration) {
				r.retries, r.pause = 7, pause{first: d, most: time.Minute, steady: true}
			}),
		},
		{
			Name: "backs_off_at_random", Value: "250ms", Does: "the same four times at most, half of each pause being drawn",
			Opposite: "backs_off",
			Drill:    "flaky", Figures: []Figure{{"backoff_base", "0.1875", 0.02}, {"backoff_jitter", "0.19", 0.03}},
			set: lasting(func(r *rules, d time.Duration) { r.retries, r.pause = 4, pause{first: d} }),
		},
		{
			Name: "retries_on_the_clock", Does: "asks again when the next second begins",
			Drill: "busy", Findings: []string{"synchronised"},
			set: does(func(r *rules) { r.retries, r.onClock = 1, true }),
		},
		{
			Name: "ignores_retry_after", Does: "asks the primary again within half a second, whatever Retry-After says",
			Opposite: "obeys_retry_after",
			Drill:    "limited", Findings: []string{"retry_after_ignored"}, Figures: []Figure{{"retry_after_compliance", "0", 0}, {"retry_after_ignored", "retry_429", 0}, {"429 with Retry-After: retried before it was told to", "retry_429", 0}},
			set: does(func(r *rules) { r.retries = 1 }),
		},
		{
			Name: "caps_retry_after", Value: "1s", Does: "waits no longer than that, whatever Retry-After says",
			Opposite: "obeys_retry_after",
			Drill:    "limited", Findings: []string{"retry_after_ignored"}, Figures: []Figure{{"retry_after_compliance", "0", 0}, {"retry_after_ignored", "retry_429", 0}, {"429 with Retry-After: retried before it was told to", "retry_429", 0}},
			set: lasting(func(r *rules, d time.Duration) {
				r.retries, r.pause.obeys, r.pause.told = 1, true, d
			}),
		},
		{
			Name: "obeys_retry_after", Does: "asks the primary again when the time is over that Retry-After says",
			Opposite: "ignores_retry_after",
			Drill:    "limited", Figures: []Figure{{"retry_after_compliance", "1", 0}, {"429 with Retry-After: waited as told", "retry_429", 0}},
			set: does(func(r *rules) { r.retries, r.pause.obeys = 1, true }),
		},
		{
			Name: "retries_401", Does: "asks again after a 401", Drill: "denied",
			Findings: []string{"hopeless_retries"}, Figures: []Figure{{"hopeless_retries", "retry_401", 0}, {"401 or 403: retried after a pause", "retry_401", 0}},
			set: does(retriesAlso(denied)),
		},
		{
			Name: "retries_400", Does: "asks again after a 400", Drill: "bad",
			Findings: []string{"hopeless_retries"}, Figures: []Figure{{"hopeless_retries", "retry_400", 0}, {"400, 404 or 422: retried after a pause", "retry_400", 0}},
			set: does(retriesAlso(bad)),
		},
		{
			Name: "retries_quota", Does: "asks again when the quota is used up", Drill: "spent",
			Findings: []string{"hopeless_retries"}, Figures: []Figure{{"hopeless_retries", "retry_quota", 0}, {"spent quota: retried after a pause", "retry_quota", 0}},
			set: does(retriesAlso(quota)),
		},
	}
}

// retriesAlso asks once more.
func retriesAlso(c cause) func(*rules) {
	return func(r *rules) {
		r.again = append(r.again, c)
		r.retries = 1
	}
}

// breaking are traits of breakers.
func breaking() []Trait {
	return []Trait{
		{
			Name: "breaker_after", Value: "4", Does: "keeps requests from the primary after so many failures in a row",
			Drill: "down", Figures: []Figure{{"breaker_open_attempts", "failed_before_opening", 0}},
			set: counting(func(r *rules, n int) { r.breaker.after = n }),
		},
		{
			Name: "breaker_open", Value: "1500ms", Does: "keeps them from it for so long",
			Drill: "down", Figures: []Figure{{"breaker_probe_rate", "0.67", 0.07}},
			set: lasting(func(r *rules, d time.Duration) { r.breaker.open = d }),
		},
		{
			Name: "half_open_to_all", Does: "then lets everybody through until the first of them has an answer",
			Drill: "dragging", Figures: []Figure{{"breaker_half_open_burst", "0.9", 0.1}},
			set: does(func(r *rules) { r.breaker.all = true }),
		},
		{
			Name: "breaker_at", Value: "15%", Does: "keeps requests from the primary when such a share of the last 20 failed",
			Drill: "shaky", Findings: []string{"flapping"}, Figures: []Figure{{"breaker_open_attempts", "failed_before_opening", 0}},
			set: sharing(func(r *rules, p float64) { r.breaker.share = p }),
		},
		{
			Name: "breaker_never_closes", Does: "goes on probing when a probe is answered",
			Drill: "down", Findings: []string{"breaker_stuck"},
			set: does(func(r *rules) { r.breaker.closes = false }),
		},
		{
			Name: "forgets", Value: "5s", Does: "loses what it knows of its providers every so often, as it does on SIGHUP",
			Drill: "down", Figures: []Figure{{"breaker_half_open_burst", "1", 0}},
			set: lasting(func(r *rules, d time.Duration) { r.forgets = d }),
		},
	}
}

// choosing are traits of whose work comes first.
func choosing() []Trait {
	return []Trait{
		{
			Name: "users_last", Value: "12", Does: "has so many places, and gives users half of them",
			Opposite: "users_first",
			Drill:    "crowded", Findings: []string{"starves_critical"},
			set: counting(func(r *rules, n int) { r.places = n }),
		},
		{
			Name: "users_first", Value: "12", Does: "has so many places, and gives work that can wait half of them",
			Opposite: "users_last",
			Drill:    "crowded", Figures: []Figure{{"critical_first", "1", 0.2}},
			set: counting(func(r *rules, n int) { r.places, r.usersFirst = n, true }),
		},
		{
			Name: "pauses_deferrable", Value: "800ms", Does: "turns work away that can wait while first tokens take longer",
			Drill: "sluggish", Figures: []Figure{{"critical_first", "1", 0.1}},
			set: lasting(func(r *rules, d time.Duration) { r.calmBelow = d }),
		},
	}
}

// answering are traits of what the user gets.
func answering() []Trait {
	return []Trait{
		{
			Name: "takes_halves", Does: "takes an answer that ends for whole",
			Drill: "halves", Findings: []string{"truncated_answer"}, Figures: []Figure{{"truncated_answer", "truncated", 0}, {"harm", "truncated", 0}, {"truncation: took it for good", "truncated", 0}},
			set: does(func(r *rules) { r.takesHalves = true }),
		},
		{
			Name: "repeats_effects", Does: "calls its tool again when that does not answer, without an idempotency key",
			Drill: "repeating", Findings: []string{"duplicate_effect"},
			Figures: []Figure{{"duplicate_effect", "repeats_effects", 0}, {"duplicate_effects", "repeats_effects", 0}},
			set:     does(func(r *rules) { r.keyless = true }),
		},
		{
			Name: "takes_refusals", Does: "takes a refusal for an answer",
			Drill: "unwilling", Findings: []string{"gibberish_passed_on"}, Figures: []Figure{{"gibberish_passed_on", "takes_refusals", 0}, {"bad content: took it for good", "takes_refusals", 0}},
			set: does(func(r *rules) { r.takesRefusals = true }),
		},
		{
			Name: "takes_nonsense", Does: "takes word salad and words of another script for an answer",
			Drill: "raving", Findings: []string{"gibberish_passed_on"}, Figures: []Figure{{"gibberish_passed_on", "takes_nonsense", 0}, {"bad content: took it for good", "takes_nonsense", 0}},
			set: does(func(r *rules) { r.takesNonsense = true }),
		},
		{
			Name: "needs_pages", Does: "has no answer to a question that it cannot look up",
			Drill: "unindexed", Findings: []string{"no_fallback"},
			set: does(func(r *rules) { r.needsPages = true }),
		},
		{
			Name: "takes_broken_json", Does: "takes a document for an answer that does not parse",
			Drill: "garbled", Findings: []string{"broken_json_passed_on"}, Figures: []Figure{{"broken_json_passed_on", "takes_broken_json", 0}, {"harm", "takes_broken_json", 0}, {"bad content: took it for good", "takes_broken_json", 0}},
			set: does(func(r *rules) { r.takesBrokenJSON = true }),
		},
		{
			Name: "splices", Does: "goes on with another provider's answer where one broke off",
			Opposite: "restarts",
			Drill:    "broken", Findings: []string{"spliced_answer"}, Figures: []Figure{{"spliced_answer", "splices", 0}, {"harm", "splices", 0}, {"cut: went on with another's words", "splices", 0}},
			set: does(func(r *rules) { r.splices = true }),
		},
		{
			Name: "restarts", Does: "takes back what broke off before it begins anew, as it does by itself",
			Opposite: "splices",
			Drill:    "broken", Figures: []Figure{{"harm", "0", 0}, {"availability", "1", 0}},
			set: does(func(r *rules) { r.splices = false }),
		},
		{
			Name: "foreign", Value: "20%", Does: "answers that share of the requests that the primary failed with the last answer to somebody else",
			Drill: "down", Findings: []string{"foreign_answer"}, Figures: []Figure{{"foreign_answer", "foreign", 0}},
			set: sharing(func(r *rules, p float64) { r.foreign = p }),
		},
		{
			Name: "template", Does: "has a prepared text when no provider answers, and owns up to it",
			Opposite: "template_as_answer",
			Drill:    "dark", Figures: []Figure{{"degraded_share", "1", 0}},
			set: does(func(r *rules) { r.end = byTemplate("template", true) }),
		},
		{
			Name: "template_as_answer", Does: "has a prepared text when no provider answers, and does not own up to it",
			Opposite: "template",
			Drill:    "dark", Findings: []string{"undeclared_template"}, Figures: []Figure{{"undeclared_template", "template_as_answer", 0}},
			set: does(func(r *rules) { r.end = byTemplate("template_as_answer", false) }),
		},
		{
			Name: "raw_error", Does: "shows the provider's own error",
			Drill: "dark", Findings: []string{"raw_error"}, Figures: []Figure{{"raw_error", "raw_error", 0}, {"500 or 503: leaked it to the user", "raw_error", 0}},
			set: does(func(r *rules) { r.end = withItsWords }),
		},
		{
			Name: "leaks_key", Does: "shows a key in its error",
			Drill: "dark", Findings: []string{"key_leaked"}, Figures: []Figure{{"key_leaked", "leaks_key", 0}, {"harm", "leaks_key", 0}},
			set: does(func(r *rules) { r.end = withTheKey }),
		},
		{
			Name: "hangs", Does: "never ends a request that no provider answers",
			Drill: "dark", Findings: []string{"hangs"}, Figures: []Figure{{"hangs", "hangs", 0}, {"harm", "hangs", 0}},
			set: does(func(r *rules) { r.end = notAtAll }),
		},
	}
}

// remembering are traits of what an app knows of earlier questions.
func remembering() []Trait {
	return []Trait{
		{
			Name: "stale", Does: "gives the session's last answer again when no provider answers",
			Opposite: "stale_declared",
			Drill:    "speechless", Findings: []string{"stale_answer"}, Figures: []Figure{{"stale_answer", "stale", 0}, {"harm", "stale", 0}},
			set: does(func(r *rules) { r.end = fromMemory("stale", false) }),
		},
		{
			Name: "stale_declared", Does: "the same, and owns up to it",
			Opposite: "stale",
			Drill:    "speechless", Figures: []Figure{{"harm", "0", 0}},
			set: does(func(r *rules) { r.end = fromMemory("stale_declared", true) }),
		},
		{
			Name: "mixes_sessions_up", Does: "gives another session's last answer when no provider answers",
			Drill: "speechless", Findings: []string{"foreign_answer"}, Figures: []Figure{{"foreign_answer", "mixes_sessions_up", 0}},
			set: does(func(r *rules) { r.end = fromAnothers }),
		},
		{
			Name: "loses_context", Does: "tells the next provider the last question, and not what was said before",
			Drill: "talks", Findings: []string{"context_lost"}, Figures: []Figure{{"context_kept", "0", 0.2}},
			set: does(func(r *rules) { r.losesContext = true }),
		},
		{
			Name: "caches", Does: "keeps its answers, and gives them to who asks the same again",
			Drill: "repeated", Figures: []Figure{{"cache_share", "1", 0}},
			set: does(func(r *rules) { r.caches = true }),
		},
		{
			Name: "puts_off", Does: "accepts what no provider answers, and answers it when it is next asked for: all of it at once",
			Opposite: "puts_off_and_loses",
			Drill:    "postponed", Findings: []string{"herd_on_return"}, Figures: []Figure{{"harm", "0", 0}},
			set: does(func(r *rules) { r.end = putsOff("puts_off") }),
		},
		{
			Name: "puts_off_and_loses", Does: "accepts what no provider answers, and forgets it",
			Opposite: "puts_off",
			Drill:    "postponed", Findings: []string{"lost_answer"}, Figures: []Figure{{"lost_answer", "puts_off_and_loses", 0}, {"harm", "puts_off_and_loses", 0}},
			set: does(func(r *rules) {
				r.end = putsOff("puts_off_and_loses")
				r.loses = true
			}),
		},
	}
}

// crowding are traits of too much work in one place.
func crowding() []Trait {
	return []Trait{
		{
			Name: "crowds_fallback", Does: "asks the next provider for everybody, as it does by itself",
			Opposite: "paces_fallback",
			Drill:    "narrow", Findings: []string{"fallback_saturated"}, Figures: []Figure{{"fallback_saturated", "crowds_fallback", 0}},
			set: does(func(r *rules) { r.paceAt = 0 }),
		},
		{
			Name: "paces_fallback", Value: "1s", Does: "asks the next provider no more often than that, and turns the other users away",
			Opposite: "crowds_fallback",
			Drill:    "narrow", Figures: []Figure{{"fallback_share", "0.05", 0.05}},
			set: lasting(func(r *rules, d time.Duration) { r.paceAt = d }),
		},
		{
			Name: "queues", Value: "2", Does: "answers so many at a time, while the others wait as long as it takes",
			Drill: "tight", Findings: []string{"not_recovered"},
			set: counting(func(r *rules, n int) { r.queues = n }),
		},
	}
}
