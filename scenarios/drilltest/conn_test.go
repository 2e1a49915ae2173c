package drilltest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

const strikingScenario = `
version: 1
name: striking
seed: 5
warmup: 1s
providers:
  primary:
    dialect: openai
    tls: %v
    models: {gpt-4o: {ttft: {p50: 30ms, p99: 30ms}, gap: {p50: 5ms, p99: 5ms}, tokens: {p50: 10, p99: 10}}}
traffic:
  journeys:
    chat:
      rate: 2/s
      request: {method: POST, path: /chat, json: {message: "{{prompt}}"}, stream: true}
      answer: {sse: "$.delta"}
      timeout: 10s
      restart: {event: reset}
phases:
  - {name: baseline, for: 20s}
  - name: dead
    for: 20s
    faults:
      - {provider: primary, kind: %s}
  - {name: recovery, for: 20s}
`

// An app that asks a dead provider so many times for each request, a second apart,
// leaves a line for each time, and for nothing else: also where no mock saw it.
func TestEachLostAttemptHasALine(t *testing.T) {
	for _, c := range []struct {
		kind  string
		tls   bool
		tries int // for each request
		want  int // of 40 requests; those due in the last seconds retry when all is well again
	}{
		{"blackhole", false, 1, 40},
		{"blackhole", false, 2, 78},
		{"blackhole", false, 3, 114},
		{"blackhole", true, 2, 78},
		{"cert_expired", true, 2, 80},
		{"handshake_stall", true, 2, 74},
		{"refuse", false, 3, 0}, // the kernel's affair
	} {
		t.Run(fmt.Sprintf("%s tls=%v %d", c.kind, c.tls, c.tries), func(t *testing.T) {
			names := slices.Repeat([]string{"primary"}, c.tries)
			card := drilltest.Run(t, fmt.Sprintf(strikingScenario, c.tls, c.kind), func(env drilltest.Env) http.Handler {
				chain := newChain(env, time.Second, names...)
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					env.Client().CloseIdleConnections() // one that is open would hide faults of TLS
					chain.ServeHTTP(w, r)
				})
			})
			lost := 0
			for _, conn := range struck(t, card.Log) {
				if conn.Kind != c.kind || conn.Fault == "" || conn.Provider != "primary" || conn.Struck.Float() < 20 || conn.Struck.Float() >= 40 || conn.Ended < conn.Struck || conn.Struck < conn.Opened {
					t.Errorf("a line of something else: %+v", conn)
				}
				if conn.Unheard > 64 { // less is the goodbye of a client that speaks TLS
					lost++
				}
			}
			if lost != c.want {
				t.Errorf("%d attempts were lost, want %d", lost, c.want)
			}
		})
	}
}

// struck are the lines of connections in a log.
func struck(t *testing.T, log []byte) []record.Conn {
	t.Helper()
	var all []record.Conn
	for e, err := range record.Read(bytes.NewReader(log)) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Line.Conn != nil {
			all = append(all, *e.Line.Conn)
		}
	}
	return all
}
