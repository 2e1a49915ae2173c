package drilltest_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
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
		if kind.Sockets || kind.Family != "stream" && kind.Family != "transport" && kind.Family != "time" {
			continue
		}
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			fault := faults.Fault{
				Kind: kind.Name, Providers: []string{"primary"}, Share: faults.Share{From: 1, To: 1}, Params: paramsOf(kind),
			}
			sockets := seen(t, drill.Net{}, fault)
			var memory []string
			synctest.Test(t, func(t *testing.T) {
				memory = seen(t, drilltest.InMemory(memnet.New()), fault)
			})
			if diff := cmp.Diff(sockets, memory); diff != "" {
				t.Errorf("what clients see (-sockets +memory):\n%s", diff)
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
			params[p.Name] = 1000 // no head within a call's time: how much of a stream comes is chance
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
    models: {gpt-4o: {ttft: {p50: 5ms, p99: 5ms}, gap: {p50: 5ms, p99: 5ms}, tokens: {p50: 20, p99: 20}}}
traffic:
  journeys:
    chat: {rate: 1/s, request: {method: POST, path: /chat, json: {message: "{{prompt}}"}}}
phases:
  - {name: baseline, for: 10s}
`

// seen is what clients see of a fault: a connection that is open when it begins,
// new ones, streams, whole answers, and one after it.
func seen(t *testing.T, network drill.Net, fault faults.Fault) []string {
	t.Helper()
	path := t.TempDir() + "/twin.drill.yaml"
	if err := os.WriteFile(path, []byte(twinScenario), 0o600); err != nil {
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
	transport := &http.Transport{DialContext: place.Net.Dial}
	c := &caller{
		http: &http.Client{Transport: transport},
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
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
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
