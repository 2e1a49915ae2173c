package drill_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// Steps go with their phase: a hold puts off those to come, next drops them, and a
// phase that is played again makes them again.
func TestStepsOfALedDrill(t *testing.T) {
	scenario := strings.Replace(ledScenario, "kind: server_error}]", "kind: server_error}], do: ["+
		"{after: 8s, request: {path: /late}}, {request: {path: /first}}, {after: 3s, request: {path: /third}}]", 1)
	log := led(t, scenario, drill.Options{}, func(c *drill.Control) {
		by := drill.By{Actor: "ann"}
		do := func(at time.Duration, action func() (int, error)) {
			time.Sleep(at - c.State().Elapsed)
			if _, err := action(); err != nil {
				t.Error(err)
			}
		}
		do(11*time.Second, func() (int, error) { return c.Hold(by) })
		do(15*time.Second, func() (int, error) { return c.Release(by) })                // /third is due at 17 s
		do(20*time.Second, func() (int, error) { return c.Next(by) })                   // /late never
		do(22*time.Second, func() (int, error) { return c.Jump(by, "surge") })          // all of them again
		do(24*time.Second, func() (int, error) { return c.Extend(by, 10*time.Second) }) // which puts nothing off
	})
	var got []string
	for _, m := range marksOf(t, log) {
		path, _, _ := strings.Cut(m.Note, ":")
		got = append(got, m.At.Duration().Round(time.Millisecond).String()+" "+path)
	}
	want := []string{"10s GET /first", "17s GET /third", "22s GET /first", "25s GET /third", "30s GET /late"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
