package control_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// busy is a drill of 500 requests a second, on sockets.
const busy = `
version: 1
name: busy
providers: {primary: {dialect: openai, models: {gpt-4o: {ttft: {p50: 5ms, p99: 10ms}, gap: {p50: 1ms, p99: 2ms}, tokens: {p50: 5, p99: 10}}}}}
traffic: {journeys: {chat: {rate: 500/s, request: {path: /, text: "{{prompt}}"}}}}
phases: [{name: baseline, for: %s}, {name: surge, for: 1s, faults: [{provider: primary, kind: server_error}]}]
bars: [{metric: error_rate, max: 100%%}]
`

// busyDrill performs it on sockets, with an API, and gives its log.
func busyDrill(b *testing.B, length time.Duration, lead func(*control.Server, *drill.Live)) []byte {
	b.Helper()
	files := fstest.MapFS{"x.yaml": {Data: fmt.Appendf(nil, busy, length)}}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, HaveApp: true, AnyPorts: true})
	if plan == nil {
		b.Fatal(problems)
	}
	tail := control.NewTail()
	server, err := control.Listen("127.0.0.1:0", control.Options{Tail: tail})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	var log bytes.Buffer
	err = drill.Run(b.Context(), plan, drill.Options{
		Log: tail.Onto(&log),
		App: drill.Handler("app", app),
		Watch: func(ctx context.Context, live *drill.Live) {
			var wg sync.WaitGroup
			defer wg.Wait()
			wg.Go(func() { server.Watch(ctx, live) })
			lead(server, live)
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	return log.Bytes()
}

// BenchmarkAction opens and heals a fault over HTTP while 500 requests a second go
// through the app, and tells how long it is from the call until the answer, and until a
// client of the provider meets the fault: the median and the 99th percentile.
func BenchmarkAction(b *testing.B) {
	var answered, met []time.Duration
	busyDrill(b, 5*time.Minute, func(server *control.Server, live *drill.Live) {
		mock := live.Endpoints()[0]
		post := func(url, token, body string) int {
			req, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, url, strings.NewReader(body))
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("Content-Type", "application/json")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				b.Error(err)
				return 0
			}
			defer resp.Body.Close()
			_, _ = io.Copy(io.Discard, resp.Body)
			return resp.StatusCode
		}
		for b.Loop() {
			start := time.Now()
			if status := post(server.URL()+"/v1/faults", server.Token(), `{"provider": "primary", "kind": "overloaded"}`); status != http.StatusOK {
				b.Errorf("open: status %d", status)
			}
			answered = append(answered, time.Since(start))
			if status := post(mock.URL+"/v1/chat/completions", mock.Key, `{"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}`); status != http.StatusServiceUnavailable {
				b.Errorf("the provider answers %d after it", status)
			}
			met = append(met, time.Since(start))
			post(server.URL()+"/v1/heal", server.Token(), "")
			time.Sleep(20 * time.Millisecond)
		}
		if _, err := live.Control().Stop(drill.By{Actor: "benchmark"}, "measured"); err != nil {
			b.Error(err)
		}
	})
	for name, took := range map[string][]time.Duration{"answered": answered, "met": met} {
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2].Seconds()*1e3, name+"-p50-ms")
		b.ReportMetric(took[len(took)*99/100].Seconds()*1e3, name+"-p99-ms")
	}
}

// BenchmarkSlowClients plays ten seconds at 500 requests a second, alone and with 2,000
// clients on the control API, or on a mock, who never come to the end of what they have
// to say, and tells how late the sender was: the 99th percentile of sent − due.
func BenchmarkSlowClients(b *testing.B) {
	for _, c := range []struct {
		name  string
		where func(*control.Server, *drill.Live) string
	}{
		{"none", nil},
		{"control", func(s *control.Server, _ *drill.Live) string { return s.URL() }},
		{"mock", func(_ *control.Server, live *drill.Live) string { return live.Endpoints()[0].URL }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				held := 0
				log := busyDrill(b, 10*time.Second, func(server *control.Server, live *drill.Live) {
					if c.where != nil {
						held = crowded(b, strings.TrimPrefix(c.where(server, live), "http://"))
					}
				})
				for e, err := range record.Read(bytes.NewReader(log)) {
					if err == nil && e.Line.End != nil {
						b.ReportMetric(e.Line.End.SenderLateP99.Float()*1e3, "late-p99-ms")
						b.ReportMetric(e.Line.End.SenderLateMax.Float()*1e3, "late-max-ms")
					}
				}
				b.ReportMetric(float64(held), "clients")
			}
		})
	}
}

// TestMain is a crowd of slow clients where the environment says so: they are to take
// no part of the process that they are to be slow with.
func TestMain(m *testing.M) {
	if addr := os.Getenv("BROWNOUT_CROWD"); addr != "" {
		fmt.Println(crowd(addr, crowdSize, crowdStays))
		return
	}
	os.Exit(m.Run())
}

const (
	crowdSize  = 2000
	crowdStays = 9 * time.Second
)

// crowded has a crowd come to an address and gives how many were there at most.
func crowded(b *testing.B, addr string) (most int) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "BROWNOUT_CROWD="+addr)
	out, err := cmd.Output()
	if err == nil {
		_, err = fmt.Sscan(string(out), &most)
	}
	if err != nil {
		b.Errorf("the crowd: %v", err)
	}
	return most
}

// crowd lets so many clients say a letter a second for a while, and gives how many were
// there at most at a time.
func crowd(addr string, clients int, long time.Duration) int {
	var mu sync.Mutex
	now, most := 0, 0
	count := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		now += by
		most = max(most, now)
	}
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for wait := time.Duration(i) * time.Second / time.Duration(clients); pause(ctx, wait); wait = 100 * time.Millisecond {
				conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
				if err != nil {
					continue
				}
				count(1)
				dawdle(ctx, conn)
				count(-1)
				_ = conn.Close()
			}
		})
	}
	wg.Wait()
	return most
}

// dawdle says a letter a second until nobody listens any more.
func dawdle(ctx context.Context, to io.Writer) {
	for text := "GET / HTTP/1.1\r\nX-Slow: "; ; text = "x" {
		if _, err := io.WriteString(to, text); err != nil || !pause(ctx, time.Second) {
			return
		}
	}
}

// pause waits, and says whether ctx did not end before.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
