//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// bare is the process that asks by the sender's schedule with no HTTP client: what it
// takes is what the machine takes to wait for the moment, write, wait and read.
func bare(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("bare", flag.ContinueOnError)
	url := flags.String("url", "", "target")
	rate := flags.Float64("rate", 2000, "requests a second")
	length := flags.Duration("for", time.Minute, "how long")
	if err := flags.Parse(args); err != nil {
		return err
	}
	host, ask := strings.TrimPrefix(*url, "http://"), post("/", `{"message":"how are you babefi"}`)
	got := sent{Planned: int(*rate * length.Seconds())}
	gap := time.Duration(float64(time.Second) / *rate)
	var lost atomic.Int64
	var workers sync.WaitGroup
	jobs := make(chan struct{})
	began := time.Now()
	for n := range got.Planned {
		time.Sleep(time.Until(began.Add(time.Duration(n) * gap)))
		select {
		case jobs <- struct{}{}:
		default:
			workers.Go(func() {
				if err := keepAsking(host, ask, jobs); err != nil {
					lost.Add(1)
				}
			})
		}
	}
	close(jobs)
	workers.Wait()
	got.Lost = int(lost.Load())
	return json.NewEncoder(stdout).Encode(got)
}

// keepAsking asks once, and again for each job, all over one connection.
func keepAsking(host, ask string, jobs <-chan struct{}) error {
	c, err := new(net.Dialer).DialContext(context.Background(), "tcp", host)
	if err != nil {
		return err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for ok := true; ok; _, ok = <-jobs {
		if err := exchange(c, r, ask); err != nil {
			return err
		}
	}
	return nil
}
