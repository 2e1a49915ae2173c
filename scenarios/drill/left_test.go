package drill_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Row 10 of the fidelity checklist: a client that gives up is written down as
// 499, with the moment at which it left, and the mock stops working for it. The
// bubble proves that nothing of it goes on.
func TestWire10ClientLeaves(t *testing.T) {
	files := fstest.MapFS{"hang.yaml": {Data: []byte(`
version: 1
name: hang
providers: {primary: {dialect: openai}}
traffic:
  journeys: {chat: {rate: 5/s, timeout: 5s, request: {path: /, text: "{{prompt}}"}}}
phases:
  - {name: baseline, for: 3s}
  - {name: silent, for: 3s, faults: [{provider: primary, kind: hang}]}
  - {name: healthy, for: 3s}
bars: [{metric: error_rate, max: 50%}]
`)}}
	plan, problems := scenarios.Load("hang.yaml", scenarios.Options{FS: files, HaveApp: true, AnyPorts: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err := drill.Run(t.Context(), plan, drill.Options{
			App: drill.Handler("impatient", impatient),
			Log: &log,
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	left := 0
	for e, err := range record.Read(bytes.NewReader(log.Bytes())) {
		if err != nil {
			t.Fatal(err)
		}
		a := e.Line.Attempt
		if a == nil || a.Kind != "hang" {
			continue
		}
		left++
		if a.Status != 499 || a.Left == nil || (*a.Left-a.Arrived).Duration() != patience || a.TokensOut != 0 {
			t.Errorf("attempt %+v, want status 499 and left after %v", a, patience)
		}
	}
	if left != 15 {
		t.Errorf("%d attempts met the silence, want all 15", left)
	}
}

const patience = 700 * time.Millisecond

// impatient is an app that waits so long for its provider and no longer.
func impatient(place drill.Place) (http.Handler, func(), error) {
	var base, key string
	for _, v := range place.Env {
		if rest, ok := strings.CutPrefix(v, "OPENAI_BASE_URL="); ok {
			base = rest
		}
		if rest, ok := strings.CutPrefix(v, "OPENAI_API_KEY="); ok {
			key = rest
		}
	}
	transport := &http.Transport{DialContext: place.Net.Dial}
	ask := func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		body := `{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"` + string(prompt) + `"}]}`
		req, _ := http.NewRequestWithContext(ctx, http.MethodPost, base+"/chat/completions", strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+key)
		resp, err := transport.RoundTrip(req)
		if err != nil {
			http.Error(w, "sorry", http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		_, _ = io.Copy(w, resp.Body)
	}
	return http.HandlerFunc(ask), transport.CloseIdleConnections, nil
}
