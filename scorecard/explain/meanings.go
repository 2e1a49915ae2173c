package explain

// A meaning is what there is to know of a metric beyond its row.
type meaning struct {
	formula    string
	source     string // which ledger it is read from
	unmeasured string // when there is no value
}

// Where figures come from.
const (
	ofUsers     = "the user ledger: what the drill's own requests got, by when they were due"
	ofProviders = "the provider ledger: what arrived at the mocks, whoever it was for"
	ofMarks     = "the marks: what people, alarms and the app's status page told the drill, by when it reached the drill or by when they say that it was"
	ofBoth      = "both ledgers, each attempt joined to the request that it was made for"
)

// metricMeanings is how each metric is computed.
func metricMeanings() map[string]meaning {
	const (
		noRequest = "no request was due in the window"
		noJoin    = "less than 95 % of the attempts could be joined to their request"
		notMet    = "no request met the outage; attempts cannot be seen while the transport is down"
		settled   = "The first request from which it and the next four are yes, and enough of those due in the next 10 s and to the end of the window. Reported as [last no before, it]; \"> t\" when it never settled."
		detour    = "in the baseline most first attempts ask another provider for something else"
		fewLeft   = "fewer than 20 requests or 5 s to settle in; no request met the outage; another provider is this journey's primary"
	)
	share := func(of string) meaning {
		return meaning{of + " ÷ requests due; Wilson 95 % interval", ofUsers, noRequest}
	}
	slow := func(q, what, needs string) meaning {
		return meaning{
			q + " of " + what + " − due, by nearest rank. A request without an answer counts as its timeout: failing fast is not quick",
			ofUsers, "fewer than " + needs + " samples; \"> timeout\" where the quantile falls among the unanswered",
		}
	}
	until := func(what string) meaning {
		return meaning{
			what + ". The first such mark from then until another outage begins after this one; one made later for an earlier moment counts at that moment. 0 if the mark already stood when the outage began within another. \"> t\", t being the time that was left, when the mark could have come and did not: it misses a bar below t",
			ofMarks, "nothing could make the mark: no control API or alerting webhook was open, and no `watch` names it; the drill ended first",
		}
	}
	return map[string]meaning{
		"availability":      share("(good + fallback + cached, not slow)"),
		"usable_share":      share("(served well + declared lesser answers)"),
		"error_rate":        share("errors"),
		"degraded_share":    share("declared lesser answers"),
		"fallback_share":    share("answers by another provider or a declared smaller model"),
		"undeclared":        share("(harm + errors that are not clean, or later than slow_over.total)"),
		"harm":              {"foreign + spliced + truncated + stale + lost + hang + key shown, and wrong content that no parser takes", ofUsers, noRequest + "; the app rewrites answers, so nothing in them can be verified"},
		"users_affected":    {"sessions with a request not served well ÷ sessions active; without sessions each request is one", ofUsers, noRequest},
		"ttft_p50":          slow("median", "first content token", "1"),
		"ttft_p95":          slow("95th percentile", "first content token", "60"),
		"ttft_p99":          slow("99th percentile", "first content token", "300"),
		"latency_p50":       slow("median", "last byte", "1"),
		"latency_p95":       slow("95th percentile", "last byte", "60"),
		"latency_p99":       slow("99th percentile", "last byte", "300"),
		"max_gap_p99":       {"99th percentile of the longest silence between two content tokens of an answer", ofUsers, "fewer than 300 streamed answers"},
		"feedback_p95":      {"95th percentile of (what the progress rule accepts, first content token or the word that the answer comes later, whichever is first − due)", ofUsers, "no journey has a progress rule; fewer than 60 requests"},
		"time_to_error_p95": {"95th percentile of (error or declared answer − due)", ofUsers, "fewer than 60 of them"},

		"failover_time":      {settled + " Yes = served well, not by an attempt begun after the outage; requests that reached the faulted provider and were spared do not count. x = 90 %, and at least the healthy baseline − 5 points of all requests", ofBoth, fewLeft + "; no other provider was whole"},
		"failover_loss":      {"(1 − availability) × length of the window", ofUsers, noRequest},
		"failover_first":     {"first content token of the first fallback answer − first hit of the outage", ofBoth, notMet + "; nobody was answered by another provider"},
		"switch_time":        {settled + " Yes = first attempt elsewhere, x = 90 %", ofBoth, fewLeft + "; " + noJoin + "; " + detour},
		"detection_time_p50": {"median over calls of (first arrival at another provider − first at the faulted one)", ofBoth, "no call that met the outage went elsewhere"},
		"detection_time_p95": {"95th percentile over calls of (first arrival at another provider − first at the faulted one)", ofBoth, "fewer than 60 calls that met the outage went elsewhere"},
		"dead_attempts":      {"requests due ≥ 10 s after the first hit whose first attempt goes to a provider that is wholly down ÷ all of them", ofBoth, notMet + "; the provider was never wholly down"},
		"flaps":              {"changes of route in an outage − 1; the route is the provider of two thirds of the first attempts in 2 s (10 or more)", ofBoth, "the journey has no primary; fewer than 10 first attempts in 2 s; " + detour},
		"failover_tax_p50":   {"median over fallback answers of (the user's latency − that of the attempt that answered)", ofBoth, "no answer by a fallback"},
		"failover_tax_p95":   {"95th percentile over fallback answers of (the user's latency − that of the attempt that answered)", ofBoth, "fewer than 60 answers by a fallback"},

		"failback_time":      {settled + " Yes = first attempt at the primary, x = 95 % of its share in the baseline", ofBoth, fewLeft + "; first attempts never left the primary; " + detour},
		"failback_overshoot": {"highest 1 s of arrivals at the primary after the outage ÷ highest 1 s in the baseline", ofProviders, "the provider was not called before, or not after the outage"},
		"backlog_drain":      {"last answer delivered that was put off in the outage − the outage's end; more than that when one never came", ofUsers, "no answer was put off"},
		"recovery_lag":       {settled + " Yes = served well, x = the healthy baseline − 5 points, with arrivals ÷ requests of at most 1.1 × the baseline's", ofBoth, fewLeft + "; the drill ends before it can be told"},

		"retry_amplification":      {"the larger of attempts ÷ calls, and attempts per request ÷ the baseline's; at the worst provider. An attempt that was lost with its connection (blackhole, faults of TLS) counts per request, in the window in which it was lost, but in no call, for nobody knows whose it was; a connection on which nothing was asked is none, and one that was refused is seen by nobody", ofBoth, "no attempt was made, or refused connections were all; of one journey among several: some were lost, and may have been another's"},
		"retry_amplification_peak": {"highest 10 s of arrivals at one provider, attempts that were lost with their connections among them, ÷ arrivals per 10 s of baseline at all", ofBoth, "fewer than 50 arrivals in any 10 s; of one journey among several: some were lost, and may have been another's"},
		"retry_after_compliance":   {"1 − early ÷ (answers with Retry-After R that were retried at the same provider); early = less than R − max(50 ms, 5 % of R; 1 s for a date) after the answer's end", ofBoth, "no answer with Retry-After was retried"},
		"hopeless_retries":         {"retries after 400, 401, 403, 404, 422 or an exhausted quota", ofBoth, noRequest},
		"backoff_base":             {"median of the pauses before first retries; pause = end of the failed answer → retry, not after a Retry-After", ofBoth, "fewer than 5 first retries"},
		"backoff_growth":           {"median of (pause before a retry ÷ pause before the one before it, in one call); pause = end of the failed answer → retry, not after a Retry-After", ofBoth, "fewer than 5 calls with two pauses; immediate (median pause below 100 ms)"},
		"backoff_jitter":           {"standard deviation ÷ mean of the pauses before first retries", ofBoth, "fewer than 5 first retries; immediate (median below 100 ms)"},
		"synchrony":                {"variance ÷ mean of first retries per 100 ms, in stretches of 2 s with 20 or more, averaged; chance gives 1", ofBoth, "nowhere 20 first retries in 2 s"},

		"breaker_open_time":       {"last arrival before the first silence − first hit; a silence is ten users in a row, and half a second, without an arrival at their first choice", ofProviders, notMet + "; fewer than 5 arrivals a second in the baseline; no silence"},
		"breaker_open_attempts":   {"arrivals that met the fault, from the first hit to the first silence", ofProviders, "as breaker_open_time"},
		"breaker_probe_rate":      {"arrivals while the breaker is open ÷ that time", ofProviders, "as breaker_open_time; open for less than 5 s"},
		"breaker_half_open_burst": {"highest 1 s of arrivals among the probes ÷ highest 1 s in the baseline", ofProviders, "as breaker_open_time; no probe"},
		"breaker_false_opens":     {"silences at a provider without a fault, in the baseline and once its traffic was back", ofProviders, "fewer than 5 arrivals a second in the baseline; no primary"},
		"breaker_stuck":           {"1 if two seconds of usual traffic never came back to the provider after the outage, else 0", ofProviders, "as breaker_open_time; less than 15 s after the outage"},
		"pressure":                {"mean attempts in flight at the faulted provider, from first hit + 5 s to the outage's end, ÷ the baseline's", ofProviders, notMet + "; the outage is over 5 s after its first hit"},
		"key_spread":              {"attempts on the most used API key ÷ attempts, at the provider with the most", ofBoth, "no attempt carried a key"},
		"critical_first":          {"availability of critical journeys − that of deferrable ones", ofUsers, "95 % and more of all were served well; no journey is deferrable, or none critical"},

		"quality_retention": {"mean declared quality of the models whose answers served users well ÷ that of the baseline", ofBoth, "no model that answered has a `quality` in the scenario"},
		"cost_per_good":     {"Σ over attempts (prompt tokens × price.input + answer tokens × price.output) ÷ requests served well", ofBoth, "no model that was used has a `price` in the scenario; nobody was served well"},
		"bill":              {"cost of the window per second ÷ cost of the baseline per second", ofBoth, "no model that was used has a `price` in the scenario"},
		"budget_burn":       {"(1 − availability) × length ÷ ((1 − slo) × 30 days)", ofUsers, "the scenario names no `slo`"},

		"alert_time":         until("mark alert − the outage's beginning"),
		"acknowledged_time":  until("mark acknowledged − the outage's beginning"),
		"diagnosed_time":     until("first mark diagnosed that names the outage's provider and a fault that had begun there − the outage's beginning"),
		"degraded_mode_time": until("mark degraded_mode − the outage's beginning"),
		"status_time":        until("mark status − the outage's beginning"),
		"all_clear_time":     until("mark all_clear − the outage's end"),

		"wasted_tokens":     {"1 − tokens of attempts that went into well-served answers ÷ all tokens", ofBoth, "no tokens were counted"},
		"orphan_work":       {"Σ (end of the attempt − end of its user's request), where that is positive", ofBoth, noRequest},
		"cache_share":       {"repeated questions answered whole without an attempt ÷ repeated questions", ofBoth, "no question was repeated"},
		"context_kept":      {"follow-up turns whose prompt carries all earlier questions of the session that were answered by then ÷ follow-up turns that have such", ofBoth, "no journey has sessions; no prompt ever carried an earlier turn"},
		"duplicate_effects": {"Σ over intents of (executions − 1); an intent is a request's call of one tool, the request known by its nonce, else by the trace, else by the idempotency key", ofProviders, "no provider is a service with effects; no tool did anything for a request that is known"},
	}
}

