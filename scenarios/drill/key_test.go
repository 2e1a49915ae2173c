package drill_test

import (
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// TestTheAppIsGivenARightKey: one of the scenario's, where it says which are right.
func TestTheAppIsGivenARightKey(t *testing.T) {
	plan := &scenarios.Plan{Seed: 7, Providers: []scenarios.Provider{
		{Name: "strict", Listen: "127.0.0.1:1", Key: "free"},
		{Name: "lenient", Listen: "127.0.0.1:2"},
	}}
	plan.Providers[0].Spec.Dialect, plan.Providers[1].Spec.Dialect = "openai", "anthropic"
	endpoints, err := drill.Planned(plan, "", "")
	if err != nil {
		t.Fatal(err)
	}
	env := strings.Join(drill.Env(endpoints), "\n")
	for _, want := range []string{"OPENAI_API_KEY=free\n", "BROWNOUT_STRICT_KEY=free\n", "ANTHROPIC_API_KEY=sk-brownout-"} {
		if !strings.Contains(env+"\n", want) {
			t.Errorf("no %q in\n%s", want, env)
		}
	}
}
