package main_test

import (
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/seed-76a9de92/brownout/examples/planted/app"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
)

// On real sockets and in real time the traits are found too: here three that some
// seconds are enough for. What else a busy machine does to requests is in that card
// as well, so that nothing exact is asked of it.
func TestPlantedOnSockets(t *testing.T) {
	for _, name := range []string{"retries_401", "takes_halves", "raw_error"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := traitNamed(t, name)
			d := drilltest.Start(t, app.Scenario(drillNamed(t, tr.Drill)))
			server := httptest.NewServer(build(t, config(d.Env(t), name)))
			t.Cleanup(server.Close)
			d.Drive(server.URL)
			d.Await(50) // of which twenty are the warm-up's
			d.Phase(tr.Drill)
			d.Await(50)
			d.Heal()
			d.Await(10)
			if found := (played{Card: d.Card(t)}).codes(); !slices.Contains(found, tr.Findings[0]) {
				t.Errorf("found %v, planted was %v", found, tr.Findings)
			}
		})
	}
}
