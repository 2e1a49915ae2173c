package main_test

import (
	"bytes"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/examples/planted/app"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
)

// On real sockets and in real time the card shows the same: here three traits that
// some seconds are enough for.
func TestPlantedOnSockets(t *testing.T) {
	for _, name := range []string{"retries_at_once", "takes_halves", "raw_error"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := traitNamed(t, name)
			var log bytes.Buffer
			d := drilltest.Start(t, app.Scenario(drillNamed(t, tr.Drill)), drilltest.AppLog(&log))
			server := httptest.NewServer(build(t, d.Env(t), []string{name}))
			t.Cleanup(server.Close)
			d.Drive(server.URL)
			time.Sleep(5 * time.Second) // of which two are the warm-up
			d.Phase(tr.Drill)
			time.Sleep(5 * time.Second)
			d.Heal()
			time.Sleep(time.Second)
			card := d.Card(t)
			server.Close() // what it logs is whole now
			expect(t, played{card, didSay(t, log.Bytes())}, tr)
		})
	}
}
