package drill_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// TestLoadFaults: what is shrunk is the mock's own limits and capacity; what does
// not fit is refused by them.
func TestLoadFaults(t *testing.T) {
	for _, c := range []struct {
		name, fault string
		want        map[string]int32
	}{
		{"as it is", "kind: limits, requests: 100%, tokens: 99%", map[string]int32{"200": 10}},
		{"limits", "kind: limits, requests: 1%", map[string]int32{"200": 6, "429": 4}},
		{"capacity", "kind: capacity, concurrency: 1%, queue: 0%", map[string]int32{"200": 1, "503": 9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, problems := load(t, strings.Replace(`
version: 1
name: load
providers:
  openai: {dialect: openai, limits: {requests: 600/min, tokens: 1000000/min}, capacity: {concurrency: 100, queue: 10}}
traffic: {target: "http://127.0.0.1:8000", journeys: {chat: {rate: 1/s, request: {path: "/?q={{nonce}}"}}}}
phases:
  - {name: baseline, for: 20s}
  - {name: surge, for: 60s, faults: [{provider: openai, FAULT}]}
  - {name: recovery, for: 20s}
`, "FAULT", c.fault, 1))
			if plan == nil {
				t.Fatal(problems)
			}
			synctest.Test(t, func(t *testing.T) {
				network := memnet.New()
				ctx, stop := context.WithCancel(t.Context())
				ready, served := make(chan string, 1), make(chan error, 1)
				go func() {
					served <- drill.Serve(ctx, plan, drill.ServeOptions{
						Phase: "surge", Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
						Ready: func(all []drill.Endpoint) error { ready <- strings.TrimPrefix(all[0].URL, "http://"); return nil },
					})
				}()
				addr := <-ready
				var got [600]atomic.Int32
				var clients sync.WaitGroup
				for range 10 {
					clients.Go(func() {
						conn, err := network.Dial(ctx, "tcp", addr)
						if err != nil {
							t.Error(err)
							return
						}
						switch talk(conn, speakers()[0].request("", false)).word {
						case "200":
							got[200].Add(1)
						case "429":
							got[429].Add(1)
						case "503":
							got[503].Add(1)
						}
					})
				}
				clients.Wait()
				for status, n := range map[string]int32{"200": got[200].Load(), "429": got[429].Load(), "503": got[503].Load()} {
					if n != c.want[status] {
						t.Errorf("%d answers of status %s, want %d", n, status, c.want[status])
					}
				}
				stop()
				if err := <-served; err != nil {
					t.Error(err)
				}
			})
		})
	}
}