// A seen is what a finding is told by.
type seen struct {
	when    string   // what must be seen, and from when on it counts
	metrics []string // that show it too
}

// findingMeanings is what each finding is told by.
func findingMeanings() map[string]seen {
	by := func(when string, metrics ...string) seen { return seen{when, metrics} }
	return map[string]seen{
		"app_died":                         by("The app's process ended during the drill."),
		"left_the_drill":                   by("The egress guard of an app that brownout started refused a connection to a real provider, once."),
		"key_leaked":                       by("A reply shows a provider key, once.", "harm"),
		"foreign_answer":                   by("A reply carries the nonce of another session's request, once.", "harm"),
		"spliced_answer":                   by("The user was left with words of two attempts, or a stretch missing or twice, once, and nothing took it back.", "harm"),
		"truncated_answer":                 by("A reply begins as a model's answer, lacks its end and claims success, once.", "harm"),
		"broken_json_passed_on":            by("The last answer that the app got was broken JSON or a broken tool call, and the reply claims success, once.", "harm"),
		"wrong_answer":                     by("A reply claims success and breaks the journey's own rules of what an answer looks like, once.", "harm"),
		"stale_answer":                     by("A reply carries the answer to an earlier question of the session, once.", "harm"),
		"lost_answer":                      by("A request was accepted for later and never delivered, once.", "harm"),
		"hangs":                            by("A request did not end within its journey's timeout, once.", "harm", "latency_p99"),
		"duplicate_effect":                 by("A tool did again what it had done for the same request, once.", "duplicate_effects"),
		"no_fallback":                      by("Requests of a journey failed at a faulted provider and none of the journey was tried elsewhere, though one provider was whole.", "availability", "failover_time"),
		"not_recovered":                    by("After all outages users stay unserved for as long as the outage, at most 60 s, though the baseline was healthy.", "recovery_lag"),
		"breaker_stuck":                    by("A breaker that opened never closed after the outage, though its probes were answered or its users were not.", "breaker_stuck", "failback_time"),
		"retry_storm":                      by("Amplification above 2 in a phase with faults.", "retry_amplification", "retry_amplification_peak"),
		"doubles_requests":                 by("After an error, attempts of the same call begun beside another that was not answered yet.", "retry_amplification"),
		"retry_after_ignored":              by("Less than 90 % of the retries waited as long as Retry-After said.", "retry_after_compliance"),
		"starves_critical":                 by("Deferrable requests were served better than critical ones in a phase, beyond what chance explains.", "critical_first"),
		"fallback_only_on_some":            by("Of one kind of failure before the first token none goes elsewhere, five and more let users down, and other kinds do go.", "availability"),
		"fallback_only_before_first_token": by("Answers that break off after their first token end in errors and never go elsewhere, while earlier failures do.", "availability"),
		"single_provider":                  by("Requests failed while the only provider of the drill had an outage.", "availability"),
		"fallback_saturated":               by("A provider without a fault turned away requests that had fled another, by limits of its own (429, 503, 529).", "fallback_share"),
		"no_backoff":                       by("The median pause before a retry is below 100 ms, or pauses grow by less than 1.3 ×; not after a Retry-After.", "backoff_growth"),
		"no_jitter":                        by("The pauses before first retries have a coefficient of variation below 0.05.", "backoff_jitter"),
		"synchronised":                     by("First retries per 100 ms have a variance above 5 × their mean in a phase.", "synchrony"),
		"hopeless_retries":                 by("Retries after 400, 401, 403, 404, 422 or an exhausted quota.", "hopeless_retries"),
		"dead_primary_first":               by("More than half of the requests due 10 s into a total outage still tried the dead provider first, and then went elsewhere.", "dead_attempts"),
		"herd_on_return":                   by("The provider's highest second after its outage is more than 2 × the baseline's highest, and no retry storm explains it.", "failback_overshoot"),
		"flapping":                         by("The route changed three times and more within one outage, other than one of capacity or limits alone: there the provider answers what it has room for.", "flaps"),
		"slow_ignored":                     by("Most requests that met slowness got a success too late, and no other provider was asked.", "ttft_p95", "latency_p95"),
		"gibberish_passed_on":              by("The last answer that the app got was word salad, a refusal, a loop or another language, and the reply claims success."),
		"undeclared_template":              by("Replies in an outage claim success, carry nothing of any provider, and no degraded rule matches.", "usable_share"),
		"orphaned_work":                    by("Attempts went on for more than a second after their user's request had ended.", "orphan_work", "wasted_tokens"),
		"context_lost":                     by("Follow-up turns reach a provider without the earlier turns of their session.", "context_kept"),
		"raw_error":                        by("Replies show the provider's own error text.", "undeclared"),
		"unknown_paths":                    by("Calls to paths that no mock has."),
		"not_failed_back":                  by("First attempts were not back at the primary 15 s after its outage.", "failback_time"),
	}
}
