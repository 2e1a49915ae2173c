package main_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/examples/planted/app"
)

// pairs are traits that do not stand in each other's way.
func pairs() [][2]string {
	return [][2]string{
		{"failover_after", "raw_error"},
		{"dead_primary_first", "ignores_retry_after"},
		{"sits_slowness_out", "hangs"},
		{"ignores_retry_after", "hangs"},
		{"retries_400", "foreign"},
		{"splices", "breaker_never_closes"},
		{"forgets", "not_on_429"},
		{"half_open_to_all", "template_as_answer"},
		{"waits_for_primary", "not_midway"},
		{"backs_off", "no_fallback"},
		{"doubles", "template"},
		{"storms", "takes_halves"},
		{"pauses_deferrable", "splices"},
		{"users_last", "foreign"},
		{"hedges_without_end", "leaks_key"},
		{"stale", "sits_slowness_out"},
		{"mixes_sessions_up", "retries_401"},
		{"loses_context", "raw_error"},
		{"caches", "template_as_answer"},
		{"puts_off_and_loses", "dead_primary_first"},
		{"takes_broken_json", "never_fails_back"},
		{"works_on", "leaks_key"},
		{"crowds_fallback", "leaks_key"},
	}
}

// Two traits at a time are both found, in the drills of both.
func TestPlantedPairs(t *testing.T) {
	var tb table
	t.Cleanup(func() { t.Log(tb.String()) })
	for i, pair := range pairs() {
		if i%stride != 0 {
			continue
		}
		t.Run(pair[0]+" "+pair[1], func(t *testing.T) {
			t.Parallel()
			a, b := traitNamed(t, pair[0]), traitNamed(t, pair[1])
			drills := []app.Drill{drillNamed(t, a.Drill)}
			if b.Drill != a.Drill {
				drills = append(drills, drillNamed(t, b.Drill))
			}
			tb.add(expect(t, play(t, app.Scenario(drills...), a.Name, b.Name), a, b))
		})
	}
}
