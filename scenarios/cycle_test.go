package scenarios_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A fault that is away for 10 s or more has as many windows as it comes; one that is
// away for less has one, which spares some.
func TestCycleWindows(t *testing.T) {
	const text = `version: 1
name: flapping
providers: {primary: {dialect: openai}}
traffic: {target: "http://127.0.0.1:8000", journeys: {chat: {rate: 5/s, request: {path: "/?q={{prompt}}"}}}}
phases:
  - {name: baseline, for: 30s}
  - {name: outage, for: 60s, faults: [{provider: primary, kind: server_error%s}]}
  - {name: recovery, for: 30s}
`
	for keys, want := range map[string][]string{
		"":                                       {"30s to 1m30s"},
		", cycle: {bad: 5s, ok: 9s}":             {"30s to 1m30s, partial, 5s bad and 9s well"},
		", cycle: {bad: 10s, ok: 10s}":           {"30s to 40s", "50s to 1m0s", "1m10s to 1m20s"},
		", cycle: {bad: 20s, ok: 15s}":           {"30s to 50s", "1m5s to 1m25s"},
		", cycle: {bad: 35s, ok: 10s}":           {"30s to 1m5s", "1m15s to 1m30s"},
		", cycle: {bad: 10s, ok: 10s}, ramp: 5s": {"30s to 1m30s, partial, 10s bad and 10s well"},
	} {
		path := filepath.Join(t.TempDir(), "flapping.drill.yaml")
		if err := os.WriteFile(path, fmt.Appendf(nil, text, keys), 0o600); err != nil {
			t.Fatal(err)
		}
		plan, problems := scenarios.Load(path, scenarios.Options{HaveApp: true, AnyPorts: true})
		if plan == nil {
			t.Fatal(problems)
		}
		if diff := cmp.Diff(want, spans(plan.Setup().Windows)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", keys, diff)
		}
	}
}

func spans(windows []record.Window) []string {
	var spans []string
	for _, w := range windows {
		s := fmt.Sprintf("%v to %v", time.Duration(w.Start), time.Duration(w.End))
		if w.Partial {
			s += ", partial"
		}
		if w.Bad > 0 {
			s += fmt.Sprintf(", %v bad and %v well", time.Duration(w.Bad), time.Duration(w.OK))
		}
		spans = append(spans, s)
	}
	return spans
}
