package drill_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// realKey is one that only the app and the real endpoint know.
const realKey = "sk-live-0123456789abcdef"

// A model is a real endpoint: it streams three words, a tenth of a second apart,
// and signs nothing.
type model struct {
	mu    sync.Mutex
	asked []*http.Request
	half  bool // it breaks off after the second word
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.asked = append(m.asked, r)
	m.mu.Unlock()
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Connection", "X-Hop")
	w.Header().Set("X-Hop", "for the next one alone")
	w.Header().Set("X-Model", "llama")
	for i, word := range []string{"It", " is", " late."} {
		if i == 2 && m.half {
			panic(http.ErrAbortHandler)
		}
		if i > 0 {
			time.Sleep(100 * time.Millisecond)
		}
		fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\r\n\r\n", word)
		_ = http.NewResponseController(w).Flush()
	}
	fmt.Fprint(w, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":31,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n")
}

// serve lets it listen until the returned function is called.
func (m *model) serve(t *testing.T, network *memnet.Net, addr string) func() {
	l, err := network.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(l, m)
}

// serveOn lets a handler answer at a listener until the returned function is called.
func serveOn(l net.Listener, h http.Handler) func() {
	server := &http.Server{Handler: h}
	over := make(chan error)
	go func() { over <- server.Serve(l) }()
	return func() { server.Close(); <-over }
}

