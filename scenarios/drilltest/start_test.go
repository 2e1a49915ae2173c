package drilltest_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scorecard"
)

const live = `
version: 1
name: live
warmup: 0s
providers:
  primary:
    dialect: openai
    models: {gpt-4o: &pace {ttft: {p50: 10ms, p99: 20ms}, gap: {p50: 2ms, p99: 4ms}, tokens: {p50: 8, p99: 16}}}
  secondary: {dialect: anthropic, models: {claude-sonnet-4-5: *pace}}
traffic:
  journeys:
    chat:
      rate: 20/s
      request: {method: POST, path: /chat, json: {message: "{{prompt}}"}, stream: true}
      answer: {sse: "$.delta"}
      timeout: 10s
      restart: {event: reset}
phases:
  - {name: baseline, for: 10s}
  - name: surge
    for: 10s
    faults: [{provider: primary, kind: rate_limit, share: 100%, ramp: 5s}]
  - {name: recovery, for: 10s}
bars: [{metric: availability, phase: surge, min: 90%}]
`

// A test decides the course: the card has the phases and windows as they were.
func TestStartOnRealSockets(t *testing.T) {
	d := drilltest.Start(t, live, drilltest.Proxied("secondary"))
	server := httptest.NewServer(newChain(d.Env(t), 3*time.Second, "primary", "secondary"))
	t.Cleanup(server.Close)
	d.Drive(server.URL)
	d.Await(20)
	d.Phase("surge")
	d.Await(20)
	d.Inject(faults.Fault{Kind: "refuse", Providers: []string{"secondary"}, Share: faults.Share{From: 1, To: 1}})
	d.Await(20)
	d.Heal()
	d.Await(20)
	card := d.Card(t)
	var names []string
	for _, p := range card.Phases {
		names = append(names, p.Name)
	}
	if len(names) != 3 || names[0] != "baseline" || names[1] != "surge" || names[2] != "recovery" {
		t.Fatalf("phases %q", names)
	}
	if len(card.Windows) != 2 || card.Windows[0].Kind != "rate_limit" || card.Windows[1].Kind != "refuse" {
		t.Errorf("windows %+v", card.Windows)
	}
	surge, recovery := card.Outcomes["surge"], card.Outcomes["recovery"]
	if surge["fallback"] == 0 || surge["error"] == 0 {
		t.Errorf("in the surge there were fallbacks, and errors when nobody was left: %v", surge)
	}
	if recovery["good"] == 0 || recovery["error"] > 2 {
		t.Errorf("after healing all is well: %v", recovery)
	}
	if card.Verdict == scorecard.Aborted {
		t.Errorf("verdict %v: %s", card.Verdict, card.Sentence)
	}
	card.Metric("availability", drilltest.Phase("baseline")).AtLeast(t, 0.95)
}
