package drill_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"text/tabwriter"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// An agent is an app that calls a tool before it asks its model. It calls once more
// when the first call was not answered.
type agent struct {
	key     bool // the second call has the idempotency key of the first
	idle    bool // it asks no model
	repeats atomic.Int64
}

// app is the agent where the drill puts it.
func (a *agent) app(place drill.Place) (http.Handler, func(), error) {
	env := map[string]string{}
	for _, v := range place.Env {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	if env["BROWNOUT_TOOLS_URL"] == "" || env["BROWNOUT_TOOLS_KEY"] != "" {
		return nil, nil, fmt.Errorf("the environment of an app with tools is %q", place.Env)
	}
	transport := &http.Transport{DialContext: place.Net.Dial}
	post := func(ctx context.Context, url, body, key, bearer string) (int, string) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+bearer)
		if key != "" {
			req.Header.Set("Idempotency-Key", key)
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			return 0, ""
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return 0, ""
		}
		return resp.StatusCode, string(text)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		key := ""
		if a.key {
			key = string(prompt)
		}
		mail := fmt.Sprintf(`{"to":"ann","text":%q}`, prompt)
		if status, _ := post(r.Context(), env["BROWNOUT_TOOLS_URL"]+"/send_mail", mail, key, ""); status != http.StatusOK {
			a.repeats.Add(1)
			_, _ = post(r.Context(), env["BROWNOUT_TOOLS_URL"]+"/send_mail", mail, key, "")
		}
		if a.idle {
			return
		}
		body := fmt.Sprintf(`{"model":"gpt-4o","messages":[{"role":"user","content":%q}]}`, prompt)
		status, text := post(r.Context(), env["OPENAI_BASE_URL"]+"/chat/completions", body, "", env["OPENAI_API_KEY"])
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}), transport.CloseIdleConnections, nil
}

// agentDrill is a drill whose tools have a fault in the surge.
func agentDrill(fault string) string {
	return `
version: 1
name: agent
providers:
  primary: {dialect: openai, models: {gpt-4o: {ttft: {p50: 100ms}, gap: {p50: 10ms}, tokens: {p50: 20}}}}
  tools: {dialect: tools}
traffic: {target: "http://127.0.0.1:8000", journeys: {chat: {rate: 10/s, timeout: 10s, request: {path: /, text: "{{prompt}}"}}}}
phases:
  - {name: baseline, for: 6s}
  - {name: surge, for: 10s, faults: [{provider: tools, ` + fault + `}]}
  - {name: recovery, for: 10s}
bars: [{metric: error_rate, max: 50%}]
`
}

// performAgent drills an agent and gives the log.
func performAgent(t *testing.T, text string, a *agent) (log []byte, err error) {
	t.Helper()
	plan, problems := load(t, text)
	if plan == nil {
		t.Fatal(problems)
	}
	var b bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err = drill.Run(t.Context(), plan, drill.Options{
			App: drill.Handler("agent", a.app), Log: &b,
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
		})
	})
	return b.Bytes(), err
}

// TestEffects performs every kind of fault that a service can have, and tells in
// testdata/matrix/effects.txt what its clients saw and whether the effect took place.
func TestEffects(t *testing.T) {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kind\tstatus\teffect")
	for _, k := range faults.Kinds() {
		if k.Speech() || k.Family == "load" || k.Family == "tls" || (faults.Fault{Kind: k.Name}).Transport() {
			continue // refused, or the same for every dialect and not a request's
		}
		settings := ""
		for _, p := range k.Params {
			if p.Required {
				settings += ", " + p.Name + ": " + map[faults.ParamType]string{faults.Factor: "4"}[p.Type]
			}
		}
		// The table is of kinds, not of figures: few calls show what each does.
		text := strings.Replace(agentDrill("kind: "+k.Name+settings+", first: 1"), "rate: 10/s", "rate: 2/s", 1)
		log, err := performAgent(t, text, &agent{})
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		var seen []string
		for e, err := range record.Read(bytes.NewReader(log)) {
			if err != nil {
				t.Fatal(err)
			}
			a := e.Line.Attempt
			if a == nil || a.Kind != k.Name {
				continue
			}
			if a.Tool != "send_mail" || a.Endpoint != "tool" || a.Nonce == "" {
				t.Errorf("%s: the attempt %+v", k.Name, a)
			}
			seen = append(seen, fmt.Sprintf("%d\t%s", a.Status, map[bool]string{true: "took place", false: "did not"}[a.Executed]))
		}
		if len(seen) != 20 {
			t.Errorf("%s: %d calls met it, want 20", k.Name, len(seen))
		}
		slices.Sort(seen)
		for _, s := range slices.Compact(seen) {
			fmt.Fprintf(w, "%s\t%s\n", k.Name, s)
		}
	}
	_ = w.Flush()
	hold(t, "effects.txt", table.String())
}

// What the agent does twice the card counts, to the call; with a key the service
// does it once.
func TestDuplicateEffectsOfADrill(t *testing.T) {
	for _, c := range []struct {
		key   bool
		fault string
		want  func(repeats int64) float64
		found []string
	}{
		{false, "kind: gateway_timeout, hold: 1s, share: 50%, first: 1", func(n int64) float64 { return float64(n) }, []string{"duplicate_effect"}},
		{true, "kind: gateway_timeout, hold: 1s, share: 50%, first: 1", func(int64) float64 { return 0 }, nil},
		{false, "kind: server_error, share: 50%, first: 1", func(int64) float64 { return 0 }, nil},
	} {
		a := &agent{key: c.key}
		log, err := performAgent(t, agentDrill(c.fault), a)
		if err != nil {
			t.Fatal(err)
		}
		card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
		if err != nil {
			t.Fatal(err)
		}
		n := a.repeats.Load()
		if n < 20 {
			t.Errorf("key %v, %s: the agent repeated %d calls", c.key, c.fault, n)
		}
		i := slices.IndexFunc(card.Metrics, func(m measure.Measure) bool {
			return m.Name == "duplicate_effects" && m.Provider == "tools"
		})
		if m := card.Metrics[i]; m.Value == nil || *m.Value != c.want(n) {
			t.Errorf("key %v, %s: %v effects twice; the agent repeated %d calls", c.key, c.fault, m.Value, n)
		}
		var found []string
		for _, f := range card.Findings {
			found = append(found, f.Code)
		}
		if !slices.Equal(found, c.found) {
			t.Errorf("key %v, %s: found %v; want %v", c.key, c.fault, found, c.found)
		}
	}
}

// A canary that reaches the tools alone is not seen: users are answered elsewhere.
func TestACanaryIsToBeSeenByAModel(t *testing.T) {
	_, err := performAgent(t, agentDrill("kind: hang"), &agent{idle: true})
	if _, ok := errors.AsType[*drill.CanaryError](err); !ok {
		t.Errorf("got %v; want a CanaryError", err)
	}
}
