package drill

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// What an app was kept from before the clock started is known to the canary, and
// is in the log from the start on.
func TestCallsPastTheMocksAreWrittenDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := newLedger(&scenarios.Plan{}, &out)
		refused := func(n int) { l.left(egress.Refusal{Host: "api.openai.com", At: time.Now(), Count: n}, "set X") }
		refused(2)
		refused(1)
		strays := l.straysSoFar()
		if diff := cmp.Diff([]string{"api.openai.com (set X)"}, strays); diff != "" {
			t.Error(diff)
		}
		e := &CanaryError{Journeys: []string{"chat"}, Strays: strays, Agents: []string{"curl"}}
		if !strings.HasSuffix(e.Error(), ": the app called api.openai.com (set X)") {
			t.Error(e)
		}
		time.Sleep(3 * time.Second)
		l.begin(time.Now(), l.plan.Setup())
		time.Sleep(5 * time.Second)
		refused(7)
		var got []record.Mark
		for entry, err := range record.Read(&out) {
			if err != nil {
				t.Fatal(err)
			}
			if entry.Line.Mark != nil {
				got = append(got, *entry.Line.Mark)
			}
		}
		mark := func(at record.Seconds, n int) record.Mark {
			return record.Mark{Kind: "egress", At: at, Note: "api.openai.com (set X)", Count: n}
		}
		if diff := cmp.Diff([]record.Mark{mark(0, 2), mark(0, 1), mark(record.Of(5*time.Second), 7)}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// The way back to the mocks is a variable, where one leads there.
func TestTheWayBack(t *testing.T) {
	plan := &scenarios.Plan{Providers: []scenarios.Provider{{Name: "primary"}}}
	plan.Providers[0].Spec.Dialect = "anthropic"
	d := &drill{plan: plan}
	for dialect, want := range map[string]string{
		"anthropic": "set ANTHROPIC_API_BASE or ANTHROPIC_API_URL or ANTHROPIC_BASE_URL",
		"openai":    "no provider of the drill speaks openai",
		"":          "there is no mock of it",
	} {
		if got := d.wayBack(dialect); got != want {
			t.Errorf("%q: %q, want %q", dialect, got, want)
		}
	}
}

// No mock is behind the guard, wherever it listens.
func TestMocksAreNotBehindTheGuard(t *testing.T) {
	hosts := hostsOf([]Endpoint{{URL: "http://127.0.0.1:4100"}, {URL: "https://[::1]:4101"}, {URL: "http://0.0.0.0:4102"}, {URL: "http://127.0.0.1:4103"}})
	if diff := cmp.Diff([]string{"0.0.0.0", "127.0.0.1", "::1"}, hosts); diff != "" {
		t.Error(diff)
	}
}
