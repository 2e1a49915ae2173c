package scenarios_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// TestAllDown has which faults on all providers leave nobody to answer: not those
// that are slow, that spare somebody, or that are gone again in a moment.
func TestAllDown(t *testing.T) {
	for _, test := range []struct {
		faults string
		down   bool
	}{
		{"{provider: [primary, secondary], kind: server_error}", true},
		{"{provider: [primary, secondary], kind: toxic, name: reset_peer, timeout: 0s}", true},
		{"{provider: [primary, secondary], kind: server_error, cycle: {bad: 10s, ok: 20s}}", true},
		{"{provider: primary, kind: hang}, {provider: secondary, kind: refuse, after: 5s}", true},
		{"{provider: [primary, secondary], kind: server_error, share: 99%}", false},
		{"{provider: [primary, secondary], kind: server_error, cycle: {bad: 1s, ok: 9s}}", false},
		{"{provider: [primary, secondary], kind: server_error, first: 1}", false},
		{"{provider: [primary, secondary], kind: server_error, match: {stream: true}}", false},
		{"{provider: [primary, secondary], kind: stream_error}", false},
		{"{provider: [primary, secondary], kind: capacity, concurrency: 50%}", false},
		{"{provider: [primary, secondary], kind: delay, hold: 1s}", false},
		{"{provider: [primary, secondary], kind: bandwidth, bytes_per_second: 100}", false},
		{"{provider: [primary, secondary], kind: toxic, name: latency, latency: 50ms}", false},
		{"{provider: primary, kind: hang, until: 5s}, {provider: secondary, kind: refuse, after: 5s}", false},
	} {
		text := strings.Replace(withFaults(test.faults), "{dialect: anthropic}", "{dialect: anthropic, capacity: {concurrency: 100}}", 1) +
			"bars: [{metric: availability, phase: surge, min: 90%}]\n"
		plan, problems := loadFiles(scenarios.Options{}, map[string]string{"x.yaml": text})
		if plan == nil {
			t.Fatal(problems)
		}
		got := slices.ContainsFunc(problems, func(d scenarios.Diagnostic) bool { return d.Code == "all-down" })
		if got != test.down {
			t.Errorf("%s: all are down: %v; %v", test.faults, got, problems)
		}
	}
}

// TestManyBouts has two faults that take turns all day: what is said of them may
// not take a time that grows with the square of how often they come.
func TestManyBouts(t *testing.T) {
	text := strings.Replace(withFaults("{provider: primary, kind: hang, cycle: {bad: 10ms, ok: 17.5s}}", "{provider: primary, kind: hang, after: 9s, cycle: {bad: 10ms, ok: 17.5s}}"), "for: 30s, faults", "for: 12h, faults", 1)
	began := time.Now()
	mustLoad(t, scenarios.Options{}, text)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}
