//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// sends has our sender send, and gives what came of it.
func (b *bench) sends(args ...string) (got sent, err error) { return b.asks("send", args...) }

// asks has a process of this binary send.
func (b *bench) asks(how string, args ...string) (got sent, err error) {
	cmd := b.command(os.Args[0], append([]string{how}, args...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return got, err
	}
	err = json.Unmarshal(out.Bytes(), &got)
	got.CPU = float64(used(cmd).cpu.Microseconds()) / float64(got.Planned)
	return got, err
}

func (b *bench) sender() error {
	app, err := b.self("json")
	if err != nil {
		return err
	}
	defer app.end()
	got, err := b.sends("-url", app.url, "-rate", "2000", "-for", "60s")
	if err != nil {
		return err
	}
	b.row("sender, 2,000/s for 60 s", fmt.Sprintf("sent − due p99 %.2f ms, max %.1f ms; %d of %d lost; %.0f µs CPU a request",
		got.LateP99*1e3, got.Late*1e3, got.Lost, got.Planned, got.CPU), "p99 ≤ 2 ms, none lost", got.LateP99 <= 0.002 && got.Lost == 0)
	return nil
}

func (b *bench) readers() error {
	app, err := b.self("stream")
	if err != nil {
		return err
	}
	defer app.end()
	got, err := b.sends("-url", app.url, "-rate", "450", "-for", "24s", "-stream")
	if err != nil {
		return err
	}
	b.row("streams read at a time", fmt.Sprintf("%d, two events a second each; %d of %d lost; sent − due p99 %.2f ms",
		got.Open, got.Lost, got.Planned, got.LateP99*1e3), "5,000, none lost", got.Open >= 5000 && got.Lost == 0)
	return nil
}

// cpu compares three rounds of ten seconds of each.
func (b *bench) cpu() error {
	vegeta, k6 := b.peer("CPU a request", "vegeta"), b.peer("CPU a request", "k6")
	app, err := b.self("json")
	if err != nil {
		return err
	}
	defer app.end()
	var ours, bares, vegetas, k6s []float64
	for range 3 {
		got, err := b.sends("-url", app.url, "-rate", "2000", "-for", "10s")
		if err != nil {
			return err
		}
		ours = append(ours, got.CPU)
		if got, err = b.asks("bare", "-url", app.url, "-rate", "2000", "-for", "10s"); err != nil {
			return err
		}
		bares = append(bares, got.CPU)
		if vegeta != "" {
			u, _, err := b.vegeta(vegeta, app.url, "2000", "10s")
			if err != nil {
				return err
			}
			vegetas = append(vegetas, float64(u.cpu.Microseconds())/20_000)
		}
		if k6 != "" {
			u, got, err := b.k6(k6, app.url, arrivals)
			if err != nil {
				return err
			}
			k6s = append(k6s, float64(u.cpu.Microseconds())/got.count)
		}
	}
	us := median(ours)
	b.note("CPU a request at 2,000/s", fmt.Sprintf("ours %.0f µs (median of 3)", us))
	b.note("… raw connections, no HTTP client", fmt.Sprintf("%.0f µs: the least that is to be had here", median(bares)))
	if vegeta != "" {
		b.row("… beside vegeta", ratio(us, median(vegetas), "µs"), "≤ 1 ×", us <= median(vegetas))
	}
	if k6 != "" {
		b.row("… beside k6", ratio(us, median(k6s), "µs"), "≤ 0.25 ×", us <= median(k6s)/4)
	}
	return nil
}

// ratio words ours beside a peer's.
func ratio(ours, peer float64, unit string) string {
	return fmt.Sprintf("%.2f × (%.0f to %.0f %s)", ours/peer, ours, peer, unit)
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// vegeta attacks with the options more, and gives the p99 in seconds.
func (b *bench) vegeta(bin, url, rate, length string, more ...string) (usage, float64, error) {
	body, results := filepath.Join(b.scratch, "body"), filepath.Join(b.scratch, "results")
	if err := os.WriteFile(body, []byte(`{"message":"how are you babefi"}`), 0o600); err != nil {
		return usage{}, 0, err
	}
	args := append([]string{"attack", "-rate", rate + "/s", "-duration", length, "-body", body, "-timeout", "30s", "-output", results}, more...)
	cmd := b.command(bin, args...)
	cmd.Stdin = strings.NewReader("POST " + url + "/\nContent-Type: application/json\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return usage{}, 0, fmt.Errorf("vegeta: %w: %s", err, out)
	}
	out, err := b.command(bin, "report", "-type", "json", results).Output()
	var said struct {
		Latencies struct {
			P99 int64 `json:"99th"`
		}
	}
	if err == nil {
		err = json.Unmarshal(out, &said)
	}
	return used(cmd), time.Duration(said.Latencies.P99).Seconds(), err
}

// The ways in which k6 is let loose.
const (
	arrivals = `{executor: "constant-arrival-rate", rate: 2000, timeUnit: "1s", duration: "10s", preAllocatedVUs: 100, maxVUs: 1000}`
	closed   = `{executor: "constant-vus", vus: 10, duration: "20s"}`
)

// k6said is what k6 reports.
type k6said struct{ count, p99 float64 }

func (b *bench) k6(bin, url, how string) (usage, k6said, error) {
	script, summary := filepath.Join(b.scratch, "k6.js"), filepath.Join(b.scratch, "k6.json")
	pause := ""
	if how == closed {
		pause = "sleep(0.05);"
	}
	text := fmt.Sprintf(`import http from "k6/http"; import { sleep } from "k6";
export const options = {scenarios: {s: %s}, summaryTrendStats: ["p(99)"]};
export default () => { http.post(%q, JSON.stringify({message: "how are you babefi"}), {headers: {"Content-Type": "application/json"}}).json("reply"); %s };
`, how, url+"/", pause)
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		return usage{}, k6said{}, err
	}
	cmd := b.command(bin, "run", "--quiet", "--no-usage-report", "--summary-export", summary, script)
	if out, err := cmd.CombinedOutput(); err != nil {
		return usage{}, k6said{}, fmt.Errorf("k6: %w: %s", err, out)
	}
	data, err := os.ReadFile(summary)
	if err != nil {
		return usage{}, k6said{}, err
	}
	var said struct {
		Metrics struct {
			Reqs     struct{ Count float64 } `json:"http_reqs"`
			Duration map[string]float64      `json:"http_req_duration"`
		}
	}
	err = json.Unmarshal(data, &said)
	return used(cmd), k6said{said.Metrics.Reqs.Count, said.Metrics.Duration["p(99)"] / 1e3}, err
}

// stall holds what each tool reports against what the schedule says users wait.
func (b *bench) stall() error {
	app, err := b.self("stall")
	if err != nil {
		return err
	}
	got, err := b.sends("-url", app.url, "-rate", "200", "-for", "20s")
	app.end()
	if err != nil {
		return err
	}
	b.row("stall of 5 s in 20 s at 200/s, p99", fmt.Sprintf("%.3f s; the truth %.3f s (%+.2f %%)", got.P99, got.Truth, 100*(got.P99/got.Truth-1)),
		"within 5 %", got.P99 >= 0.95*got.Truth && got.P99 <= 1.05*got.Truth)
	if bin := b.peer("… vegeta", "vegeta"); bin != "" {
		if app, err = b.self("stall"); err != nil {
			return err
		}
		_, p99, err := b.vegeta(bin, app.url, "200", "20s", "-max-workers", "10")
		app.end()
		if err != nil {
			return err
		}
		b.note("… vegeta, 10 workers at most", fmt.Sprintf("%.3f s (%+.0f %%)", p99, 100*(p99/got.Truth-1)))
	}
	if bin := b.peer("… k6", "k6"); bin != "" {
		if app, err = b.self("stall"); err != nil {
			return err
		}
		_, said, err := b.k6(bin, app.url, closed)
		app.end()
		if err != nil {
			return err
		}
		b.note("… a closed loop, k6 with 10 users", fmt.Sprintf("%.3f s (%+.0f %%)", said.p99, 100*(said.p99/got.Truth-1)))
	}
	return nil
}
