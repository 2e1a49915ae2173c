package drilltest_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Each bad app fails its test, with a message that says what is wrong with it
// and what to do, and soon: also those that never end. The one that says nothing
// passes.
func TestBadApps(t *testing.T) {
	binary := build(t, "./testdata/bad")
	for _, tt := range []struct {
		name string
		says []string
	}{
		{"SurvivesABrownout", readmeSays(t)},
		{"MissesABar", []string{"verdict is fail, want pass", "availability", "surge", "baseline"}},
		{"MissesAMetric", []string{"availability in surge is 0.", "want at least 0.9"}},
		{"AsksForAMetricThatIsNone", []string{"availibility was not measured: no metric of that name; the card has", "availability"}},
		{"WaitsOutside", []string{"clock has stood still", "[chan receive]", "bad_test.TestWaitsOutside", "made outside the drill"}},
		{"SleepsOutside", []string{"clock has stood still", "bad_test.TestSleepsOutside", "system call"}},
		{"IsSlowOutside", []string{"it is not over after 5s of real time", "bad_test.TestIsSlowOutside"}},
		{"Spins", []string{"clock has stood still", "bad_test.TestSpins", "works without rest"}},
		{"HoldsALock", []string{"clock has stood still", "[sync.Mutex.Lock]", "bad_test.TestHoldsALock", "do not hold a lock"}},
		{"ReadsARealSocket", []string{"clock has stood still", "[IO wait]", "bad_test.TestReadsARealSocket", "env.DialContext"}},
		{"CallsTheMocksOverRealSockets", []string{`no mock saw the canary of "chat"`, "connection refused", "env.Client()"}},
		{"NeverReturns", []string{"goroutines behind, 10s after the drill", "bad_test.TestNeverReturns", "must return when its request's context ends"}},
		{"NeverReturnsAtAll", []string{"no mock saw the canary", "never returned", "bad_test.TestNeverReturnsAtAll"}},
		{"Panics", []string{"the app panicked", "assignment to entry in nil map", "bad_test.go:", "at POST /chat"}},
		{"PanicsWhenBuilt", []string{"building the app panicked: no configuration"}},
		{"IsNil", []string{"the function given to Run returned nil"}},
		{"AsksForAStranger", []string{`no provider "tertiary"; the scenario has primary`}},
		{"LeaksAGoroutine", []string{"left 1 goroutines behind", "bad_test.refresh", "env.Context()"}},
		{"LeaksAConnection", []string{"left 1 ends of connections open", "127.0.0.1:"}},
		{"LeaksATimer", []string{"left timers set, 10s after the drill", "bad_test.expire\n", "bad_test.go:", "env.Cleanup"}},
		{"LeaksAContext", []string{"left timers set", "context.WithDeadline", "call the cancel of a context"}},
		{"LeaksAPoll", []string{"left timers set", "bad_test.TestLeaksAPoll"}},
		{"StopsItsTimers", nil}, // a good one
		{"HasNoScenario", []string{"the scenario cannot be played", "no-such.drill.yaml", "no such file"}},
		{"HasARealEndpoint", []string{`provider "primary" has a real endpoint, http://127.0.0.1:1`, "play it with Start"}},
		{"HasAToxic", []string{`the fault toxic on provider "primary" needs real sockets`, "play it with Start"}},
		{"HasAWrongBar", []string{"the scenario cannot be played", "5s", "min"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			out, passed := runTest(t, binary, "Test"+tt.name)
			if passed != (tt.says == nil) {
				t.Fatalf("the test passed: %v\n%s", passed, out)
			}
			for _, want := range tt.says {
				if !strings.Contains(out, want) {
					t.Errorf("does not say %q:\n%s", want, out)
				}
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// build makes a test binary of a package that the ordinary runs pass over.
func build(t *testing.T, pkg string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "tests")
	if out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", binary, pkg).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
	return binary
}

// runTest runs one test of a binary in a process of its own.
func runTest(t *testing.T, binary, name string) (output string, passed bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "-test.run=^"+name+"$", "-test.v")
	cmd.Dir = "testdata/bad"
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}
