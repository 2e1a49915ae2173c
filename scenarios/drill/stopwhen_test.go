package drill_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

const stopScenario = `
version: 1
name: stopped
providers: {primary: {dialect: openai}, secondary: {dialect: anthropic}}
traffic:
  journeys:
    chat: {rate: 8/s, request: {path: /chat, json: {message: "{{prompt}}"}, stream: true}, answer: {sse: "$.delta"}, restart: {event: reset}, timeout: 10s}
phases:
  - {name: baseline, for: 30s}
  - {name: surge, for: 60s, faults: [{provider: primary, kind: server_error, share: 100%}]}
  - {name: recovery, for: 30s}
stop_when: [{metric: error_rate, max: 80%, over: 10s, for: 20s}]
`

// A rule ends the drill of an app that gives its users nothing but errors for as
// long as the rule says, and leaves the one of an app that rides it out alone.
func TestStopWhen(t *testing.T) {
	naive := perform(t, written(t, stopScenario), "naive", 3)
	if naive.card.Verdict != scorecard.Aborted || !naive.card.Stopped {
		t.Fatalf("the naive app's drill is %v, want it stopped: %s", naive.card.Verdict, naive.card.Sentence)
	}
	const reason = "error_rate over 10s above 80% for 20s: 100% at last"
	if !strings.Contains(naive.card.Sentence, reason) {
		t.Errorf("the sentence is %q, and does not say %q", naive.card.Sentence, reason)
	}
	for e, err := range record.Read(bytes.NewReader(naive.log)) {
		if err != nil {
			t.Fatal(err)
		}
		// Of ten seconds more than eight must fail: from 38 s on, and 20 s long.
		if m := e.Line.Mark; m != nil && m.Kind == "stopped" && (m.Actor != "stop_when" || m.At.Float() < 57 || m.At.Float() > 60) {
			t.Errorf("it was stopped by %s at %g s, want stop_when at 58 to 59 s", m.Actor, m.At.Float())
		}
	}
	resilient := perform(t, written(t, stopScenario), "resilient", 3)
	if resilient.card.Verdict != scorecard.Pass {
		t.Errorf("the resilient app's drill is %v: %s", resilient.card.Verdict, resilient.card.Sentence)
	}
}

// What the naive app meets is what the warning foretells, within a tick and the
// answers under way.
func TestStopIsForetold(t *testing.T) {
	_, problems := load(t, stopScenario)
	for _, p := range problems {
		if p.Code == "stops-itself" {
			if !strings.Contains(p.Message, "primary alone, once each time, is stopped at 58") {
				t.Errorf("it is foretold that %s", p.Message)
			}
			return
		}
	}
	t.Errorf("nobody foretells that the drill stops itself: %v", problems)
}

// written is a scenario in a file.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.drill.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
