package preview_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scenarios/preview"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// everyWindow has windows of every kind there is. Each fault is of another kind, so
// that the log tells them apart.
const everyWindow = `version: 1
name: windows
seed: 3
providers: {primary: {dialect: openai}}
traffic:
  target: http://127.0.0.1:8000
  arrival: poisson
  journeys:
    chat: {rate: 10/s, request: {path: "/?stream=true&q={{prompt}}", stream: true}}
    talk: {rate: 5/s, sessions: {turns: 3, think: 2s}, request: {path: "/?q={{prompt}}"}}
    poll: {rate: 5/s, request: {path: "/?q={{prompt}}"}}
phases:
  - {name: before, for: 5s}
  - {name: ramp, for: 20s, faults: [{provider: primary, kind: rate_limit, share: 80%, ramp: 15s}]}
  - {name: curve, for: 20s, faults: [{provider: primary, kind: server_error, share: {from: 5%, to: 60%}}]}
  - {name: cycle, for: 20s, faults: [{provider: primary, kind: overloaded, share: 90%, cycle: {bad: 3s, ok: 2s}, after: 1s, until: 19s}]}
  - {name: sticky, for: 20s, faults: [{provider: primary, kind: bad_request, share: 40%, sticky: session}]}
  - {name: first, for: 20s, faults: [{provider: primary, kind: not_found, share: 50%, first: 1}]}
  - name: match
    for: 20s
    faults:
      - {provider: primary, kind: bad_gateway, match: {stream: true}, share: 50%}
      - {provider: primary, kind: content_filter, share: 50%}
      - {provider: primary, kind: context_length}
  - name: narrow
    for: 20s
    faults:
      - {provider: primary, kind: unauthorized, match: {min_prompt_tokens: 100000}}
      - {provider: primary, kind: quota_exhausted, share: 50%, sticky: key}
      - {provider: primary, kind: gibberish, share: 50%}
`

// once asks the primary once what it is asked.
func once(network *memnet.Net) drill.App {
	return drill.Handler("once", func(place drill.Place) (http.Handler, func(), error) {
		var base, key string
		for _, v := range place.Env {
			base = strings.TrimPrefix(v, "OPENAI_BASE_URL=")
			if base != v {
				break
			}
		}
		for _, v := range place.Env {
			if own, is := strings.CutPrefix(v, "OPENAI_API_KEY="); is {
				key = own
			}
		}
		transport := &http.Transport{DialContext: network.Dial}
		client := &http.Client{Transport: transport}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked := r.URL.Query()
			stream := "false"
			if asked.Get("stream") == "true" {
				stream = "true"
			}
			body := `{"model":"gpt-4o","stream":` + stream + `,"messages":[{"role":"user","content":"` + asked.Get("q") + `"}]}`
			req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, base+"/chat/completions", strings.NewReader(body))
			if err != nil {
				panic(err)
			}
			req.Header.Set("Authorization", "Bearer "+key)
			resp, err := client.Do(req)
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			w.WriteHeader(resp.StatusCode)
			_ = resp.Body.Close()
		}), transport.CloseIdleConnections, nil
	})
}

// TestAgreesWithTheDrill plays the plan in virtual time: what the preview counted is
// what came, to the request; where it can only bound, it bounds.
func TestAgreesWithTheDrill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.drill.yaml")
	if err := os.WriteFile(path, []byte(everyWindow), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, problems := scenarios.Load(path, scenarios.Options{AnyPorts: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err := drill.Run(t.Context(), plan, drill.Options{
			App: once(network), Log: &log, Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	requests, phases, met := 0, map[string]int{}, map[string]int{}
	for e, err := range record.Read(&log) {
		if err != nil {
			t.Fatal(err)
		}
		if u := e.Line.User; u != nil {
			requests++
			for _, ph := range plan.Phases {
				if at := u.Due.Duration(); ph.From <= at && at < ph.To {
					phases[ph.Name]++
				}
			}
		}
		if a := e.Line.Attempt; a != nil {
			met[a.Kind]++
		}
	}
	p := preview.Of(plan, nil)
	if p.Requests != requests {
		t.Errorf("%d requests, %d came", p.Requests, requests)
	}
	for _, ph := range p.Phases {
		if ph.Requests != phases[ph.Name] {
			t.Errorf("%s: %d requests, %d came", ph.Name, ph.Requests, phases[ph.Name])
		}
	}
	for _, f := range p.Faults {
		if *f.Hits != met[f.Kind] && !f.AtMost || *f.Hits < met[f.Kind] {
			t.Errorf("%s: %d requests are to meet it (at most: %v), %d did", f.Kind, *f.Hits, f.AtMost, met[f.Kind])
		}
		if bounded := f.Kind == "unauthorized" || f.Kind == "quota_exhausted" || f.Kind == "gibberish"; f.AtMost != bounded {
			t.Errorf("%s: at most: %v", f.Kind, f.AtMost)
		}
		if !f.AtMost && met[f.Kind] == 0 {
			t.Errorf("nobody met %s", f.Kind)
		}
	}
}
