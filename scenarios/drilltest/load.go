package drilltest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/library"
)

// load reads a scenario: a file, the name of a shipped one, or, where it has
// more than one line, the scenario itself. It ends the test when it cannot be
// played.
func load(t testing.TB, scenario string, o options) *scenarios.Plan {
	t.Helper()
	path := scenario
	if strings.Contains(scenario, "\n") {
		path = file(t, "scenario.drill.yaml", scenario)
	}
	if o.bars != "" {
		path = file(t, "bars.drill.yaml", child(t, path, o.bars))
	}
	plan, problems := scenarios.Load(path, scenarios.Options{
		AppFile: o.appFile, Seed: o.seed, Traffic: o.traffic, AnyPorts: true, HaveApp: true,
	})
	if plan != nil {
		return plan
	}
	var b strings.Builder
	_ = scenarios.Print(&b, problems) // a strings.Builder takes everything
	t.Fatalf("drilltest: the scenario cannot be played:\n%s", b.String())
	return nil
}

// child is a scenario that has other bars than its parent. So the bars are
// checked by the loader, as all others are.
func child(t testing.TB, parent, bars string) string {
	t.Helper()
	if slices.Contains(library.Names(), parent) {
		parent = "builtin:" + parent
	} else {
		abs, err := filepath.Abs(parent)
		if err != nil {
			t.Fatalf("drilltest: find the scenario %q: %v", parent, err)
		}
		parent = abs
	}
	return fmt.Sprintf("version: 1\nextends: %q\nbars:\n%s\n", parent, strings.TrimRight(bars, "\n\t "))
}

func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatalf("drilltest: write the scenario: %v", err)
	}
	return path
}
