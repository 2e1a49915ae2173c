package par_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/par"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// head is a scenario whose models always take 100 ms to the first of 10 tokens
// and 200 ms to the end. Answers are slow after 2 s.
const head = `version: 1
name: drill
providers:
  primary: {dialect: openai, models: {gpt-4o: &pace {ttft: {p50: 100ms, p99: 100ms}, gap: {p50: 10ms, p99: 10ms}, tokens: {p50: 10, p99: 10}}}%s}
  secondary: {dialect: anthropic, models: {claude-sonnet-4-5: *pace}%s}
traffic:
  target: http://127.0.0.1:8000
  journeys: {chat: {rate: 10/s, request: {path: /chat, text: "{{prompt}}"}, slow_over: {ttft: 2s, total: 2s}}}
phases:
  - {name: before, for: 10s}
  - {name: outage, for: 20s, faults: [%s]}
  - {name: after, for: 10s}
`

func load(t *testing.T, scenario string) *scenarios.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.drill.yaml")
	if err := os.WriteFile(path, []byte(scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, problems := scenarios.Load(path, scenarios.Options{})
	if plan == nil {
		t.Fatal(problems)
	}
	return plan
}

// in is par of a phase, all journeys together.
func in(t *testing.T, plan *scenarios.Plan, phase string) record.Par {
	t.Helper()
	for _, p := range par.Of(t.Context(), plan) {
		if p.Phase == phase && p.Journey == "" {
			return p
		}
	}
	t.Fatalf("no par of %q", phase)
	return record.Par{}
}

func TestAvailability(t *testing.T) {
	const down = "{provider: primary, kind: server_error, share: 100%}, "
	const also = down + "{provider: secondary, kind: server_error, share: 100%"
	for _, tt := range []struct {
		name, faults string
		want         float64
	}{
		{"another provider is well", down, 1},
		{"both are down: only who can wait until the end is served", also + "}", 18.0 / 200},
		{"both are down for half of it", also + ", until: 10s}", 118.0 / 200},
		{"both are down, one with every second request: there is always another try", down + "{provider: secondary, kind: server_error, share: 50%}", 1},
		{"connections are refused everywhere", "{provider: [primary, secondary], kind: refuse}", 18.0 / 200},
		{"half of the connections reach nobody: the others do", "{provider: [primary, secondary], kind: blackhole, share: 50%}", 1},
		{"both so slow that the first token is too late", "{provider: [primary, secondary], kind: slow, factor: 25}", 18.0 / 200},
		{"both slow, and in time", "{provider: [primary, secondary], kind: slow, factor: 9}", 1},
		{"only long prompts fail", "{provider: [primary, secondary], kind: server_error, match: {min_prompt_tokens: 1000}}", 1},
		{"they come and go: who waits is served", "{provider: [primary, secondary], kind: server_error, cycle: {bad: 1s, ok: 1s}}", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := in(t, load(t, fmt.Sprintf(head, "", "", tt.faults)), "outage")
			if got.N != 200 || got.Availability != tt.want {
				t.Errorf("%g of %d, want %g of 200", got.Availability, got.N, tt.want)
			}
		})
	}
}

// Faults that let answers through, or spare connections that are open, do not keep
// the best client from anybody: it keeps connections open, and takes what comes.
func TestConnectionsThatStillCarry(t *testing.T) {
	for _, fault := range []string{
		"kind: limit_data, bytes: 1000000",
		"kind: toxic, name: latency, latency: 50ms",
		"kind: toxic, name: slicer, average_size: 64",
		"kind: cert_expired",
		"kind: handshake_stall",
	} {
		plan := load(t, fmt.Sprintf(head, ", tls: true", ", tls: true", "{provider: [primary, secondary], "+fault+"}"))
		if got := in(t, plan, "outage").Availability; got != 1 {
			t.Errorf("%s: %g, and who has a connection is served", fault, got)
		}
	}
}

// What a real endpoint can do, nobody knows beforehand.
func TestNoParOfARealEndpoint(t *testing.T) {
	plan := load(t, `version: 1
name: drill
providers: {primary: {dialect: openai, upstream: "http://127.0.0.1:11434"}, secondary: {dialect: anthropic}}
traffic:
  target: http://127.0.0.1:8000
  journeys: {chat: {rate: 10/s, request: {path: /chat, text: "{{prompt}}"}}}
phases: [{name: before, for: 10s}, {name: outage, for: 20s, faults: [{provider: primary, kind: server_error}]}, {name: after, for: 10s}]
`)
	if got := par.Of(t.Context(), plan); len(got) != 0 {
		t.Errorf("par %+v", got)
	}
}

