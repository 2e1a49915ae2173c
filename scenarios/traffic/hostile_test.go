package traffic_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// flood writes a head and then the same thing until the other side has had
// enough, and counts the bytes that it took.
func flood(head, again string, sent *atomic.Int64) func(net.Conn) {
	return func(c net.Conn) {
		again := []byte(strings.Repeat(again, 1+(64<<10)/len(again)))
		_, err := io.WriteString(c, head)
		for err == nil {
			var n int
			n, err = c.Write(again)
			sent.Add(int64(n))
		}
	}
}

// A gauge is a connection that looks how much this process holds while it sends, the
// less often the more it has sent.
type gauge struct {
	net.Conn
	sent, next int
	most       *atomic.Int64 // bytes alive
}

func (g *gauge) Write(p []byte) (int, error) {
	n, err := g.Conn.Write(p)
	if g.sent += n; g.sent >= g.next {
		g.next = g.sent + max(64<<10, g.sent/8)
		g.most.Store(max(g.most.Load(), alive()))
	}
	return n, err
}

// alive is how many bytes of the heap are in use, no garbage.
func alive() int64 {
	runtime.GC()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return int64(live[0].Value.Uint64())
}

// gzipped is n zeros, packed about a thousandfold.
func gzipped(n int) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(make([]byte, n))
	w.Close()
	return b.String()
}

func TestFloodIsGivenUp(t *testing.T) {
	const mib = 1 << 20
	until := func(contentType string) string { // the connection ends, which this one never does
		return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + contentType + "\r\n"
	}
	for _, test := range []struct {
		name        string
		head, again string
		status      int
		limit       int64 // bytes that the sender reads
		held        int64 // bytes that are alive meanwhile, those in buffers of the network with them
	}{
		{"header lines", "HTTP/1.1 200 OK\r\n", "X-Fill: aaaaaaaaaaaaaaaa\r\n", 0, mib / 4, 4 * mib},
		{"one header line", "HTTP/1.1 200 OK\r\nSet-Cookie: ", "a=b;", 0, mib / 4, 4 * mib},
		{"status line", "HTTP/1.1 200 O", "K", 0, mib / 4, 4 * mib},
		{"informational heads", "", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", 0, mib / 4, 4 * mib},
		{"100 Continue", "", "HTTP/1.1 100 Continue\r\n\r\n", 0, mib / 4, 4 * mib},
		{"a chunk's extension", until("text/plain") + "Transfer-Encoding: chunked\r\n\r\n2;x=", "y", 200, mib / 4, 4 * mib},
		{"extensions of small chunks", until("text/plain") + "Transfer-Encoding: chunked\r\n\r\n", "1;" + strings.Repeat("x", 1000) + "\r\na\r\n", 200, mib, 4 * mib},
		{"trailers", until("text/plain") + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n", "X-Fill: aaaaaaaaaaaaaaaa\r\n", 200, mib / 4, 4 * mib},
		{"text", until("text/plain") + "\r\n", "ba be bi ", 200, 64 * mib, 4 * mib},
		{"chunks", until("text/plain") + "Transfer-Encoding: chunked\r\n\r\n", "400\r\n" + strings.Repeat("a", 1024) + "\r\n", 200, 65 * mib, 4 * mib},
		{"JSON", until("application/json") + "\r\n[", `"ba",`, 200, 4 * mib, 12 * mib},
		{"depth of JSON", until("application/json") + "\r\n", `[`, 200, 4 * mib, 12 * mib},
		{"deep lines", until("application/x-ndjson") + "\r\n", strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "\n", 200, mib, 4 * mib},
		{"names in events", until("text/event-stream") + "\r\nevent: ", "ba", 200, mib, 4 * mib},
		{"events in UTF-16", until("text/event-stream") + "\r\n\xff\xfe", "d\x00a\x00t\x00a\x00:\x00b\x00\n\x00\n\x00", 200, 64 * mib, 4 * mib},
		{"carriage returns alone", until("text/event-stream") + "\r\n", "data: ba\r", 200, 4 * mib, 4 * mib},
		{"gzip in lines", until("application/x-ndjson") + "Content-Encoding: gzip\r\n\r\n", gzipped(mib), 200, mib, 6 * mib},
		{"a line", until("application/x-ndjson") + "\r\n", "{", 200, mib, 4 * mib},
		{"an event's line", until("text/event-stream") + "\r\ndata: ", "ba", 200, mib, 4 * mib},
		{"an event's lines", until("text/event-stream") + "\r\n", "data: ba\n", 200, 4 * mib, 4 * mib},
		{"comments", until("text/event-stream") + "\r\n", ": " + strings.Repeat("ba ", 999) + "\n", 200, 64 * mib, 4 * mib},
		{"a gzip bomb", until("text/plain") + "Content-Encoding: gzip\r\n\r\n", gzipped(mib), 200, mib, 4 * mib},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent, most atomic.Int64
				before := alive()
				app := answer(t, func(c net.Conn) { flood(test.head, test.again, &sent)(&gauge{Conn: c, most: &most}) })
				r := app.get(t, traffic.Journey{Timeout: time.Minute})
				synctest.Wait()
				if r.How != "invalid" || r.Status != test.status {
					t.Errorf("%s, status %d: %v", r.How, r.Status, r.Err)
				}
				const underway = 3 * mib // in buffers of the network
				if n := sent.Load(); n > test.limit+underway {
					t.Errorf("%d bytes went out, the limit is %d", n, test.limit)
				}
				if held := most.Load() - before; held > test.held {
					t.Errorf("%d bytes were held, the limit is %d", held, test.held)
				}
				if len(r.Text) > 64<<10 || len(r.Body) > 4<<10 {
					t.Errorf("%d bytes of text and %d of body are kept", len(r.Text), len(r.Body))
				}
			})
		})
	}
}

