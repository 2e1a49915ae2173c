//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// quick is a scenario whose provider p answers at once, with ten tokens: about 1 KiB of
// JSON.
const quick = `version: 1
name: bench
providers:
  p: {dialect: openai, models: {m: {ttft: {p50: 0ms}, gap: {p50: 0ms}, tokens: {p50: 10}}}}
traffic: {target: "http://127.0.0.1:9", journeys: {j: {rate: 1/s, request: {path: /}, answer: {text: true}}}}
phases: [{name: calm, for: 10s}]
`

const chatPath = "/v1/chat/completions"

func chat(stream bool) string {
	return fmt.Sprintf(`{"model":"m","stream":%v,"messages":[{"role":"user","content":"hello"}]}`, stream)
}

// conns is how many ask at a time. No server here waits for anything: of more, most would
// stand in line.
const conns = 64

// mock compares whole answers and streams with a bare handler's, by the benchmark of
// package mockllm, in rounds that take turns: in a process of ours the mock need not
// have any pace.
func (b *bench) mock() error {
	rates := map[string][]float64{}
	for range 3 {
		cmd := b.command("go", "test", "-run", "^$", "-bench", "Serve", "-benchtime", "1s", "./mockllm")
		cmd.Env = append(os.Environ(), "GOGC=800") // both collect at each 32 MB, as brownout does with its ballast
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		for line := range strings.Lines(string(out)) {
			fields := strings.Fields(line)
			if at := slices.Index(fields, "answers/s"); at > 0 {
				rate, _ := strconv.ParseFloat(fields[at-1], 64)
				name, _, _ := strings.Cut(strings.TrimPrefix(fields[0], "BenchmarkServe/"), "-")
				rates[name] = append(rates[name], rate)
			}
		}
	}
	for _, dialect := range []string{"openai", "anthropic"} {
		for _, form := range []string{"json", "stream"} {
			ours, bare := rates[dialect+"/"+form+"/mock"], rates[dialect+"/"+form+"/bare"]
			if len(ours) == 0 || len(bare) == 0 {
				return errors.New("the benchmark says nothing of " + dialect + " " + form)
			}
			bar := map[string]float64{"json": 0.6, "stream": 0.8}[form]
			us, them := median(ours), median(bare)
			b.row("mock beside a bare handler: "+dialect+" "+form, ratio(us, them, "answers/s"), fmt.Sprintf("≥ %.1f ×", bar), us >= bar*them)
		}
	}
	return nil
}

// turns lets two servers be asked by turns, and gives the medians of three rounds of
// three seconds.
func (b *bench) turns(one, other, ask string) (float64, float64, error) {
	var ones, others []float64
	for range 3 {
		a, err := b.loop(one, ask, conns, 3*time.Second)
		if err != nil {
			return 0, 0, err
		}
		z, err := b.loop(other, ask, conns, 3*time.Second)
		if err != nil {
			return 0, 0, err
		}
		ones, others = append(ones, a), append(others, z)
	}
	return median(ones), median(others), nil
}

// mocks compares JSON answers of one fixture each. What a bare handler answers, which
// waits for nothing, is as much as there is on this machine beside the client.
func (b *bench) mocks() error {
	bare, err := b.self("json")
	if err != nil {
		return err
	}
	most, err := b.loop(bare.url, post(chatPath, chat(false)), conns, 3*time.Second)
	bare.end()
	if err != nil {
		return err
	}
	b.note("a bare handler: JSON answers/s to the same client", fmt.Sprintf("%.0f /s", most))
	mock, err := b.serve(quick)
	if err != nil {
		return err
	}
	defer mock.end()
	for _, peer := range []struct {
		name  string
		start func() (*child, error)
	}{{"aimock", b.aimock}, {"MockServer", b.mockServer}} {
		other, err := peer.start()
		if err != nil {
			return fmt.Errorf("%s: %w", peer.name, err)
		}
		if other == nil {
			continue
		}
		ask := post(chatPath, chat(false))
		if _, err = b.loop(other.url, ask, conns, 5*time.Second); err != nil { // it warms up
			other.kill()
			return fmt.Errorf("%s: %w", peer.name, err)
		}
		ours, theirs, err := b.turns(mock.url, other.url, ask)
		other.kill()
		if err != nil {
			return err
		}
		b.row("brownout serve beside "+peer.name+": JSON answers/s", ratio(ours, theirs, "/s"), "≥ 5 ×", ours >= 5*theirs)
	}
	return nil
}

// aimock is nil when it is not there.
func (b *bench) aimock() (*child, error) {
	bin := b.peer("aimock", "npm", "node_modules", ".bin", "llmock")
	if bin == "" {
		return nil, nil
	}
	fixture := filepath.Join(b.scratch, "fixture.json")
	text := `{"fixtures":[{"match":{"userMessage":"hello"},"response":{"content":"` + strings.Repeat("babe ", 60) + `"}}]}`
	if err := os.WriteFile(fixture, []byte(text), 0o600); err != nil {
		return nil, err
	}
	port := b.freePort()
	c, err := start(b.command("node", bin, "-p", port, "-f", fixture, "--log-level", "silent"))
	if err != nil {
		return nil, err
	}
	c.url = "http://127.0.0.1:" + port
	return c, c.listens(b.ctx)
}

// mockServer is nil when it is not there.
func (b *bench) mockServer() (*child, error) {
	jars, err := filepath.Glob(filepath.Join(b.peers, "npm", "node_modules", "mockserver-node", "*-jar-with-dependencies.jar"))
	if err != nil || len(jars) == 0 {
		b.note("MockServer", "its jar is not there")
		return nil, err
	}
	if _, err := exec.LookPath("java"); err != nil {
		b.note("MockServer", "Java is not there")
		return nil, nil //nolint:nilerr // its row says so
	}
	port := b.freePort()
	jar, err := filepath.Abs(jars[0])
	if err != nil {
		return nil, err
	}
	cmd := b.command("java", "-Dmockserver.logLevel=OFF", "-jar", jar, "-serverPort", port)
	cmd.Dir = b.scratch // where it leaves a certificate
	c, err := start(cmd)
	if err != nil {
		return nil, err
	}
	c.url = "http://127.0.0.1:" + port
	if err := c.listens(b.ctx); err != nil {
		return nil, err
	}
	expectation := `{"httpRequest":{"method":"POST","path":"` + chatPath + `"},"times":{"unlimited":true},"httpResponse":{"statusCode":200,` +
		`"headers":{"Content-Type":["application/json"]},"body":"{\"choices\":[{\"message\":{\"content\":\"` + strings.Repeat("babe ", 60) + `\"}}]}"}}`
	r, err := http.NewRequestWithContext(b.ctx, http.MethodPut, c.url+"/mockserver/expectation", strings.NewReader(expectation))
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	return c, resp.Body.Close()
}

// freePort is one that was free a moment ago.
func (b *bench) freePort() string {
	l, err := new(net.ListenConfig).Listen(b.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "0"
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// listens waits until somebody listens at the child's URL.
func (c *child) listens(ctx context.Context) error {
	var err error
	for range 300 {
		var conn net.Conn
		if conn, err = new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(c.url, "http://")); err == nil {
			return conn.Close()
		}
		if ctx.Err() != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.kill()
	return err
}