// Limits bound the best client too. Here each provider may be asked 60 times a
// minute, and has the first minute's worth at the start.
func TestLimitsBound(t *testing.T) {
	const limit = ", limits: {requests: 60/min}"
	plan := load(t, fmt.Sprintf(head, limit, limit, "{provider: primary, kind: server_error, share: 100%}"))
	served := 0.0
	for _, phase := range []string{"before", "outage", "after"} {
		p := in(t, plan, phase)
		served += p.Availability * float64(p.N)
	}
	// Two buckets of 60 that fill by one a second over 40 s; the last answers begin
	// before the last request is due and too late.
	if served < 150 || served > 2*(60+42) {
		t.Errorf("%g of 400 served; the limits let through less than 204", served)
	}
}

// One answer at a time takes 300 ms, half as long again as with room to spare: ten
// in three seconds of the thirty that are due, from one provider, where the other is
// down.
func TestCapacityBounds(t *testing.T) {
	plan := load(t, fmt.Sprintf(head, "", ", capacity: {concurrency: 1, queue: 10}", "{provider: primary, kind: server_error, share: 100%}"))
	got := in(t, plan, "outage")
	if got.Availability < 1.0/3 || got.Availability > 0.45 {
		t.Errorf("%.3f served, want a little over a third: ten in three seconds, and who can wait for the end", got.Availability)
	}
	if in(t, plan, "before").Availability != 1 {
		t.Error("two providers of which one has room for all served too few")
	}
}

func TestTimes(t *testing.T) {
	plan := load(t, fmt.Sprintf(head, "", "", "{provider: [primary, secondary], kind: server_error, until: 10s}, {provider: secondary, kind: slow, factor: 3}"))
	before, outage := in(t, plan, "before"), in(t, plan, "outage")
	if got := before.TTFTP50.Duration(); got != 100*time.Millisecond {
		t.Errorf("first token after %v, want 100 ms", got)
	}
	if got := before.LatencyP95.Duration(); got != 200*time.Millisecond {
		t.Errorf("answer after %v, want 200 ms", got)
	}
	if before.FailoverTime != nil {
		t.Error("a failover time without a fault")
	}
	if outage.LatencyP95 != nil {
		t.Error("a percentile over those who were served flatters")
	}
	// The last that cannot wait for the end is due 1.8 s before it.
	if got := outage.FailoverTime.Duration(); got < 8100*time.Millisecond || got > 8300*time.Millisecond {
		t.Errorf("nobody could be served until %v, want about 8.2 s", got)
	}
}

// A question that was answered once is answered for all who ask it again, also
// when no provider can be asked.
func TestKeptAnswers(t *testing.T) {
	scenario := fmt.Sprintf(head, "", "", "{provider: [primary, secondary], kind: server_error}")
	without := in(t, load(t, scenario), "outage")
	with := load(t, strings.Replace(scenario, "rate: 10/s", "rate: 10/s, repeat: 40%", 1))
	if got := in(t, with, "outage"); got.Availability < without.Availability+0.1 {
		t.Errorf("%.3f served with repeats, %.3f without", got.Availability, without.Availability)
	}
	kept, asked := 0, map[string]bool{}
	for _, c := range par.Courses(with) {
		if c.Kept && (!asked[c.Nonce] || c.Provider != "") {
			t.Fatalf("%+v", c)
		}
		if c.Kept {
			kept++
		}
		asked[c.Nonce] = asked[c.Nonce] || c.Provider != ""
	}
	if kept < 50 {
		t.Errorf("%d answers were kept", kept)
	}
}

// The best client waits for the end of a fault, and asks as often as it takes.
func TestCourses(t *testing.T) {
	const both = "{provider: [primary, secondary], kind: server_error, "
	waits, tries := 0, 0
	for _, c := range par.Courses(load(t, fmt.Sprintf(head, "", "", both+"until: 5s}, "+both+"share: 70%}"))) {
		if c.Wait > 2*time.Second {
			t.Errorf("%+v: too long for an answer in 2 s", c)
		}
		if c.Wait > 0 {
			waits++
		}
		if c.Try > 1 {
			tries++
		}
	}
	if waits < 15 || tries < 20 {
		t.Errorf("%d wait and %d try again", waits, tries)
	}
}

func TestEachJourney(t *testing.T) {
	plan := load(t, fmt.Sprintf(head, "", "", "{provider: primary, kind: server_error}"))
	var names []string
	for _, p := range par.Of(t.Context(), plan) {
		names = append(names, p.Phase+"/"+p.Journey)
	}
	want := "[before/ before/chat outage/ outage/chat after/ after/chat]"
	if fmt.Sprint(names) != want {
		t.Errorf("%v, want %s", names, want)
	}
}

// Millions of requests take a while, and nobody has to wait for them.
func TestGivenUp(t *testing.T) {
	plan, problems := scenarios.Load("ai-brownout", scenarios.Options{HaveApp: true})
	if plan == nil {
		t.Fatal(problems)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := par.Of(ctx, plan); got != nil {
		t.Errorf("%d rows after it was given up", len(got))
	}
}

func BenchmarkOf(b *testing.B) {
	plan, problems := scenarios.Load("ai-brownout", scenarios.Options{HaveApp: true})
	if plan == nil {
		b.Fatal(problems)
	}
	for b.Loop() {
		par.Of(b.Context(), plan)
	}
}
