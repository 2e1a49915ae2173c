package app

import (
	"fmt"
	"strings"
)

// A Drill is an outage that shows traits.
type Drill struct {
	Name   string
	About  string
	Faults []string // as a scenario has them, on the primary unless they say otherwise
}

// Drills is the table of outages.
func Drills() []Drill {
	return []Drill{
		{"down", "the primary answers nobody", []string{"{provider: primary, kind: server_error}"}},
		{"flaky", "four of ten requests to the primary fail", []string{"{provider: primary, kind: server_error, share: 40%}"}},
		{"limited", "the primary turns four of ten requests away for 2 s", []string{"{provider: primary, kind: rate_limit, share: 40%, retry_after: 2s}"}},
		{"denied", "the primary takes four of ten keys for wrong", []string{"{provider: primary, kind: unauthorized, share: 40%}"}},
		{"bad", "the primary takes four of ten requests for wrong", []string{"{provider: primary, kind: bad_request, share: 40%}"}},
		{"spent", "the primary takes four of ten quotas for used up", []string{"{provider: primary, kind: quota_exhausted, share: 40%}"}},
		{"slow", "the primary takes 30 times as long for its first token", []string{"{provider: primary, kind: slow, factor: {ttft: 30}}"}},
		{"halves", "four of ten answers of the primary end early", []string{"{provider: primary, kind: truncate, at: {token: 5}, share: 40%}"}},
		{"broken", "four of ten answers of the primary break off", []string{"{provider: primary, kind: abort, at: {token: 5}, share: 40%}"}},
		{"dark", "no provider answers", []string{"{provider: [primary, secondary], kind: server_error}"}},
	}
}

// Scenario writes the scenario of one drill, or of several one after the other.
// Every answer takes 150 ms, so that what takes longer is the app's doing.
func Scenario(drills ...Drill) string {
	var b strings.Builder
	b.WriteString(`version: 1
name: planted
seed: 11
app:
  command: [go, run, ./examples/planted]
  ready: {url: "http://127.0.0.1:8000/healthz", within: 90s}
providers:
  primary: &openai
    dialect: openai
    models:
      gpt-4o-mini: {ttft: {p50: 100ms, p99: 100ms}, gap: {p50: 5ms, p99: 5ms}, tokens: {p50: 10, p99: 10}}
  secondary: *openai
traffic:
  target: http://127.0.0.1:8000
  journeys:
    chat:
      rate: 10/s
      request: {path: /chat, json: {message: "{{prompt}}"}, stream: true}
      answer: {sse: "$.delta"}
      timeout: 8s
      slow_over: {ttft: 2500ms, total: 3s}
      degraded: {json: {"$.degraded": true}}
      restart: {event: reset}
phases:
  - {name: calm, for: 8s}
`)
	for _, d := range drills {
		fmt.Fprintf(&b, "  - name: %s\n    for: 22s\n    faults:\n", d.Name)
		for _, f := range d.Faults {
			fmt.Fprintf(&b, "      - %s\n", f)
		}
		fmt.Fprintf(&b, "  - {name: after-%s, for: 22s}\n", d.Name)
	}
	return b.String()
}
