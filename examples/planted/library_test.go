package main_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/library"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// A lesson is what a shipped scenario brings to light: with the trait the app has
// the finding.
type lesson struct{ scenario, trait, finding string }

func lessons() []lesson {
	return []lesson{
		{"anthropic-2026-04-28", "retries_401", "hopeless_retries"},
		{"anthropic-2026-05-15", "splices", "spliced_answer"},
		{"anthropic-2026-06-16", "retries_at_once", "no_backoff"},
		{"attachments-fail", "breaker_at=15%", "flapping"},
		{"azure-2026-01-27", "breaker_at=15%", "flapping"},
		{"azure-2026-03-09", "retries_400", "hopeless_retries"},
		{"backlog", "puts_off", "herd_on_return"},
		{"backlog", "puts_off_and_loses", "lost_answer"},
		{"batch-window", "retries_on_the_clock", "synchronised"},
		{"black-hole", "has_no_deadline", "hangs"},
		{"cert-expired", "no_fallback", "no_fallback"},
		{"cloudflare-2025-11-18", "raw_error", "raw_error"},
		{"cloudflare-2025-12-05", "template_as_answer", "undeclared_template"},
		{"connection-refused", "no_fallback", "no_fallback"},
		{"degraded-streaming", "not_midway", "fallback_only_before_first_token"},
		{"endpoint-selective", "needs_pages", "no_fallback"},
		{"error-mid-stream", "splices", "spliced_answer"},
		{"fallback-saturated", "breaker_at=15%", "fallback_saturated"},
		{"flapping", "breaker_at=15%", "flapping"},
		{"gateway-timeouts", "has_no_deadline", "hangs"},
		{"gibberish", "takes_nonsense", "gibberish_passed_on"},
		{"google-2025-06-12", "waits_for_primary", "herd_on_return"},
		{"google-2026-02-27", "storms", "retry_storm"},
		{"herd-spill", "storms", "retry_storm"},
		{"key-revoked", "retries_401", "hopeless_retries"},
		{"login-loop", "retries_401", "hopeless_retries"},
		{"long-prompts-fail", "works_on=20s", "orphaned_work"},
		{"maintenance", "breaker_never_closes", "breaker_stuck"},
		{"openai-2022-08-19", "no_fallback", "no_fallback"},
		{"openai-2023-11-08", "dead_primary_first", "dead_primary_first"},
		{"openai-2024-12-04", "has_no_deadline", "hangs"},
		{"openai-2024-12-11", "no_fallback", "no_fallback"},
		{"openai-2024-12-26", "needs_pages", "no_fallback"},
		{"openai-2025-06-10", "retries_at_once", "no_backoff"},
		{"openai-2026-02-12", "backs_off", "no_jitter"},
		{"openai-2026-06-03", "sits_slowness_out", "slow_ignored"},
		{"openai-down-azure-up", "not_on_429", "fallback_only_on_some"},
		{"quarterly", "dead_primary_first", "dead_primary_first"},
		{"quota-dead", "retries_quota", "hopeless_retries"},
		{"rate-limit-surge", "ignores_retry_after", "retry_after_ignored"},
		{"recovery-surge", "waits_for_primary", "herd_on_return"},
		{"regional-502", "no_fallback", "no_fallback"},
		{"retry-storm", "storms", "retry_storm"},
		{"server-errors", "dead_primary_first", "dead_primary_first"},
		{"shared-edge", "template_as_answer", "undeclared_template"},
		{"short-outage", "never_fails_back", "not_failed_back"},
		{"silent-quality", "takes_nonsense", "gibberish_passed_on"},
		{"slow-but-200", "sits_slowness_out", "slow_ignored"},
		{"slow-peak", "users_last=24", "starves_critical"},
		{"smoke", "no_fallback", "no_fallback"},
		{"stall-with-keepalives", "has_no_deadline", "hangs"},
		{"ten-percent-hour", "backs_off", "no_jitter"},
		{"tier-limits", "ignores_retry_after", "retry_after_ignored"},
		{"total-outage", "raw_error", "raw_error"},
		{"truncated-streams", "takes_halves", "truncated_answer"},
	}
}

