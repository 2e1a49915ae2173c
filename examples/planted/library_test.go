package main_test

import (
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
		{"connection-refused", "no_fallback", "no_fallback"},
		{"degraded-streaming", "not_midway", "fallback_only_before_first_token"},
		{"error-mid-stream", "splices", "spliced_answer"},
		{"gateway-timeouts", "has_no_deadline", "hangs"},
		{"key-revoked", "retries_401", "hopeless_retries"},
		{"quota-dead", "retries_quota", "hopeless_retries"},
		{"rate-limit-surge", "ignores_retry_after", "retry_after_ignored"},
		{"server-errors", "dead_primary_first", "dead_primary_first"},
		{"slow-but-200", "sits_slowness_out", "slow_ignored"},
		{"smoke", "no_fallback", "no_fallback"},
		{"stall-with-keepalives", "has_no_deadline", "hangs"},
		{"truncated-streams", "takes_halves", "truncated_answer"},
	}
}

// flagship asks four things of an app, of which this one knows one; the support
// bots are held against it.
const flagship = "ai-brownout"

// asPlanted is a shipped scenario in which the second provider speaks what the app
// speaks.
func asPlanted(scenario string) string {
	return "version: 1\nextends: builtin:" + scenario + `
providers:
  primary: {models: {gpt-4o-mini: &pace {ttft: {p50: 250ms, p99: 800ms}, gap: {p50: 10ms, p99: 25ms}, tokens: {p50: 40, p99: 70}}}}
  secondary: {dialect: openai, models: {gpt-4o-mini: *pace}}
`
}

// A shipped scenario shows what it teaches about an app that has it to learn, and
// nothing about one that has not, which meets all bars.
func TestShippedScenariosTeach(t *testing.T) {
	all := lessons()
	for _, e := range library.List() {
		i := slices.IndexFunc(all, func(l lesson) bool { return l.scenario == e.Name })
		if e.Name == flagship {
			continue
		}
		if i < 0 || !slices.Contains(e.Teaches, all[i].finding) {
			t.Errorf("%s says that it teaches %q, and no row of lessons shows one of them", e.Name, e.Teaches)
		}
	}
	for _, l := range all[:min(len(all), sample)] {
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
