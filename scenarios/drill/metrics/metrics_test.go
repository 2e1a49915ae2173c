package metrics_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/metrics"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

const scenario = `
version: 1
name: counted
providers: {primary: {dialect: openai}, secondary: {dialect: openai}}
traffic:
  journeys:
    chat: {rate: 10/s, request: {path: "/?q={{nonce}}"}, timeout: 5s}
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 10s}
`

// relay asks the primary what it is asked, at once, and hands its status on.
func relay(place drill.Place) (http.Handler, func(), error) {
	transport := &http.Transport{DialContext: place.Net.Dial}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := `{"model":"gpt-4o","messages":[{"role":"user","content":"` + r.URL.Query().Get("q") + `"}]}`
		req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, place.Fill("{{primary.base_url}}")+"/chat/completions", strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Authorization", "Bearer "+place.Fill("{{primary.key}}"))
		resp, err := transport.RoundTrip(req)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
	}), transport.CloseIdleConnections, nil
}

// What is shown in the middle of the surge is what has happened by then, to the
// request: of 150 that were sent, 100 met a well provider.
func TestCollector(t *testing.T) {
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{
		FS: fstest.MapFS{"x.yaml": {Data: []byte(scenario)}}, HaveApp: true, AnyPorts: true,
	})
	if plan == nil {
		t.Fatal(problems)
	}
	c := metrics.New(metrics.Options{Version: "v1.2.3"})
	blind := metrics.New(metrics.Options{Version: "v1.2.3", Blind: true})
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err := drill.Run(t.Context(), plan, drill.Options{
			App: drill.Handler("relay", relay), Log: new(bytes.Buffer),
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
			Watch: func(ctx context.Context, live *drill.Live) {
				beside, stop := context.WithCancel(ctx)
				go c.Watch(beside, live)
				go blind.Watch(beside, live)
				time.Sleep(15*time.Second - time.Millisecond)
				synctest.Wait()
				lookAtSurge(t, c)
				for name, want := range map[string]int{"brownout_drill_phase": 0, "brownout_faults_open": 0, "brownout_user_requests_sent_total": 1} {
					if n := testutil.CollectAndCount(blind, name); n != want {
						t.Errorf("the blind drill shows %s %d times, want %d", name, n, want)
					}
				}
				stop()
			},
		})
		if err != nil {
			t.Error(err)
		}
	})
	if n := testutil.CollectAndCount(blind, "brownout_drill_phase"); n != 3 {
		t.Errorf("after its end the blind drill shows %d phases", n)
	}
	problemsOf, err := testutil.CollectAndLint(c)
	if err != nil || len(problemsOf) > 0 {
		t.Errorf("promlint: %v, %v", problemsOf, err)
	}
	if n := testutil.CollectAndCount(c, "brownout_drill_running"); n != 1 {
		t.Errorf("after its end the drill is shown %d times", n)
	}
}

func lookAtSurge(t *testing.T, c *metrics.Collector) {
	t.Helper()
	const want = `
# HELP brownout_drill_phase 1 for the phase that the drill is in, 0 for the others.
# TYPE brownout_drill_phase gauge
brownout_drill_phase{app="relay",phase="baseline"} 0
brownout_drill_phase{app="relay",phase="recovery"} 0
brownout_drill_phase{app="relay",phase="surge"} 1
# HELP brownout_drill_length_seconds How long the drill will be, if nobody changes it.
# TYPE brownout_drill_length_seconds gauge
brownout_drill_length_seconds{app="relay"} 30
# HELP brownout_faults_open How many faults of a kind are open on a provider.
# TYPE brownout_faults_open gauge
brownout_faults_open{app="relay",kind="server_error",provider="primary"} 1
# HELP brownout_provider_attempts_faulted_total Of the requests that reached a provider, those that met a fault.
# TYPE brownout_provider_attempts_faulted_total counter
brownout_provider_attempts_faulted_total{app="relay",provider="primary"} 50
brownout_provider_attempts_faulted_total{app="relay",provider="secondary"} 0
# HELP brownout_user_requests_sent_total Users' requests that were handed to the app.
# TYPE brownout_user_requests_sent_total counter
brownout_user_requests_sent_total{app="relay"} 150
`
	err := testutil.CollectAndCompare(c, strings.NewReader(want), "brownout_drill_phase", "brownout_drill_length_seconds",
		"brownout_faults_open", "brownout_provider_attempts_faulted_total", "brownout_user_requests_sent_total")
	if err != nil {
		t.Error(err)
	}
}

// Before the first drill there is the build alone, and nothing of the process.
func TestHandler(t *testing.T) {
	w := httptest.NewRecorder()
	metrics.New(metrics.Options{Version: "v1.2.3"}).Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	got := regexp.MustCompile(`goversion="[^"]*"`).ReplaceAllString(w.Body.String(), `goversion="go"`)
	const want = `# HELP brownout_build_info The version of brownout; always 1.
# TYPE brownout_build_info gauge
brownout_build_info{goversion="go",version="v1.2.3"} 1
`
	if w.Code != http.StatusOK || got != want {
		t.Errorf("%d:\n%s", w.Code, got)
	}
}
