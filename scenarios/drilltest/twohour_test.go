package drilltest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
)

// twoHourRuns is how often TestTwoHourDrill plays. .ci/nightly asks for 20.
var twoHourRuns = flag.Int("two-hour-runs", usualRuns, "how often to play the drill of two hours")

// Two hours, 14,400 streamed requests and all faults: the same log and the same
// card each time, byte for byte.
func TestTwoHourDrill(t *testing.T) {
	// A bubble does one thing after the other. A second processor only hands its
	// goroutines to and fro, at half again the time.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	scenario := strings.Replace(read(t, "testdata/two-hours.drill.yaml"), "rate: 2/s", fmt.Sprintf("rate: %d/s", usualRate), 1)
	var firstLog, firstCard []byte
	for i := range *twoHourRuns {
		began := time.Now()
		card := drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
			// No multiple of the half second between two requests: a second try at the
			// very instant of another's first would race it for a mock's last place.
			return newChain(env, 7770*time.Millisecond, "primary", "edge", "secondary")
		}, drilltest.Within(10*time.Minute)) // the race detector, on a machine that has other work
		t.Logf("run %d took %v", i, time.Since(began).Round(time.Millisecond))
		data, err := json.MarshalIndent(card.Card, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			firstLog, firstCard = card.Log, data
			if n := bytes.Count(card.Log, []byte(`"kind":"user"`)); n != 7200*usualRate {
				t.Errorf("%d requests, want %d", n, 7200*usualRate)
			}
			continue
		}
		if !bytes.Equal(firstLog, card.Log) {
			t.Errorf("run %d has another log:\n%s", i, firstDifference(firstLog, card.Log))
		}
		if !bytes.Equal(firstCard, data) {
			t.Errorf("run %d has another card:\n%s", i, cmp.Diff(string(firstCard), string(data)))
		}
	}
}

// firstDifference shows the first lines in which two logs differ.
func firstDifference(a, b []byte) string {
	was, is := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(was), len(is)) {
		if !bytes.Equal(was[i], is[i]) {
			return "-" + string(was[i]) + "\n+" + string(is[i])
		}
	}
	return "one is longer"
}
