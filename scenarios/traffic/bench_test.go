//go:build unix

package traffic_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// The benchmarks' app is this test binary run again, so that the time it uses is
// not counted as the sender's.
const benchApp = "BROWNOUT_TRAFFIC_BENCH_APP"

func TestMain(m *testing.M) {
	if os.Getenv(benchApp) != "" {
		serveBench()
		return
	}
	m.Run()
}

// serveBench serves until its standard input ends.
func serveBench() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println("http://" + l.Addr().String())
	mux := http.NewServeMux()
	mux.HandleFunc("/json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"reply":"`+strings.Repeat("babe ", 60)+`"}`)
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for range 40 {
			io.WriteString(w, "data: {\"delta\":\"babe \"}\n\n")
			w.(http.Flusher).Flush()
			<-tick.C
		}
	})
	go http.Serve(l, mux)
	io.Copy(io.Discard, os.Stdin)
}

// startBench starts the app and gives its URL.
func startBench(b *testing.B) string {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), benchApp+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	var url string
	if _, err := fmt.Fscanln(out, &url); err != nil {
		b.Fatal(err)
	}
	return url
}

// cpu is the time this process has used.
func cpu() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// benchmark sends b.N requests of a journey at its rate.
func benchmark(b *testing.B, j traffic.Journey) {
	s := &traffic.Sender{Target: startBench(b), Journeys: []traffic.Journey{j}, Fill: words, InFlight: 20_000}
	due := every(time.Duration(float64(time.Second)/j.Rate), b.N)
	var lost atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	used := cpu()
	s.Run(b.Context(), time.Now(), due, func(r traffic.Result) {
		if r.How != "complete" || !strings.HasPrefix(r.Text, "babe babe") {
			lost.Add(1)
		}
	})
	b.StopTimer()
	p99, largest := s.Lateness()
	b.ReportMetric(float64((cpu()-used).Microseconds())/float64(b.N), "cpu-µs/request")
	b.ReportMetric(float64(p99.Microseconds()), "late-p99-µs")
	b.ReportMetric(float64(largest.Microseconds()), "late-max-µs")
	b.ReportMetric(float64(lost.Load()), "lost")
}

func BenchmarkJSON(b *testing.B) {
	for _, rate := range []float64{500, 2000, 5000} {
		b.Run(fmt.Sprintf("rate=%g", rate), func(b *testing.B) {
			benchmark(b, traffic.Journey{
				Rate: rate, Answer: reply.Rule{JSON: "$.reply"},
				Request: ask.Request{Path: "/json", JSON: map[string]any{"message": "{{prompt}} {{nonce}}"}},
			})
		})
	}
}

// At 500 streams a second of 2 s each, 1,000 are open at a time and 20,000
// events a second come in.
func BenchmarkStreams(b *testing.B) {
	benchmark(b, traffic.Journey{
		Rate: 500, Answer: reply.Rule{SSE: "$.delta"},
		Request: ask.Request{Path: "/stream", JSON: map[string]any{"message": "{{prompt}} {{nonce}}"}, Stream: true},
	})
}
