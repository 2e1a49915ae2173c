package drilltest_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// Each fault that ends, breaks or delays a connection is the same to a client
// on the kernel's sockets and in memory.
func TestFaultsOnSocketsAndInMemory(t *testing.T) {
	for _, kind := range faults.Kinds() {
		if kind.Sockets || !slices.Contains([]string{"stream", "transport", "time", "tls"}, kind.Family) {
			continue
		}
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, faultOf(kind), kind.Family == "tls")
		})
	}
}

// Faults that break a connection do the same to one that speaks TLS, and those of
// transport in front of it.
func TestFaultsUnderTLS(t *testing.T) {
	const begins = "stream: 200, 13 events, terminator false, "
	for name, want := range map[string]string{
		"cut": begins + "reset", "abort": begins + "unexpected EOF", "reset": "stream: reset", "hang": "stream: timeout",
		"refuse": "stream: refused", "blackhole": "stream: timeout", "latency": "stream: 200, 23 events, terminator true, EOF",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kinds := faults.Kinds()
			kind := kinds[slices.IndexFunc(kinds, func(k faults.Kind) bool { return k.Name == name })]
			if got := onBoth(t, faultOf(kind), true); !slices.Contains(got, want) {
				t.Errorf("clients see %q, want %q among it", got, want)
			}
		})
	}
}

// onBoth holds what clients see on sockets and in memory against each other, and
// returns it. A machine that is too busy for the clients' patience gets more of it:
// what differs then differs.
func onBoth(t *testing.T, fault faults.Fault, safe bool) []string {
	t.Helper()
	var memory []string
	for _, patience := range []time.Duration{400 * time.Millisecond, 4 * time.Second} {
		sockets := seen(t, drill.Net{}, fault, safe, patience)
		synctest.Test(t, func(t *testing.T) {
			memory = seen(t, drilltest.InMemory(memnet.New()), fault, safe, patience)
		})
		diff := cmp.Diff(sockets, memory)
		if diff == "" {
			return memory
		}
		t.Logf("what clients see with a patience of %v (-sockets +memory):\n%s", patience, diff)
	}
	t.Error("clients do not see the same on sockets and in memory")
	return memory
}

func faultOf(kind faults.Kind) faults.Fault {
	return faults.Fault{
		Kind: kind.Name, Providers: []string{"primary"}, Share: faults.Share{From: 1, To: 1}, Params: paramsOf(kind),
	}
}

// TestTLSFaultsAsClientsSeeThem: a connection that is open goes on, new ones meet
// the fault, and all is well when it is over.
func TestTLSFaultsAsClientsSeeThem(t *testing.T) {
	const well = ": 200, 23 events, terminator true, EOF"
	for kind, want := range map[string]string{
		"cert_expired":    "expired certificate",
		"cert_wrong_host": "certificate of another-host.invalid",
		"handshake_stall": "timeout",
	} {
		synctest.Test(t, func(t *testing.T) {
			fault := faults.Fault{Kind: kind, Providers: []string{"primary"}, Share: faults.Share{From: 1, To: 1}}
			got := seen(t, drilltest.InMemory(memnet.New()), fault, true, 400*time.Millisecond)
			want := []string{
				"before" + well, "kept connection: 200, 1 events, terminator true, EOF", "still open" + well,
				"stream: " + want, "whole: " + want, "after" + well,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", kind, diff)
			}
		})
	}
}

// paramsOf are the settings of a kind that have no default.
func paramsOf(kind faults.Kind) faults.Params {
	params := faults.Params{}
	for _, p := range kind.Params {
		switch {
		case p.Default != nil:
			params[p.Name] = p.Default
		case p.Type == faults.Duration:
			params[p.Name] = 50 * time.Millisecond
		case p.Name == "bytes_per_second":
			params[p.Name] = 100 // no head within any patience: how much of a stream comes is chance
		case p.Type == faults.Count && p.Required:
			params[p.Name] = 4000 // a part of an answer
		case p.Type == faults.Factor:
			params[p.Name] = faults.Slow{TTFTFrom: 2, TTFTTo: 2, GapFrom: 2, GapTo: 2}
		}
	}
	return params
}