// flagship asks four things of an app, of which this one knows one; the support
// bots are held against it.
const flagship = "ai-brownout"

// usersOf is how many users a second play a shipped scenario: half of most scenarios'
// suffice to show what they teach. It is "" where the load itself is the lesson, or
// the bars need all of them: that scenario is played as it is shipped.
func usersOf(scenario string) string {
	switch scenario {
	case "batch-window", "fallback-saturated", "openai-2024-12-04", "retry-storm", "slow-peak", "smoke":
		return ""
	case "quarterly": // 20 minutes, with 4/s
		return "2/s"
	}
	return "5/s"
}

// asPlanted is a shipped scenario in which the second provider speaks what the app
// speaks, and work that can wait is what it calls so. Answers take as long as they do
// in the scenario and have fewer tokens, for it is the tokens that take a test's time.
func asPlanted(scenario string) string {
	journeys, tokens := "", "gap: {p50: 25ms, p99: 60ms}, tokens: {p50: 16, p99: 22}"
	if rate := usersOf(scenario); rate != "" {
		journeys = "chat: {rate: " + rate + "}, "
	}
	const report = `content: {request: {path: /report, json: {message: "{{prompt}}"}, stream: true}, answer: {json: null, sse: "$.delta"}`
	switch scenario {
	case "slow-peak":
		journeys += report + "}"
	case "backlog":
		journeys += report + `, deliver: {path: "/later/{{ticket}}"}}`
	case "endpoint-selective", "openai-2024-12-26":
		journeys += `help: {request: {path: /chat, json: {message: "{{prompt}}", help: true}, stream: true}, answer: {json: null, sse: "$.delta"}}`
	case "gibberish": // of a few words nobody can say that they are word salad
		tokens = "gap: {p50: 10ms, p99: 25ms}, tokens: {p50: 40, p99: 70}"
	}
	return "version: 1\nextends: builtin:" + scenario + `
providers:
  primary: {models: {gpt-4o-mini: &pace {ttft: {p50: 250ms, p99: 800ms}, ` + tokens + `}}}
  secondary: {dialect: openai, models: {gpt-4o-mini: *pace}}
traffic: {journeys: {` + journeys + "}}\n"
}

// sampleSeed says which lessons are played where not all are.
var sampleSeed = flag.Uint64("sample-seed", 1, "which shipped scenarios the race detector plays")

// sampled are the lessons that are played: all, and under the race detector, which takes
// ten times as long, a few that the seed chooses.
func sampled() []lesson {
	all := lessons()
	luck := rand.New(rand.NewPCG(*sampleSeed, 0))
	luck.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	return all[:min(len(all), sample)]
}

// A shipped scenario shows what it teaches about an app that has it to learn, and
// nothing about one that has not, which meets all bars.
func TestShippedScenariosTeach(t *testing.T) {
	taught := map[string][]string{flagship: nil}
	for _, l := range lessons() {
		taught[l.scenario] = append(taught[l.scenario], l.finding)
	}
	for _, e := range library.List() {
		slices.Sort(e.Teaches)
		slices.Sort(taught[e.Name])
		if e.Name != flagship && !slices.Equal(taught[e.Name], e.Teaches) {
			t.Errorf("%s says that it teaches %q, the rows of lessons show %q", e.Name, e.Teaches, taught[e.Name])
		}
	}
	for _, l := range sampled() {
		t.Run(l.scenario, func(t *testing.T) {
			t.Parallel()
			with, without := play(t, asPlanted(l.scenario), l.trait), play(t, asPlanted(l.scenario))
			t.Logf("%s: %s", l.trait, strings.Join(with.codes(), ", "))
			if !slices.Contains(with.codes(), l.finding) {
				t.Errorf("with %s the findings are %q, want %s\n%s", l.trait, with.codes(), l.finding, with)
			}
			if with.Verdict != scorecard.Pass && with.Verdict != scorecard.Fail {
				t.Errorf("with %s the verdict is %s: %s", l.trait, with.Verdict, with.Sentence)
			}
			if len(without.Findings) > 0 || without.Verdict != scorecard.Pass {
				t.Errorf("without a trait: %s, with %q\n%s", without.Verdict, without.codes(), without)
			}
		})
	}
}
