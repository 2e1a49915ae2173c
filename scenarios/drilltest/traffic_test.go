package drilltest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
)

// A test can replay what was recorded: its requests are the trace's, and no others.
func TestTrafficIsReplayed(t *testing.T) {
	const scenario = `
version: 1
name: recorded
providers: {primary: {dialect: openai}, secondary: {dialect: anthropic}}
traffic: {journeys: {chat: {rate: 20/s, request: {path: /chat, json: {message: "{{prompt}}"}, stream: true}, answer: {sse: "$.delta"}}}}
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 10s}
`
	trace := filepath.Join(t.TempDir(), "trace.csv")
	lines := "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,300,20\n" + strings.Repeat("2023-11-16 18:15:57,300,20\n", 40) + strings.Repeat("2023-11-16 18:16:14.5,300,20\n", 7)
	if err := os.WriteFile(trace, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	card := drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		return newChain(env, 5*time.Second, "primary", "secondary")
	}, drilltest.Traffic(trace))
	chat := card.Journeys[0]
	if !strings.HasPrefix(chat.Like, "trace-") || chat.Offered != 47 {
		t.Errorf("%+v, want 47 requests of a trace, and one in the warm-up", chat)
	}
}
