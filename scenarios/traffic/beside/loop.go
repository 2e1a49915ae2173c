//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how much longer than planned a server may be asked. One that hangs is
// given up then.
const patience = 20 * time.Second

// loop asks a server over that many connections, each one question after the other,
// and gives the answers a second. It does little more than to look for the end of an
// answer, for what it takes is taken from the server.
func (b *bench) loop(url, ask string, conns int, length time.Duration) (float64, error) {
	host := strings.TrimPrefix(url, "http://")
	var answers atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, conns)
	began := time.Now()
	for range conns {
		wg.Go(func() {
			c, err := new(net.Dialer).DialContext(b.ctx, "tcp", host)
			if err != nil {
				errs <- err
				return
			}
			defer c.Close()
			if err := c.SetDeadline(began.Add(length + patience)); err != nil {
				errs <- err
				return
			}
			r := bufio.NewReaderSize(c, 64<<10)
			for time.Since(began) < length {
				if err := exchange(c, r, ask); err != nil {
					errs <- err
					return
				}
				answers.Add(1)
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return 0, err
	default:
	}
	return float64(answers.Load()) / time.Since(began).Seconds(), nil
}

func exchange(c net.Conn, r *bufio.Reader, ask string) error {
	if _, err := c.Write([]byte(ask)); err != nil {
		return err
	}
	length, err := skipHead(r)
	if err != nil {
		return err
	}
	return skipBody(r, length)
}

// post is a request with a JSON body.
func post(path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer sk-drill\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}

// skipHead reads the head of an answer with status 200, and gives the length of its
// body, 0 of one in chunks.
func skipHead(r *bufio.Reader) (length int, err error) {
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		switch {
		case err != nil:
			return 0, err
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")):
			return 0, fmt.Errorf("answered %q", line)
		case len(line) == 2:
			return length, nil
		}
		const name = "content-length:"
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name)) {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(line[len(name):])))
		}
	}
}

func skipBody(r *bufio.Reader, length int) error {
	for length == 0 {
		size, err := chunk(r)
		if err != nil {
			return err
		}
		if _, err := r.Discard(size + len("\r\n")); err != nil || size == 0 {
			return err
		}
	}
	_, err := r.Discard(length)
	return err
}

// chunk reads the length of a chunk.
func chunk(r *bufio.Reader) (int, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 32)
	return int(size), err
}