const twinScenario = `
version: 1
name: twin
providers:
  primary:
    dialect: openai
    tls: %v
    models: {gpt-4o: {ttft: {p50: 5ms, p99: 5ms}, gap: {p50: 5ms, p99: 5ms}, tokens: {p50: 20, p99: 20}}}
traffic:
  journeys:
    chat: {rate: 1/s, request: {method: POST, path: /chat, json: {message: "{{prompt}}"}}}
phases:
  - {name: baseline, for: 10s}
`

// seen is what clients of some patience see of a fault: a connection that is open when
// it begins, new ones, streams, whole answers, and one after it.
func seen(t *testing.T, network drill.Net, fault faults.Fault, safe bool, patience time.Duration) []string {
	t.Helper()
	path := t.TempDir() + "/twin.drill.yaml"
	if err := os.WriteFile(path, fmt.Appendf(nil, twinScenario, safe), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, problems := scenarios.Load(path, scenarios.Options{AnyPorts: true, HaveApp: true})
	if plan == nil {
		t.Fatal(problems)
	}
	opts := drill.Options{Log: io.Discard, Net: network}
	if fault.Transport() {
		opts.Proxied = []string{"primary"}
	}
	session, err := drill.Open(t.Context(), plan, opts)
	if err != nil {
		t.Fatal(err)
	}
	place := session.Place()
	transport := &http.Transport{DialContext: place.Net.Dial, TLSClientConfig: &tls.Config{RootCAs: place.Roots}}
	c := &caller{
		http: &http.Client{Transport: transport, Timeout: patience},
		url:  place.Fill("{{primary.base_url}}/chat/completions"),
		key:  place.Fill("{{primary.key}}"),
	}
	c.call("before", true)
	c.call("kept connection", true, func() {
		if err := session.Inject(fault); err != nil {
			t.Fatal(err)
		}
	})
	// A client that is idle needs a moment to see that its connection is gone.
	time.Sleep(30 * time.Millisecond)
	if fault.TLS() {
		c.call("still open", true)
		transport.CloseIdleConnections()
	}
	c.call("stream", true)
	c.call("whole", false)
	session.Heal()
	transport.CloseIdleConnections()
	c.call("after", true)
	transport.CloseIdleConnections()
	if err := session.Close(); !errors.Is(err, drill.ErrNoTraffic) {
		t.Fatal(err)
	}
	return c.saw
}

type caller struct {
	http     *http.Client
	url, key string
	saw      []string
}

// call makes one request and notes what came of it. Amid is called when the
// answer has begun; how much of it has come then is chance, and not noted.
func (c *caller) call(what string, stream bool, amid ...func()) {
	ctx := context.Background()
	body := fmt.Sprintf(`{"model":"gpt-4o","stream":%v,"messages":[{"role":"user","content":"hello"}]}`, stream)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader([]byte(body)))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	resp, err := c.http.Do(req)
	if err != nil {
		c.saw = append(c.saw, fmt.Sprintf("%s: %s", what, class(err)))
		return
	}
	defer resp.Body.Close()
	for _, f := range amid {
		f()
	}
	events, ends, size := 0, false, 0
	in := bufio.NewReader(resp.Body)
	for err == nil {
		var line string
		line, err = in.ReadString('\n')
		size += len(line)
		if strings.HasPrefix(line, "data: ") {
			events++
		}
		ends = ends || line == "data: [DONE]\n"
	}
	if !stream || len(amid) > 0 {
		events = min(size, 1)
	}
	c.saw = append(c.saw, fmt.Sprintf("%s: %d, %d events, terminator %v, %s", what, resp.StatusCode, events, ends, class(err)))
}

// class is what a client can tell errors apart by.
func class(err error) string {
	if bad, ok := errors.AsType[x509.CertificateInvalidError](err); ok && bad.Reason == x509.Expired {
		return "expired certificate"
	}
	if other, ok := errors.AsType[x509.HostnameError](err); ok {
		return "certificate of " + strings.Join(other.Certificate.DNSNames, ", ")
	}
	for _, k := range []struct {
		err  error
		name string
	}{
		{context.DeadlineExceeded, "timeout"},
		{syscall.ECONNREFUSED, "refused"},
		{syscall.ECONNRESET, "reset"},
		{syscall.EPIPE, "broken pipe"},
		{io.ErrUnexpectedEOF, "unexpected EOF"},
		{io.EOF, "EOF"},
	} {
		if errors.Is(err, k.err) {
			return k.name
		}
	}
	return err.Error()
}
