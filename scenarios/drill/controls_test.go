package drill_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// plannedOutages are outages of each family that a control run plans and does not play.
func plannedOutages() []string {
	return []string{
		"{kind: server_error}",
		"{kind: rate_limit, share: 60%, retry_after: 2s}",
		"{kind: slow, factor: 8}",
		"{kind: stall, at: {token: 3}, share: 50%}",
		"{kind: truncate}",
		"{kind: gibberish, share: 30%}",
		"{kind: hang}",
		"{kind: overloaded}",
		"{kind: bad_gateway, cycle: {bad: 5s, ok: 5s}}",
	}
}

// controlScenario is a short drill with this outage, its requests sent as arrival says.
// Its answers take as long as usual and have fewer tokens, which are what takes a test's
// time.
func controlScenario(t *testing.T, outage, arrival string) string {
	t.Helper()
	const text = `version: 1
name: control
providers:
  primary: {dialect: openai, models: {gpt-4o: {ttft: {p50: 350ms, p99: 1.2s}, gap: {p50: 45ms, p99: 150ms}, tokens: {p50: 15, p99: 50}}}}
  secondary: {dialect: anthropic}
traffic:
  target: http://127.0.0.1:8000
  arrival: %s
  journeys:
    chat: {rate: 5/s, timeout: 10s, request: {method: POST, path: /chat, json: {message: "{{prompt}}"}, stream: true}}
phases:
  - {name: baseline, for: 10s}
  - {name: outage, for: 10s, faults: [{provider: primary, %s]}
  - {name: recovery, for: 10s}
bars:
  - {metric: availability, min: 90%%}
  - {metric: harm, max: 0}
`
	path := filepath.Join(t.TempDir(), "control.drill.yaml")
	if err := os.WriteFile(path, fmt.Appendf(nil, text, arrival, outage[1:]), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A control run of a real app finds nothing, whatever the outage that was planned
// and whoever the app would have been in it. The race detector plays every
// [controlStride]-th.
func TestControlsFindNothing(t *testing.T) {
	seed := uint64(0)
	control := func(scenario, style string) {
		t.Helper()
		seed++
		card := performedAs(t, scenario, seed, drill.Options{App: supportBot(style), NoFaults: true}).card
		for _, f := range card.Findings {
			t.Errorf("%s, seed %d: %s: %s", style, seed, f.Code, f.Sentence)
		}
		if card.Verdict != scorecard.Pass {
			t.Errorf("%s, seed %d: %v: %s %q", style, seed, card.Verdict, card.Sentence, card.Reasons)
		}
	}
	planned := []string{}
	for i, outage := range plannedOutages() {
		planned = append(planned, controlScenario(t, outage, []string{"uniform", "poisson"}[i%2]))
	}
	planned = append(planned, "ai-brownout")
	for i := 0; i < len(planned); i += controlStride {
		for _, style := range []string{"naive", "resilient"} {
			control(planned[i], style)
		}
	}
}
