//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// start is how big the tool is and how soon it answers.
func (b *bench) start() error {
	info, err := os.Stat(b.brownout)
	if err != nil {
		return err
	}
	mb := float64(info.Size()) / 1e6
	b.row("size of the binary", fmt.Sprintf("%.1f MB", mb), "< 25 MB", mb < 25)
	var took []float64
	for range 5 {
		began := time.Now()
		mock, err := b.serve(quick)
		if err != nil {
			return err
		}
		_, err = b.loop(mock.url, post(chatPath, chat(false)), 1, time.Nanosecond)
		took = append(took, time.Since(began).Seconds()*1e3)
		mock.end()
		if err != nil {
			return err
		}
	}
	ms := median(took)
	b.row("brownout serve, start to first answer", fmt.Sprintf("%.0f ms (median of 5)", ms), "< 300 ms", ms < 300)
	return nil
}

// steady is a drill of two minutes at 500 requests a second.
const steady = `version: 1
name: bench
providers:
  primary: {dialect: openai, listen: "127.0.0.1:0", models: {gpt-4o-mini: &pace {ttft: {p50: 50ms, p99: 50ms}, gap: {p50: 5ms, p99: 5ms}, tokens: {p50: 10, p99: 10}}}}
  secondary: {dialect: openai, listen: "127.0.0.1:0", models: {gpt-4o-mini: *pace}}
app:
  command: [%q, -listen, "127.0.0.1:%[2]s"]
  ready: {url: "http://127.0.0.1:%[2]s/healthz", within: 30s}
traffic:
  target: http://127.0.0.1:%[2]s
  journeys:
    chat:
      rate: 500/s
      request: {path: /chat, json: {message: "{{prompt}}"}, stream: true}
      answer: {sse: "$.delta"}
      timeout: 8s
      degraded: {json: {"$.degraded": true}}
      restart: {event: reset}
phases:
  - {name: calm, for: 40s}
  - name: down
    for: 40s
    faults: [{provider: primary, kind: server_error}]
  - {name: after, for: 40s}
`

// drill watches the tool's time and memory in a whole drill.
func (b *bench) drill() error {
	planted, err := filepath.Abs(b.planted)
	if err != nil {
		return err
	}
	file := filepath.Join(b.scratch, "steady.drill.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, steady, planted, b.freePort()), 0o600); err != nil {
		return err
	}
	var out bytes.Buffer
	cmd := b.command(b.brownout, "run", file, "--quiet", "-o", filepath.Join(b.scratch, "steady"))
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	running := &child{cmd: cmd}
	var held []string
	var last usage
	sampled := make(chan struct{})
	over := make(chan struct{})
	go func() {
		defer close(sampled)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-tick.C:
			case <-over:
				return
			}
			if now := running.sofar(); now.cpu > 0 {
				last = now
			}
			if n%120 == 0 {
				held = append(held, fmt.Sprintf("%.0f", running.resident()))
			}
		}
	}()
	err = cmd.Wait()
	length := time.Since(began)
	close(over)
	<-sampled
	if failed, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || failed.ExitCode() < 97) { // a verdict is none of ours
		return fmt.Errorf("%w: %s", err, &out)
	}
	if last.cpu == 0 {
		last = used(cmd) // with the app's time, which it waited for
	}
	cores := last.cpu.Seconds() / length.Seconds()
	b.row("drill at 500/s for 2 min", fmt.Sprintf("%.2f cores; %s MB resident at 30, 60, … s; peak %.0f MB with judging", cores, strings.Join(held, ", "), last.peak),
		"< 1 core, < 200 MB", cores < 1 && last.peak < 200)
	return nil
}
