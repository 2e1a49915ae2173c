package drill_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// The resilient bot's own log says when its breaker opened. From then on it
// first asks the other provider: switch_time must have that moment inside its
// interval, on every journey, and failover_time must not end after it, for the
// bot falls back within single requests before.
func TestCardAgreesWithTheAppsOwnLog(t *testing.T) {
	p := perform(t, "ai-brownout", "resilient", 7)
	opened := sinceOnset(t, p, "breaker open")
	checked := 0
	for _, m := range p.card.Metrics {
		if m.Name != "switch_time" && m.Name != "failover_time" || m.Journey == "" {
			continue
		}
		if !m.Measured || m.Low == nil || m.High == nil {
			t.Fatalf("%s of %s was not measured: %s", m.Name, m.Journey, m.Reason)
		}
		checked++
		switch m.Name {
		case "switch_time":
			// The app's log has whole milliseconds, cut off.
			if opened+0.001 < *m.Low || opened > *m.High {
				t.Errorf("%s switched within [%.3f, %.3f] s, but the breaker opened after %.3f s", m.Journey, *m.Low, *m.High, opened)
			}
		case "failover_time":
			if first := firstServedBy(t, p, "anthropic", m.Journey); *m.Low > first || *m.High < first && *m.High > 0 {
				t.Errorf("%s failed over within [%.3f, %.3f] s, but its first answer of the other provider was asked for after %.3f s", m.Journey, *m.Low, *m.High, first)
			}
		}
	}
	if want := 2 * len(p.card.Journeys); checked != want {
		t.Errorf("%d metrics checked, want %d", checked, want)
	}
}

// onset is when the first attempt met a fault, in seconds since the start. The
// log is in the order in which attempts ended.
func onset(t *testing.T, p performance) float64 {
	t.Helper()
	first := math.Inf(1)
	for e, err := range record.Read(bytes.NewReader(p.log)) {
		if err != nil {
			t.Fatal(err)
		}
		if a := e.Line.Attempt; a != nil && a.Fault != "" {
			first = min(first, a.Arrived.Float())
		}
	}
	return first
}

// sinceOnset is when the app's log first says something after the first fault,
// in seconds since then.
func sinceOnset(t *testing.T, p performance, what string) float64 {
	t.Helper()
	from := onset(t, p)
	for line := range strings.Lines(p.appLog) {
		if at := p.at(t, line); at >= from && strings.Contains(line, what) {
			return at - from
		}
	}
	t.Fatalf("the app's log never says %q", what)
	return 0
}

// firstServedBy is when a journey's first request came that the app says a
// provider served, in seconds since the first fault.
func firstServedBy(t *testing.T, p performance, provider, journey string) float64 {
	t.Helper()
	from, first := onset(t, p), -1.0
	for line := range strings.Lines(p.appLog) {
		if !strings.Contains(line, "task="+journey+" ") || !strings.Contains(line, "served_by="+provider) {
			continue
		}
		took, err := time.ParseDuration(strings.TrimSpace(field(line, "took")))
		if err != nil {
			t.Fatal(err)
		}
		if came := p.at(t, line) - took.Seconds() - from; first < 0 || came < first {
			first = came
		}
	}
	return first
}

// at is when a line of the app's log was written, in seconds since the start.
func (p performance) at(t *testing.T, line string) float64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, field(line, "time"))
	if err != nil {
		t.Fatal(err)
	}
	return at.Sub(p.card.StartedAt).Seconds()
}

// field is a word of a log line.
func field(line, name string) string {
	_, rest, _ := strings.Cut(line, name+"=")
	word, _, _ := strings.Cut(rest, " ")
	return word
}

// A user request meets the same fate whatever the app: the first attempts that
// both apps made at the primary drew the same faults.
func TestSameSeedSameFate(t *testing.T) {
	naive := fates(t, perform(t, "testdata/fate.drill.yaml", "naive", 3))
	resilient := fates(t, perform(t, "testdata/fate.drill.yaml", "resilient", 3))
	compared, faulted := 0, 0
	for request, fate := range naive {
		other, both := resilient[request]
		if !both {
			continue
		}
		compared++
		if fate != other {
			t.Errorf("%s met %q with the naive app and %q with the resilient one", request, fate, other)
		}
		if fate != "" {
			faulted++
		}
	}
	if compared < 150 || faulted < 10 {
		t.Errorf("only %d requests compared, %d of them faulted", compared, faulted)
	}
	if other := fates(t, perform(t, "testdata/fate.drill.yaml", "naive", 4)); len(other) == 0 || same(naive, other) {
		t.Error("another seed has the same fates")
	}
}

// fates tells what each request's first attempt at the primary met, by nonce.
func fates(t *testing.T, p performance) map[string]string {
	t.Helper()
	fates := map[string]string{}
	for e, err := range record.Read(bytes.NewReader(p.log)) {
		if err != nil {
			t.Fatal(err)
		}
		if a := e.Line.Attempt; a != nil && a.Provider == "primary" && a.Nth == 1 {
			fates[a.Nonce] = a.Fault
		}
	}
	return fates
}

func same(a, b map[string]string) bool {
	for k := range a {
		if _, ok := b[k]; ok {
			return true
		}
	}
	return false
}
