package main_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/examples/planted/app"
)

// pairs are traits that do not stand in each other's way.
func pairs() [][2]string {
	return [][2]string{
		{"failover_after", "raw_error"},
		{"failover_after", "never_fails_back"},
		{"failover_after", "template"},
		{"failover_after", "sits_slowness_out"},
		{"no_fallback", "raw_error"},
		{"no_fallback", "leaks_key"},
		{"dead_primary_first", "ignores_retry_after"},
		{"dead_primary_first", "takes_halves"},
		{"dead_primary_first", "splices"},
		{"dead_primary_first", "template"},
		{"never_fails_back", "leaks_key"},
		{"never_fails_back", "raw_error"},
		{"sits_slowness_out", "splices"},
		{"sits_slowness_out", "hangs"},
		{"sits_slowness_out", "takes_halves"},
		{"retries_at_once", "raw_error"},
		{"doubles", "takes_halves"},
		{"ignores_retry_after", "hangs"},
		{"caps_retry_after", "raw_error"},
		{"retries_401", "takes_halves"},
		{"retries_400", "foreign"},
		{"retries_quota", "dead_primary_first"},
		{"sits_slowness_out", "template"},
		{"takes_halves", "raw_error"},
	}
}

// Two traits at a time are both found, in the drills of both.
func TestPlantedPairs(t *testing.T) {
	var tb table
	t.Cleanup(func() { t.Log(tb.String()) })
	for _, pair := range pairs() {
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