// Of a place's name 256 bytes count, so that names take no memory either.
func TestLongPlacesOfText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := strings.Repeat("x", 254) // the name of a place has a byte before each key
		body := fmt.Sprintf(`{"%[1]sa":"ba","%[1]sb":"be","%[1]sbc":"bi"}`, key)
		r := serve(t, telling("application/json", piece{0, body})).get(t, traffic.Journey{})
		if r.Text != "ba\nbebi" {
			t.Errorf("text is %q", r.Text)
		}
	})
}

func TestManyPlacesOfText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var body strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&body, "data: {\"key%s%d\":\"ba\"}\n\n", strings.Repeat("x", 100), i)
		}
		r := serve(t, telling("text/event-stream", piece{0, body.String()})).get(t, traffic.Journey{})
		if want := strings.Repeat("ba\n", 63) + strings.Repeat("ba", 5000-63); r.Text != want || r.How != "complete" {
			t.Errorf("%s: %d bytes of text, want %d", r.How, len(r.Text), len(want))
		}
	})
}

func TestNoiseAsEventStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		noise := make([]byte, 1<<20)
		for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < len(noise); i++ {
			noise[i] = byte(r.Uint32())
		}
		r := serve(t, telling("text/event-stream", piece{0, string(noise)})).get(t, traffic.Journey{})
		if r.How != "complete" || r.Text != "" || r.Bytes != 1<<20 {
			t.Errorf("%s with %d bytes of text: %v", r.How, len(r.Text), r.Err)
		}
	})
}

func TestDripEndsWithTheTimeout(t *testing.T) {
	drip := func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, "a"); err != nil {
				return
			}
			time.Sleep(70 * ms)
		}
	}
	for head, want := range map[string]traffic.Result{
		"":                            {How: "timeout", Seen: reply.Seen{First: -1}},
		"HTTP/1.1 200 OK\r\nX-Fill: ": {How: "timeout", Seen: reply.Seen{First: -1}},
		okHead + "Content-Length: 1000000000\r\n\r\n":                  {How: "timeout", Seen: reply.Seen{Status: 200, Bytes: 15}},
		"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n" + jsonType + "[": {How: "timeout", Seen: reply.Seen{First: -1, Status: 200, Bytes: 16}},
	} {
		synctest.Test(t, func(t *testing.T) {
			app := answer(t, func(c net.Conn) {
				io.WriteString(c, head)
				drip(c)
			})
			r := app.get(t, traffic.Journey{Timeout: time.Second})
			got := traffic.Result{How: r.How, Seen: reply.Seen{First: r.First, Status: r.Status, Bytes: r.Bytes}}
			if diff := cmp.Diff(want, got); diff != "" || r.Ended != time.Second {
				t.Errorf("after %q, ended at %v (-want +got):\n%s", head, r.Ended, diff)
			}
		})
	}
}

const jsonType = "Content-Type: application/json\r\n\r\n"

// Every second request meets a handler that does not even read it. Those hang;
// the others do not notice.
func TestUnreadRequestsHarmNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/deaf" {
				<-t.Context().Done()
				return
			}
			time.Sleep(5 * ms)
		})
		journeys := []traffic.Journey{
			{Name: "chat", Rate: 50, Timeout: 2 * time.Second},
			{Name: "deaf", Rate: 50, Timeout: 2 * time.Second},
		}
		journeys[1].Request = ask.Request{Path: "/deaf", Text: strings.Repeat("more than buffers hold ", 1<<16)}
		for _, r := range run(t.Context(), app.sender(journeys...), traffic.Schedule(journeys, 7, 3*time.Second)) {
			how, took := "complete", 5*ms
			if r.Journey == 1 {
				how, took = "timeout", 2*time.Second
			}
			if r.Sent != r.At || r.Ended != r.At+took || r.How != how {
				t.Errorf("request %d of journey %d was due at %v, sent at %v, ended %s at %v", r.N, r.Journey, r.At, r.Sent, r.How, r.Ended)
			}
		}
	})
}

func TestRedirectLoopIsAReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen atomic.Int64
		app := serve(t, func(w http.ResponseWriter, r *http.Request) {
			seen.Add(1)
			http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
		})
		if r := app.get(t, traffic.Journey{}); r.How != "complete" || r.Status != 307 || seen.Load() != 1 {
			t.Errorf("%s, status %d, %d requests", r.How, r.Status, seen.Load())
		}
	})
}

// unkind are apps that do one bad thing to every request, by the name of a journey,
// with how it ends.
func unkind() map[string]struct {
	talk func(net.Conn)
	how  string
} {
	var sent atomic.Int64
	deaf := func(c net.Conn) { time.Sleep(3 * time.Second) }
	drip := func(c net.Conn) {
		_, err := io.WriteString(c, okHead+"Content-Length: 1000000000\r\n\r\n")
		for err == nil {
			time.Sleep(50 * ms)
			_, err = io.WriteString(c, "a")
		}
	}
	loop := func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
	}
	gigabyte := okHead + "Content-Length: 1073741824\r\n\r\n"
	return map[string]struct {
		talk func(net.Conn)
		how  string
	}{
		"deaf":     {deaf, "timeout"},
		"reset":    {quit, "reset"},
		"head":     {flood("HTTP/1.1 200 OK\r\n", "X-Fill: aaaaaaaaaaaaaaaa\r\n", &sent), "invalid"},
		"cookie":   {flood("HTTP/1.1 200 OK\r\nSet-Cookie: ", "a=b;", &sent), "invalid"},
		"gigabyte": {flood(gigabyte, "ba be bi ", &sent), "invalid"},
		"drip":     {drip, "timeout"},
		"event":    {flood("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\ndata: ", "ba", &sent), "invalid"},
		"loop":     {loop, "complete"},
	}
}

// All of them at once, beside an app that is well: each ends as it should, and none
// is sent a moment late for another's sake. The app that never reads is not even
// handed a whole request.
func TestHostileAppsDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kinds := unkind()
		app := accept(t, func(c net.Conn) {
			r := bufio.NewReader(c)
			for {
				req, err := http.ReadRequest(r)
				if err != nil {
					return
				}
				if kind, bad := kinds[strings.TrimPrefix(req.URL.Path, "/")]; bad {
					kind.talk(c)
					return
				}
				time.Sleep(20 * ms)
				io.WriteString(c, okHead+"Content-Length: 2\r\n\r\nhi")
			}
		})
		journeys := []traffic.Journey{{Name: "good", Rate: 50}}
		for name := range kinds {
			journeys = append(journeys, traffic.Journey{Name: name, Rate: 2})
		}
		for i := range journeys {
			journeys[i].Timeout, journeys[i].Request.Path, journeys[i].Cookies = time.Second, "/"+journeys[i].Name, true
			journeys[i].Sessions = traffic.Sessions{Turns: 2, Think: 100 * ms}
		}
		s := app.sender(journeys...)
		for _, r := range run(t.Context(), s, traffic.Schedule(journeys, 7, 2*time.Second)) {
			name := journeys[r.Journey].Name
			how := "complete"
			if kind, bad := kinds[name]; bad {
				how = kind.how
			}
			if r.How != how || r.Sent != r.At || r.Ended > r.At+time.Second {
				t.Errorf("%s: due at %v, sent at %v, ended %s at %v, want %s: %v", name, r.At, r.Sent, r.How, r.Ended, how, r.Err)
			}
			if name == "good" && r.Ended != r.At+20*ms {
				t.Errorf("a good answer took %v", r.Ended-r.At)
			}
		}
		if p99, largest := s.Lateness(); p99 != 0 || largest != 0 {
			t.Errorf("late by %v, %v", p99, largest)
		}
	})
}

// An app that accepts and never reads a byte has the request time out, whatever its
// size.
func TestNeverReads(t *testing.T) {
	for _, body := range []string{"", strings.Repeat("more than buffers hold ", 1<<16)} {
		synctest.Test(t, func(t *testing.T) {
			app := accept(t, func(net.Conn) { <-t.Context().Done() })
			r := app.get(t, traffic.Journey{Timeout: time.Second, Request: ask.Request{Path: "/", Text: body}})
			if r.How != "timeout" || r.Ended != time.Second || r.Sent != 0 {
				t.Errorf("sent at %v, ended %s at %v", r.Sent, r.How, r.Ended)
			}
		})
	}
}
