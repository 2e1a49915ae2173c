package drill_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

const safeScenario = `
version: 1
name: safe
providers: {primary: {dialect: openai, tls: true}, secondary: {dialect: anthropic}}
traffic:
  journeys: {chat: {rate: 1/s, request: {path: "/?q={{nonce}}"}}}
phases:
  - {name: baseline, for: 10s}
`

func loadSafe(t *testing.T) *scenarios.Plan {
	t.Helper()
	path := t.TempDir() + "/safe.drill.yaml"
	if err := os.WriteFile(path, []byte(safeScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, problems := scenarios.Load(path, scenarios.Options{AnyPorts: true, HaveApp: true})
	if plan == nil {
		t.Fatal(problems)
	}
	return plan
}

// variable finds a variable of an environment, "" without one.
func variable(env []string, name string) string {
	for _, v := range env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// The CA's file is what an app needs to trust the provider, is named by each of
// the variables, and is gone when the session is.
func TestTheCAReachesTheApp(t *testing.T) {
	session, err := drill.Open(t.Context(), loadSafe(t), drill.Options{Log: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	place := session.Place()
	file := variable(place.Env, "SSL_CERT_FILE")
	for _, name := range []string{"REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"} {
		if got := variable(place.Env, name); got != file {
			t.Errorf("%s is %q, want %q", name, got, file)
		}
	}
	written, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(written), "PRIVATE") {
		t.Errorf("the CA's file: %v, %s", err, written)
	}
	if url := place.Fill("{{primary.url}}"); !strings.HasPrefix(url, "https://127.0.0.1:") {
		t.Errorf("the provider is at %s", url)
	}
	if url := place.Fill("{{secondary.url}}"); !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("the plain provider is at %s", url)
	}
	err = session.Inject(faults.Fault{Kind: "cert_expired", Providers: []string{"secondary"}, Share: faults.Share{From: 1, To: 1}})
	if err == nil || !strings.Contains(err.Error(), `"secondary" speaks no TLS`) {
		t.Errorf("a TLS fault on a plain provider: %v", err)
	}
	if err := session.Close(); !errors.Is(err, drill.ErrNoTraffic) {
		t.Error(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the CA's file is still there: %v", err)
	}
}

// An app that calls the mocks and does not trust them is told so.
func TestTheCanaryKnowsOfDistrust(t *testing.T) {
	app := drill.Handler("distrusting", func(place drill.Place) (http.Handler, func(), error) {
		transport := &http.Transport{DialContext: place.Net.Dial} // and the system's roots
		ask := func(w http.ResponseWriter, r *http.Request) {
			req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, place.Fill("{{primary.url}}/?q=")+r.URL.Query().Get("q"), nil)
			if err == nil {
				var resp *http.Response
				if resp, err = transport.RoundTrip(req); err == nil {
					resp.Body.Close()
				}
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
			}
		}
		return http.HandlerFunc(ask), transport.CloseIdleConnections, nil
	})
	plan := loadSafe(t)
	var err error
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err = drill.Run(t.Context(), plan, drill.Options{
			App: app, Log: io.Discard, Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
		})
	})
	canary, ok := errors.AsType[*drill.CanaryError](err)
	if !ok || len(canary.Distrust) != 1 || canary.Distrust[0] != "primary: bad certificate" {
		t.Errorf("%v, want a client that refused the certificate", err)
	}
}
