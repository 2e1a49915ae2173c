//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// paced is a scenario whose provider p streams with exactly that gap, for that many
// tokens.
func paced(gap string, tokens int) string {
	pace := fmt.Sprintf("ttft: {p50: 100ms, p99: 100ms}, gap: {p50: %[1]s, p99: %[1]s}, tokens: {p50: %[2]d, p99: %[2]d}", gap, tokens)
	return strings.Replace(quick, "ttft: {p50: 1ms, p99: 1ms}, gap: {p50: 1ms, p99: 1ms}, tokens: {p50: 10, p99: 10}", pace, 1)
}

// crowd opens many streams at a time.
func (b *bench) crowd() error {
	const gap = 50 * time.Millisecond
	got, err := b.watch(paced("50ms", 240), 5000, 10*time.Second, gap)
	if err != nil {
		return err
	}
	b.row("5,000 streams × 20 tokens/s", fmt.Sprintf("gap error p50 %.2f ms, p99 %.1f ms; %d gaps seen; %.2f cores",
		got.p50.Seconds()*1e3, got.p99.Seconds()*1e3, got.gaps, got.cores), "p99 ≤ 5 ms", got.p99 <= 5*time.Millisecond && got.gaps > 0)
	perStream := (got.full - got.empty) * 1e6 / 1024 / 5000
	b.row("… memory a stream", fmt.Sprintf("%.1f KiB (%.0f to %.0f MB resident)", perStream, got.empty, got.full), "≤ 40 KiB", perStream <= 40)
	if got, err = b.watch(paced("4s", 30), 10_000, 10*time.Second, 4*time.Second); err != nil {
		return err
	}
	b.row("10,000 streams, a token in 4 s", fmt.Sprintf("%.0f MB resident", got.full), "< 400 MB", got.full < 400)
	return nil
}

// watched is what a crowd saw.
type watched struct {
	p50, p99    time.Duration // |gap − the gap asked for|
	gaps        int
	empty, full float64 // MB resident without streams and with all of them
	cores       float64
}

// watch opens so many streams, within 3 s so that they are not due together, and
// looks at them for a time from when all are open.
func (b *bench) watch(scenario string, streams int, length, gap time.Duration) (got watched, err error) {
	mock, err := b.serve(scenario)
	if err != nil {
		return got, err
	}
	defer mock.end()
	if _, err := b.loop(mock.url, post(chatPath, `{"model":"x","messages":[{"role":"user","content":"hi"}]}`), 1, time.Millisecond); err != nil {
		return got, err
	}
	got.empty = mock.resident()
	opened := time.Now()
	from, to := opened.Add(3500*time.Millisecond), opened.Add(3500*time.Millisecond+length)
	offs, errs := make([][]time.Duration, streams), make([]error, streams)
	var wg sync.WaitGroup
	for i := range streams {
		wg.Go(func() {
			time.Sleep(3 * time.Second * time.Duration(i) / time.Duration(streams))
			offs[i], errs[i] = b.look(mock.url, gap, i%10 == 0, from, to)
		})
	}
	time.Sleep(time.Until(from.Add(length / 2)))
	got.full = mock.resident()
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return got, err
		}
	}
	all := slices.Concat(offs...)
	slices.Sort(all)
	got.gaps, got.p50, got.p99 = len(all), rank(all, 50), rank(all, 99)
	got.cores = mock.end().cpu.Seconds() / time.Since(opened).Seconds()
	return got, nil
}

// look reads one stream of ten event by event, and gives by how much its gaps were
// off. Of the others it takes once a second what has come: a reader that woke up for
// each of 100,000 events a second would take from the mock the time it is measured by.
func (b *bench) look(url string, gap time.Duration, watched bool, from, to time.Time) (off []time.Duration, err error) {
	c, err := new(net.Dialer).DialContext(b.ctx, "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if _, err := c.Write([]byte(post(chatPath, chat(true)))); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(c, 4<<10)
	if _, err := skipHead(r); err != nil {
		return nil, err
	}
	if !watched {
		return nil, drain(r, to)
	}
	off = make([]time.Duration, 0, 256)
	var last time.Time
	for time.Now().Before(to) {
		size, err := chunk(r)
		if err != nil {
			return nil, err
		}
		if size == 0 {
			return off, nil
		}
		now := time.Now()
		if _, err := r.Discard(size + len("\r\n")); err != nil {
			return nil, err
		}
		if !last.IsZero() && last.After(from) {
			off = append(off, (now.Sub(last) - gap).Abs())
		}
		last = now
	}
	return off, nil
}

// drain takes what has come, once a second.
func drain(r *bufio.Reader, to time.Time) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for time.Now().Before(to) {
		<-tick.C
		for more := true; more; more = r.Buffered() == r.Size() {
			if _, err := r.Peek(1); err != nil {
				return err
			}
			if _, err := r.Discard(r.Buffered()); err != nil {
				return err
			}
		}
	}
	return nil
}
