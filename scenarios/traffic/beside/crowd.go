//go:build unix

package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// paced is a scenario whose provider p streams with exactly that gap, for that many
// tokens.
func paced(gap string, tokens int) string {
	pace := fmt.Sprintf("ttft: {p50: 100ms}, gap: {p50: %s}, tokens: {p50: %d}", gap, tokens)
	return strings.Replace(quick, "ttft: {p50: 0ms}, gap: {p50: 0ms}, tokens: {p50: 10}", pace, 1)
}

// crowd opens many streams at a time, of a mock and of a bare handler that has nothing
// to do but to write as much, which tells what this machine can.
func (b *bench) crowd() error {
	mock, err := b.serve(paced(steadyGap.String(), steadyTokens))
	if err != nil {
		return err
	}
	got, err := b.watch(mock, 5000, steadyGap)
	if err != nil {
		return err
	}
	b.row("5,000 streams × 20 tokens/s", got.String(), "p99 ≤ 5 ms", got.p99 <= 5*time.Millisecond && got.gaps > 0)
	perStream := (got.full - got.empty) * 1e6 / 1024 / 5000
	bare, err := b.self("paced")
	if err != nil {
		return err
	}
	least, err := b.watch(bare, 5000, steadyGap)
	if err != nil {
		return err
	}
	b.note("… of a bare handler", least.String())
	b.row("… memory a stream", fmt.Sprintf("%.1f KiB (%.0f to %.0f MB resident)", perStream, got.empty, got.full), "≤ 40 KiB", perStream <= 40)
	if mock, err = b.serve(paced("4s", 30)); err != nil {
		return err
	}
	if got, err = b.watch(mock, 10_000, 4*time.Second); err != nil {
		return err
	}
	b.row("10,000 streams, a token in 4 s", fmt.Sprintf("%.0f MB resident", got.full), "< 400 MB", got.full < 400)
	return nil
}

// The pace of the first crowd, and how long the mock's events are.
const (
	steadyGap    = 50 * time.Millisecond
	steadyTokens = 240
	eventLength  = 297
)

// watched is what a crowd saw.
type watched struct {
	p50, p99    time.Duration // |gap − the gap asked for|
	gaps        int
	empty, full float64 // MB resident without streams and with all of them
	cores       float64
}

func (w watched) String() string {
	return fmt.Sprintf("gap error p50 %.2f ms, p99 %.1f ms; %d gaps seen; %.2f cores", w.p50.Seconds()*1e3, w.p99.Seconds()*1e3, w.gaps, w.cores)
}

// watch opens so many streams of a server, within 3 s so that they are not due together,
// looks at them for ten seconds from when all are open, and lets the server end.
func (b *bench) watch(server *child, streams int, gap time.Duration) (got watched, err error) {
	const length = 10 * time.Second
	defer server.end()
	if _, err := b.loop(server.url, post(chatPath, `{"model":"x","messages":[{"role":"user","content":"hi"}]}`), 1, time.Millisecond); err != nil {
		return got, err
	}
	got.empty = server.resident()
	opened := time.Now()
	from, to := opened.Add(3500*time.Millisecond), opened.Add(3500*time.Millisecond+length)
	offs, errs := make([][]time.Duration, streams), make([]error, streams)
	var wg sync.WaitGroup
	for i := range streams {
		wg.Go(func() {
			time.Sleep(3 * time.Second * time.Duration(i) / time.Duration(streams))
			offs[i], errs[i] = b.look(server.url, gap, i%10 == 0, from, to)
		})
	}
	time.Sleep(time.Until(from.Add(length / 2)))
	got.full = server.resident()
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return got, err
		}
	}
	all := slices.Concat(offs...)
	slices.Sort(all)
	got.gaps, got.p50, got.p99 = len(all), rank(all, 50), rank(all, 99)
	got.cores = server.end().cpu.Seconds() / time.Since(opened).Seconds()
	return got, nil
}

// look reads one stream of ten event by event, and gives by how much its gaps were
// off. Of the others it takes once a second what has come, and is not woken before: a
// reader that woke up for each of 100,000 events a second would take from the mock the
// time it is measured by.
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
		return nil, drain(c, to)
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
func drain(c net.Conn, to time.Time) error {
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return err
	}
	const plenty = 64 << 10 // more than comes in a second: nothing less is told
	if cerr := raw.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT, plenty)
	}); err != nil || cerr != nil {
		return errors.Join(err, cerr)
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	buf := make([]byte, 8<<10)
	for time.Now().Before(to) {
		<-tick.C
		for n := len(buf); n == len(buf); {
			if rerr := raw.Read(func(fd uintptr) bool {
				n, err = syscall.Read(int(fd), buf)
				return true
			}); rerr != nil {
				return rerr
			}
			if err != nil && !errors.Is(err, syscall.EAGAIN) {
				return err
			}
		}
	}
	return nil
}
