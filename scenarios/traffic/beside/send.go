//go:build unix

package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// sent is what a run of our sender came to. Times are in seconds.
type sent struct {
	Planned, Lost  int
	LateP99, Late  float64 // sent − due
	P99, Median    float64 // ended − due
	Open           int     // the most under way at a time
	Truth          float64 // of the stall: the 99th percentile by the schedule alone
	PerSecond, CPU float64 // CPU in µs for a request; filled in by who waited for it
}

// send is the process that sends, so that its time is its own.
func send(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("send", flag.ContinueOnError)
	url := flags.String("url", "", "target")
	rate := flags.Float64("rate", 2000, "requests a second")
	length := flags.Duration("for", time.Minute, "how long")
	stream := flags.Bool("stream", false, "read streams")
	if err := flags.Parse(args); err != nil {
		return err
	}
	j := traffic.Journey{
		Name: "j", Rate: *rate, Timeout: 30 * time.Second, Answer: reply.Rule{JSON: "$.reply"},
		Request: ask.Request{Path: "/", JSON: map[string]any{"message": "{{prompt}} {{nonce}}"}, Stream: *stream},
	}
	if *stream {
		j.Answer = reply.Rule{SSE: "$.delta"}
	}
	journeys := []traffic.Journey{j}
	s := &traffic.Sender{
		Target: *url, Journeys: journeys, InFlight: 20_000,
		Fill: func(traffic.Due) ask.Words { return ask.Words{Prompt: "how are you", Nonce: "babefi"} },
	}
	due := traffic.Schedule(journeys, 7, *length)
	got := sent{Planned: len(due)}
	var mu sync.Mutex
	var took []time.Duration
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go got.watch(ctx, s)
	s.Run(ctx, time.Now(), due, func(r traffic.Result) {
		mu.Lock()
		defer mu.Unlock()
		if r.How != "complete" || r.Text == "" {
			got.Lost++
		}
		took = append(took, r.Ended-r.At)
	})
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(took)
	p99, largest := s.Lateness()
	got.LateP99, got.Late = p99.Seconds(), largest.Seconds()
	got.P99, got.Median = rank(took, 99).Seconds(), rank(took, 50).Seconds()
	got.Truth = truth(due).Seconds()
	return json.NewEncoder(stdout).Encode(got)
}

// watch looks how many are under way.
func (s *sent) watch(ctx context.Context, from *traffic.Sender) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.Open = max(s.Open, int(from.Counts().InFlight))
		case <-ctx.Done():
			return
		}
	}
}

// truth is the 99th percentile of what users of the server of the stall wait, when
// it takes no time but for that.
func truth(due []traffic.Due) time.Duration {
	var waits []time.Duration
	for _, d := range due {
		at, wait := d.At-due[0].At, time.Duration(0)
		if at >= stallFrom && at < stallTo {
			wait = stallTo - at
		}
		waits = append(waits, wait)
	}
	slices.Sort(waits)
	return rank(waits, 99)
}

// rank is a percentile of sorted times by nearest rank.
func rank(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*percent+99)/100-1]
}
