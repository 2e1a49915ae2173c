package traffic_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

func TestFreshConnections(t *testing.T) {
	for _, h2c := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			app := serveH2C(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) })
			var dials atomic.Int64
			s := app.sender(traffic.Journey{Name: "chat"})
			s.Dial = counting(s.Dial, &dials)
			s.Fresh, s.H2C = true, h2c
			for _, r := range run(t.Context(), s, every(10*ms, 5)) {
				if want := map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[h2c]; r.Text != want || r.How != "complete" {
					t.Errorf("%s in %q, want %s: %v", r.How, r.Text, want, r.Err)
				}
			}
			if n := dials.Load(); n != 5 {
				t.Errorf("h2c %v: %d connections for 5 requests", h2c, n)
			}
		})
	}
}

// serveH2C is an app that speaks HTTP/1.1 and, to who knows, HTTP/2.
func serveH2C(t *testing.T, h http.HandlerFunc) *site {
	t.Helper()
	s, l := listen(t)
	var both http.Protocols
	both.SetHTTP1(true)
	both.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: h, Protocols: &both}
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(l) })
	t.Cleanup(func() {
		server.Shutdown(context.Background())
		serving.Wait()
	})
	return s
}

// Over HTTP/2 requests share a connection, and still each has an end of its own.
func TestHTTP2(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serveH2C(t, func(w http.ResponseWriter, r *http.Request) {
			flush := func(text string) {
				io.WriteString(w, text)
				w.(http.Flusher).Flush()
			}
			w.Header().Set("Content-Type", "text/event-stream")
			switch strings.Trim(r.URL.Path, "/") {
			case "good":
				for range 3 {
					flush("data: {\"t\":\"ba\"}\n\n")
					time.Sleep(100 * ms)
				}
			case "cut":
				flush("data: {\"t\":\"ba\"}\n\n")
				panic(http.ErrAbortHandler)
			case "reset":
				panic(http.ErrAbortHandler)
			case "stall":
				flush("data: {\"t\":\"ba\"}\n\n")
				<-r.Context().Done()
			}
		})
		type row struct {
			How    string
			Status int
			First  time.Duration
			Ended  time.Duration
			MaxGap time.Duration
			Text   string
		}
		want := map[string]row{
			"good":  {"complete", 200, 0, 300 * ms, 100 * ms, "bababa"},
			"cut":   {"cut", 200, 0, 0, 0, "ba"},
			"reset": {"reset", 0, -1, 0, 0, ""},
			"stall": {"timeout", 200, 0, time.Second, 0, "ba"},
		}
		var journeys []traffic.Journey
		var due []traffic.Due
		for name := range want {
			journeys = append(journeys, traffic.Journey{Name: name, Timeout: time.Second, Request: ask.Request{Path: "/" + name, Stream: true}})
			due = append(due, traffic.Due{N: len(due), Journey: len(due), At: time.Duration(len(due)) * 10 * ms})
		}
		s := app.sender(journeys...)
		s.H2C = true
		var dials atomic.Int64
		s.Dial = counting(s.Dial, &dials)
		for _, r := range run(t.Context(), s, due) {
			got := row{r.How, r.Status, max(r.First-r.At, -1), r.Ended - r.At, r.MaxGap, r.Text}
			if diff := cmp.Diff(want[journeys[r.Journey].Name], got); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%v", journeys[r.Journey].Name, diff, r.Err)
			}
		}
		if n := dials.Load(); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestHTTP2WithWhoDoesNotSpeakIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, func(http.ResponseWriter, *http.Request) {}).sender(traffic.Journey{Timeout: time.Second})
		s.H2C = true
		if r := s.Once(t.Context(), traffic.Due{}); r.How == "complete" || r.Err == nil || r.Ended > time.Second {
			t.Errorf("%s at %v: %v", r.How, r.Ended, r.Err)
		}
	})
}

// A head that is too long is as bounded as it is over HTTP/1.1.
func TestLongHeadOverHTTP2(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serveH2C(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Fill", strings.Repeat("x", 300<<10))
		})
		s := app.sender(traffic.Journey{Timeout: time.Second})
		s.H2C = true
		for _, r := range run(t.Context(), s, every(10*ms, 3)) {
			if r.How != "invalid" || r.Err == nil || r.Sent != r.At {
				t.Errorf("%s at %v: %v", r.How, r.Ended, r.Err)
			}
		}
	})
}
