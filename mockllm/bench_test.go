package mockllm_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// bare writes the bytes of a recorded answer, as fast as net/http goes: each event by
// itself, and sent on where the mock did.
func bare(c *capture) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for name, values := range c.header {
			w.Header()[name] = values
		}
		w.WriteHeader(c.status)
		ctrl := http.NewResponseController(w)
		for _, e := range c.writes {
			_, _ = io.WriteString(w, e.data)
			if e.flushed {
				_ = ctrl.Flush()
			}
		}
	})
}

// BenchmarkServe has answers a second, and of streams events a second, of the mocks
// and of bare handlers that write the same bytes: whole answers, streams whose events
// are all due at once, and streams that send each by itself, as one with a pace does.
func BenchmarkServe(b *testing.B) {
	for _, dialect := range []string{"openai", "anthropic"} {
		for _, form := range []struct {
			name, more string
			each       bool
		}{
			{"json", "", false}, {"burst", `,"stream":true`, false}, {"stream", `,"stream":true`, true},
		} {
			m := pace.Instant()
			m.Tokens = pace.Length{P50: 60}
			if form.each {
				m.Gap = pace.Spread{P50: time.Nanosecond}
			}
			mock := server(b, dialect, m, nil)
			body := chat(answer.Nonce(1, 1), form.more)
			recorded := do(mock, request(b.Context(), "POST", path(dialect), body))
			for _, who := range []string{"mock", "bare"} {
				h := http.Handler(mock)
				if who == "bare" {
					h = bare(recorded)
				}
				b.Run(dialect+"/"+form.name+"/"+who, func(b *testing.B) {
					serve(b, h, path(dialect), body)
					b.ReportMetric(float64(b.N*len(recorded.writes))/b.Elapsed().Seconds(), "events/s")
				})
			}
		}
	}
}

// serve has clients ask one after the other, on a connection each, that do little
// more than to look for the end of an answer.
func serve(b *testing.B, h http.Handler, path, body string) {
	srv := httptest.NewServer(h)
	defer srv.Close()
	ask := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer sk-drill\r\n"+
		"Anthropic-Version: 2023-06-01\r\nUser-Agent: test/1\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\n\r\n%s", path, len(body), body)
	b.ReportAllocs()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		for pb.Next() {
			if _, err := c.Write(ask); err != nil {
				b.Error(err)
				return
			}
			if err := skip(r); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}

// skip reads a whole answer with status 200.
func skip(r *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case first && string(line) != "HTTP/1.1 200 OK\r\n":
			return fmt.Errorf("answered %q", line)
		case len(line) == 2:
			return skipBody(r, length)
		}
		if n, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(n)))
		}
	}
}

// skipBody reads a body of that length, or one in chunks when it is 0.
func skipBody(r *bufio.Reader, length int) error {
	for length == 0 {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return err
		}
		if _, err := r.Discard(int(size) + len("\r\n")); err != nil || size == 0 {
			return err
		}
	}
	_, err := r.Discard(length)
	return err
}

// BenchmarkHandler is the mock without a network.
func BenchmarkHandler(b *testing.B) {
	m := pace.Instant()
	m.Tokens = pace.Length{P50: 60}
	for _, dialect := range []string{"openai", "anthropic"} {
		mock := server(b, dialect, m, nil)
		for form, more := range map[string]string{"json": "", "stream": `,"stream":true`} {
			body := chat(answer.Nonce(1, 1), more)
			b.Run(dialect+"/"+form, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					mock.ServeHTTP(discard{http.Header{}}, request(b.Context(), "POST", path(dialect), body))
				}
			})
		}
	}
	b.Run("errors", func(b *testing.B) {
		mock := server(b, "openai", m, nil)
		b.ReportAllocs()
		for b.Loop() {
			mock.Answer(mockllm.Request{Model: "m"}, mockllm.Failure{Class: "rate_limit", Wait: time.Second, Form: "seconds"})
		}
	})
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
func (d discard) Flush()                      {}
