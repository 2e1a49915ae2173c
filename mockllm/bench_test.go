package mockllm_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

// bare writes the bytes of a recorded answer, as fast as net/http goes.
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
		}
		if len(c.writes) > 1 { // a stream: all is due at once
			_ = ctrl.Flush()
		}
	})
}

// BenchmarkServe has answers a second, and of streams events a second, of the mocks
// and of bare handlers that write the same bytes.
func BenchmarkServe(b *testing.B) {
	m := mockllm.Instant()
	m.Tokens = mockllm.Length{P50: 60}
	for _, dialect := range []string{"openai", "anthropic"} {
		mock := server(b, dialect, m, nil)
		for form, more := range map[string]string{"json": "", "stream": `,"stream":true`} {
			body := chat(answer.Nonce(1, 1), more)
			recorded := do(mock, request(b.Context(), "POST", path(dialect), body))
			for who, h := range map[string]http.Handler{"mock": mock, "bare": bare(recorded)} {
				b.Run(dialect+"/"+form+"/"+who, func(b *testing.B) {
					serve(b, h, path(dialect), body, len(recorded.writes))
				})
			}
		}
	}
}

func serve(b *testing.B, h http.Handler, path, body string, events int) {
	srv := httptest.NewServer(h)
	defer srv.Close()
	b.ReportAllocs()
	start := time.Now()
	for b.Loop() {
		r := request(b.Context(), "POST", srv.URL+path, body)
		r.RequestURI = ""
		resp, err := srv.Client().Do(r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
			b.Fatal(resp.Status, err)
		}
		resp.Body.Close()
	}
	rate := float64(b.N) / time.Since(start).Seconds()
	b.ReportMetric(rate, "answers/s")
	b.ReportMetric(rate*float64(events), "events/s")
}

// BenchmarkHandler is the mock without a network.
func BenchmarkHandler(b *testing.B) {
	m := mockllm.Instant()
	m.Tokens = mockllm.Length{P50: 60}
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