// relay is an app that asks the primary with its own key, and the secondary when
// that fails.
func relay(place drill.Place) (http.Handler, func(), error) {
	transport := &http.Transport{DialContext: place.Net.Dial}
	ask := func(ctx context.Context, provider, key, prompt string) (*http.Response, error) {
		body := fmt.Sprintf(`{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":%q}]}`, prompt)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, place.Fill("{{"+provider+".base_url}}")+"/chat/completions", strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Accept-Encoding", "gzip")
		resp, err := transport.RoundTrip(r)
		if err == nil && resp.StatusCode != http.StatusOK {
			resp.Body.Close()
			return nil, fmt.Errorf("status %d", resp.StatusCode)
		}
		return resp, err
	}
	answer := func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		resp, err := ask(r.Context(), "primary", realKey, string(prompt))
		if err != nil {
			resp, err = ask(r.Context(), "secondary", place.Fill("{{secondary.key}}"), string(prompt))
		}
		if err != nil {
			http.Error(w, "sorry", http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		w.Header().Set("Content-Type", "text/event-stream")
		buf := make([]byte, 4096)
		for {
			n, err := resp.Body.Read(buf)
			_, _ = w.Write(buf[:n])
			_ = http.NewResponseController(w).Flush()
			if err == io.EOF {
				return
			}
			if err != nil {
				panic(http.ErrAbortHandler)
			}
		}
	}
	return http.HandlerFunc(answer), transport.CloseIdleConnections, nil
}

// playUpstream plays a drill with a real endpoint as its primary.
func playUpstream(t *testing.T, m *model, listens bool) (log []byte, env []string) {
	t.Helper()
	plan, problems := load(t, `
version: 1
name: upstream
providers:
  primary: {dialect: openai, upstream: "http://127.0.0.1:11434/v1"}
  secondary: {dialect: openai, models: {gpt-4o: {ttft: {p50: 100ms}, gap: {p50: 10ms}, tokens: {p50: 10}}}}
traffic:
  journeys:
    chat:
      rate: 10/s
      timeout: 5s
      request: {path: /, text: "{{prompt}}", stream: true}
      answer: {sse: "$.choices[0].delta.content"}
phases:
  - {name: baseline, for: 6s}
  - {name: surge, for: 6s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 12s}
bars:
  - {metric: availability, phase: surge, min: 90%}
  - {metric: availability, phase: recovery, min: 90%}
`)
	if plan == nil {
		t.Fatal(problems)
	}
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		if listens {
			defer m.serve(t, network, "127.0.0.1:11434")()
		}
		err := drill.Run(t.Context(), plan, drill.Options{
			Log: &out, Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
			App: drill.Handler("relay", func(place drill.Place) (http.Handler, func(), error) {
				env = place.Env
				return relay(place)
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return out.Bytes(), env
}

// attempts are the lines of a provider's ledger.
func attempts(t *testing.T, log []byte, provider string) []record.Attempt {
	t.Helper()
	var all []record.Attempt
	for e, err := range record.Read(bytes.NewReader(log)) {
		if err != nil {
			t.Fatal(err)
		}
		if a := e.Line.Attempt; a != nil && a.Provider == provider {
			all = append(all, *a)
		}
	}
	return all
}

// TestUpstream: a real endpoint stands where a mock would. The app's users are seen
// to be served by it, to the moment, and by the mock while faults are on it.
func TestUpstream(t *testing.T) {
	m := &model{}
	log, env := playUpstream(t, m, true)
	card := judge(t, log)
	if card.Verdict != scorecard.Pass {
		t.Errorf("verdict %v: %s %v", card.Verdict, card.Sentence, card.Reasons)
	}
	want := map[string]map[string]int{"baseline": {"good": 40}, "surge": {"fallback": 60}, "recovery": {"good": 120}}
	if diff := cmp.Diff(want, card.Outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	for _, a := range attempts(t, log, "primary") {
		if a.Fault != "" {
			continue
		}
		if a.First == nil || a.Status != 200 || a.Finish != "stop" || a.TokensIn != 31 || a.TokensOut != 3 || a.Nonce == "" {
			t.Fatalf("attempt %+v, want its words, its finish and its bill", a)
		}
		if first, took := *a.First-a.Arrived, a.Ended-a.Arrived; first.Duration() != 0 || took.Duration() != 200*time.Millisecond {
			t.Fatalf("first word after %v, the end after %v; want 0 and 200 ms: nothing is held back", first.Duration(), took.Duration())
		}
	}
	if bytes.Contains(log, []byte(realKey)) {
		t.Error("the log shows the app's key")
	}
	for _, v := range env {
		if strings.HasPrefix(v, "OPENAI_API_KEY=") && !strings.Contains(v, "brownout") || strings.HasPrefix(v, "BROWNOUT_PRIMARY_KEY=") {
			t.Errorf("the app's own key is hidden by %s", v)
		}
	}
	for _, r := range m.asked {
		if got := r.Header.Get("Authorization"); got != "Bearer "+realKey || r.Host != "127.0.0.1:11434" || r.URL.Path != "/v1/chat/completions" {
			t.Fatalf("asked %s at %s with %q", r.URL, r.Host, got)
		}
		if got := r.Header.Get("Accept-Encoding") + r.Header.Get("X-Forwarded-For"); got != "" {
			t.Fatalf("asked with %q, which no client sent or nobody could read", got)
		}
	}
}

// TestUpstreamDown: an endpoint that is not there is answered for as the provider's
// edge would, and nobody takes it for a fault of the drill.
func TestUpstreamDown(t *testing.T) {
	log, _ := playUpstream(t, &model{}, false)
	for _, a := range attempts(t, log, "primary") {
		if a.Fault == "" && (a.Status != http.StatusBadGateway || a.Refused != "upstream") {
			t.Fatalf("attempt %+v, want 502, refused by the upstream", a)
		}
	}
	card := judge(t, log)
	if limits := strings.Join(card.Limits, "\n"); !strings.Contains(limits, "failed by itself") || !strings.Contains(limits, "connection refused") {
		t.Errorf("the card does not say so:\n%s", limits)
	}
}

// TestUpstreamBreaksOff: what a real endpoint breaks off, its clients see broken.
func TestUpstreamBreaksOff(t *testing.T) {
	log, _ := playUpstream(t, &model{half: true}, true)
	for _, a := range attempts(t, log, "primary") {
		if a.Fault == "" && (a.Status != http.StatusOK || a.Finish != "" || a.TokensOut != 2 || a.Refused != "upstream" || a.Left != nil) {
			t.Fatalf("attempt %+v, want two tokens and the upstream to blame", a)
		}
	}
	card := judge(t, log)
	if got := card.Outcomes["recovery"]; got["good"] > 0 || got["error"] != 120 {
		t.Errorf("outcomes %v, want errors alone", got)
	}
}

// TestUpstreamHosts: only this machine may be asked unless the host is allowed, real
// providers included.
func TestUpstreamHosts(t *testing.T) {
	for _, c := range []struct {
		upstream string
		allowed  []string
		why      string // "": none
	}{
		{"http://127.0.0.1:11434", nil, ""},
		{"http://[::1]:11434/v1", nil, ""},
		{"http://localhost/v1", nil, ""},
		{"https://gateway.example/v1", nil, "is not on this machine"},
		{"https://gateway.example/v1", []string{"gateway.example"}, ""},
		{"https://api.openai.com/v1", nil, "belongs to a real provider, where the drill's requests cost money"},
		{"https://api.openai.com/v1", []string{"gateway.example"}, "belongs to a real provider, where the drill's requests cost money"},
		{"https://api.openai.com/v1", []string{"api.openai.com"}, ""},
	} {
		plan := &scenarios.Plan{Providers: []scenarios.Provider{{Name: "mock"}, {Name: "primary", Upstream: c.upstream}}}
		want := ""
		if c.why != "" {
			want = fmt.Sprintf("upstream %q of provider \"primary\" %s", c.upstream, c.why)
		}
		got := ""
		if err := drill.CheckUpstreams(plan, c.allowed); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s with %v allowed: %q, want %q", c.upstream, c.allowed, got, want)
		}
	}
}
