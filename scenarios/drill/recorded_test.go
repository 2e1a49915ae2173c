package drill_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// recordedScenario replays a trace while the primary is away for half of the time, and
// has a fallback of another model, whose own answers are much longer.
const recordedScenario = `
version: 1
name: recorded
providers: {primary: {dialect: openai}, secondary: {dialect: openai, models: {gpt-4o: {tokens: {p50: 700}}}}}
traffic: {journeys: {chat: {trace: x.ndjson, timeout: 29s, request: {path: /, text: "{{prompt}}"}}}}
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 10s}
bars: [{metric: error_rate, max: 50%}]
`

// sent is a request as the log has it: when it was due, and what it was in tokens to
// each of who was asked and answered.
type sent struct {
	at      time.Duration
	answers map[string][2]int // by provider, in and out
}

// falling asks the secondary when the primary does not answer.
func falling(d *desk) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		text, status := d.ask(r.Context(), "PRIMARY", string(prompt))
		if status != http.StatusOK {
			text, _ = d.ask(r.Context(), "SECONDARY", string(prompt))
		}
		_, _ = io.WriteString(w, text)
	})
}

// replayed drills an app with a trace and reads the log.
func replayed(t *testing.T, trace string) (all []sent) {
	t.Helper()
	files := fstest.MapFS{"x.yaml": {Data: []byte(recordedScenario)}, "x.ndjson": {Data: []byte(trace)}}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, HaveApp: true, AnyPorts: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err := drill.Run(t.Context(), plan, drill.Options{
			App: deskApp(falling), Log: &log, Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	answers := map[string]map[string][2]int{} // by nonce
	var users []*record.User
	for entry, err := range record.Read(&log) {
		if err != nil {
			t.Fatal(err)
		}
		if a := entry.Line.Attempt; a != nil && a.Status == http.StatusOK {
			if answers[a.Nonce] == nil {
				answers[a.Nonce] = map[string][2]int{}
			}
			answers[a.Nonce][a.Provider] = [2]int{a.TokensIn, a.TokensOut}
		}
		if u := entry.Line.User; u != nil {
			users = append(users, u)
			if u.Answer == nil || !u.Answer.Complete {
				t.Errorf("request %d has no whole answer: %+v", u.N, u.Answer)
			}
		}
	}
	all = make([]sent, len(users))
	for _, u := range users {
		all[u.N] = sent{u.Due.Duration(), answers[u.Nonce]}
	}
	return all
}

// What a trace says is what is sent and what is answered, by the primary and, while
// that is away, by its fallback.
func TestTraceIsReplayed(t *testing.T) {
	var trace strings.Builder
	var want []sent
	for i, r := range []struct {
		at      time.Duration
		in, out int
	}{
		{0, 100, 20},
		{1500 * time.Millisecond, 41, 4},
		{1501 * time.Millisecond, 3000, 900},
		{9 * time.Second, 777, 61},
		{11 * time.Second, 250, 33},
		{11500 * time.Millisecond, 9000, 5},
		{19 * time.Second, 64, 450},
		{21 * time.Second, 100, 20},
		{29 * time.Second, 123, 45},
		{30 * time.Second, 10, 10}, // beyond the end
	} {
		fmt.Fprintf(&trace, "{\"timestamp\": %d, \"input_length\": %d, \"output_length\": %d}\n", 5000+r.at.Milliseconds(), r.in, r.out)
		provider := "primary"
		if i >= 4 && i < 7 {
			provider = "secondary"
		}
		if r.at < 30*time.Second {
			want = append(want, sent{r.at, map[string][2]int{provider: {r.in, r.out}}})
		}
	}
	if diff := cmp.Diff(want, replayed(t, trace.String()), cmp.AllowUnexported(sent{})); diff != "" {
		t.Errorf("(-planted +logged):\n%s", diff)
	}
}
