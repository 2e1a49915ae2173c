package memnet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// site is an HTTP server and a client on one network. After close the bubble
// proves that nothing of them is left.
type site struct {
	url    string
	client *http.Client
	dials  *atomic.Int32
	close  func()
}

func serve(t *testing.T, h http.HandlerFunc) *site {
	t.Helper()
	n := memnet.New()
	l, err := n.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h}
	go server.Serve(l)
	s := &site{url: "http://" + l.Addr().String(), dials: new(atomic.Int32)}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		s.dials.Add(1)
		return n.Dial(ctx, network, addr)
	}}
	s.client = &http.Client{Transport: transport}
	s.close = func() {
		transport.CloseIdleConnections()
		if err := server.Shutdown(context.Background()); err != nil {
			t.Errorf("shut down: %v", err)
		}
	}
	return s
}

func (s *site) post(t *testing.T, body string) string {
	t.Helper()
	res, err := s.client.Post(s.url, "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHTTPKeepsConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			w.Write(body)
		})
		defer s.close()
		for i := range 5 {
			body := strings.Repeat(fmt.Sprint(i), 1<<i*10_000)
			if got := s.post(t, body); got != body {
				t.Errorf("sent %d bytes, got %d back", len(body), len(got))
			}
			time.Sleep(time.Second)
		}
		if got := s.dials.Load(); got != 1 {
			t.Errorf("five requests took %d connections, want 1", got)
		}
	})
}

func TestHTTPStreamsInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				time.Sleep(7 * time.Second)
				io.WriteString(w, "x")
				http.NewResponseController(w).Flush()
			}
		})
		defer s.close()
		start := time.Now()
		res, err := s.client.Get(s.url)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var at []time.Duration
		for b := make([]byte, 1); err == nil; {
			var n int
			if n, err = res.Body.Read(b); n > 0 {
				at = append(at, time.Since(start))
			}
		}
		want := []time.Duration{7 * time.Second, 14 * time.Second, 21 * time.Second}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("bytes arrived at (-want +got):\n%s", diff)
		}
	})
}

func TestHTTPCancelReachesTheHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		gone := make(chan time.Duration, 1)
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			gone <- time.Since(start)
		})
		defer s.close()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.client.Do(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("request ended with %v, want its deadline", err)
		}
		if after := <-gone; after != 3*time.Second {
			t.Errorf("the handler saw its client leave after %v, want 3s", after)
		}
	})
}

// TestHTTPHijack tells a reset in the middle of a body from an orderly end.
func TestHTTPHijack(t *testing.T) {
	ends := []struct {
		name string
		end  func(net.Conn)
		want error
	}{
		{"reset", func(c net.Conn) { c.(interface{ SetLinger(int) error }).SetLinger(0) }, syscall.ECONNRESET},
		{"end", func(net.Conn) {}, io.ErrUnexpectedEOF},
	}
	for _, tt := range ends {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					c, _, err := http.NewResponseController(w).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
					tt.end(c)
					c.Close()
				})
				defer s.close()
				res, err := s.client.Get(s.url)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				got, err := io.ReadAll(res.Body)
				if string(got) != "hello" || !errors.Is(err, tt.want) {
					t.Errorf("read %q, %v; want hello, %v", got, err, tt.want)
				}
			})
		})
	}
}
