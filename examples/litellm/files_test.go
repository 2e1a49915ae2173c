package litellm_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// The scenarios here, and the flagship, can be played with either app file.
func TestAppFilesFit(t *testing.T) {
	for _, name := range []string{"dead-primary.drill.yaml", "broken-streams.drill.yaml", "retry-after.drill.yaml", "ai-brownout"} {
		for _, app := range []string{"usual.drill.yaml", "improved.drill.yaml"} {
			if _, problems := scenarios.Load(name, scenarios.Options{AppFile: app}); len(problems) > 0 {
				t.Errorf("%s with %s: %v", name, app, problems)
			}
		}
	}
}
