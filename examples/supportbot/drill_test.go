package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/library"
)

// Every shipped scenario can be played with the app file.
func TestAppFileFitsShippedScenarios(t *testing.T) {
	for _, name := range library.Names() {
		if _, problems := scenarios.Load(name, scenarios.Options{AppFile: "app.drill.yaml"}); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

// The app file drills the same journeys as the flagship, which the demo plays
// without it: what holds for one shall hold for the other.
func TestAppFileIsTheFlagships(t *testing.T) {
	own, problems := scenarios.Load("ai-brownout", scenarios.Options{HaveApp: true})
	for _, p := range problems {
		t.Errorf("without the app file: %v", p)
	}
	with, problems := scenarios.Load("ai-brownout", scenarios.Options{AppFile: "app.drill.yaml"})
	for _, p := range problems {
		t.Errorf("with the app file: %v", p)
	}
	if own == nil || with == nil {
		t.Fatal("no plan")
	}
	if diff := cmp.Diff(own.Journeys, with.Journeys); diff != "" {
		t.Errorf("journeys (-flagship +app file):\n%s", diff)
	}
	if diff := cmp.Diff(own.Providers, with.Providers); diff != "" {
		t.Errorf("providers (-flagship +app file):\n%s", diff)
	}
}
