package traffic_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// say writes a reply, or a part of one, as it stands, and then does what comes
// next.
func say(reply string, then func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		io.WriteString(c, reply)
		time.Sleep(100 * ms)
		then(c)
	}
}

func closed(c net.Conn) { c.Close() }

// held keeps a connection open until the other side closes it.
func held(c net.Conn) { io.Copy(io.Discard, c) }

const (
	okHead  = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	chunked = okHead + "Transfer-Encoding: chunked\r\n\r\n"
)

func TestHowItEnded(t *testing.T) {
	type outcome struct {
		How    string
		Status int
		Ended  time.Duration
		Text   string
	}
	for _, test := range []struct {
		name string
		talk func(net.Conn)
		want outcome
	}{
		{"with its length", say(okHead+"Content-Length: 2\r\n\r\nhi", held), outcome{"complete", 200, 0, "hi"}},
		{"with the last chunk", say(chunked+"2\r\nhi\r\n0\r\n\r\n", held), outcome{"complete", 200, 0, "hi"}},
		{"with the connection", say(okHead+"Connection: close\r\n\r\nhi", closed), outcome{"complete", 200, 100 * ms, "hi"}},
		{"no last chunk", say(chunked+"2\r\nhi\r\n", closed), outcome{"cut", 200, 100 * ms, "hi"}},
		{"reset in the body", say(chunked+"2\r\nhi\r\n", quit), outcome{"cut", 200, 100 * ms, "hi"}},
		{"short of its length", say(okHead+"Content-Length: 5\r\n\r\nhi", closed), outcome{"cut", 200, 100 * ms, "hi"}},
		{"reset where the connection is the end", say(okHead+"Connection: close\r\n\r\nhi", quit), outcome{"cut", 200, 100 * ms, "hi"}},
		{"cut while an error is told", say("HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\n", closed), outcome{"cut", 503, 100 * ms, ""}},
		{"closed before the head", say("", closed), outcome{"reset", 0, 100 * ms, ""}},
		{"reset before the head", say("", quit), outcome{"reset", 0, 100 * ms, ""}},
		{"reset in the head", say("HTTP/1.1 200 OK\r\nContent-Type: te", quit), outcome{"reset", 0, 100 * ms, ""}},
		{"silent", say("", held), outcome{"timeout", 0, time.Second, ""}},
		{"silent in the head", say("HTTP/1.1 200 OK\r\n", held), outcome{"timeout", 0, time.Second, ""}},
		{"silent in the body", say(chunked+"2\r\nhi\r\n", held), outcome{"timeout", 200, time.Second, "hi"}},
		{"upgraded", say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", held), outcome{"invalid", 101, 0, ""}},
		{"not HTTP", say("220 mail ready\r\n", held), outcome{"invalid", 0, 0, ""}},
		{"no such length", say(okHead+"Content-Length: two\r\n\r\nhi", held), outcome{"invalid", 0, 0, ""}},
		{"two lengths", say(okHead+"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!", held), outcome{"invalid", 0, 0, ""}},
		{"one length twice", say(okHead+"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", held), outcome{"complete", 200, 0, "hi"}},
		{"a negative length", say(okHead+"Content-Length: -2\r\n\r\nhi", held), outcome{"invalid", 0, 0, ""}},
		{"longer than its length", say(okHead+"Content-Length: 2\r\n\r\nhi there", held), outcome{"complete", 200, 0, "hi"}},
		{"NUL in a header", say(okHead+"X-Odd: a\x00b\r\nContent-Length: 2\r\n\r\nhi", held), outcome{"invalid", 0, 0, ""}},
		{"NUL in a header's name", say(okHead+"X-\x00: a\r\nContent-Length: 2\r\n\r\nhi", held), outcome{"invalid", 0, 0, ""}},
		{"a carriage return in a header", say(okHead+"X-Odd: a\rb\r\nContent-Length: 2\r\n\r\nhi", held), outcome{"invalid", 0, 0, ""}},
		{"told to go on for ever", say("HTTP/1.1 100 Continue\r\n\r\n", held), outcome{"timeout", 0, time.Second, ""}},
		{"a chunk of 16 EB", say(chunked+"ffffffffffffffff\r\nhi", held), outcome{"timeout", 200, time.Second, "hi"}},
		{"a chunk of more", say(chunked+"10000000000000000\r\nhi", held), outcome{"invalid", 200, 0, ""}},
		{"no such chunk", say(chunked+"2\r\nhi\r\nxyz\r\n", held), outcome{"invalid", 200, 0, "hi"}},
		{"no JSON", say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\nhi", held), outcome{"invalid", 200, 0, ""}},
		{"no body where none is due", say("HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\n", held), outcome{"complete", 204, 0, ""}},
		{"packed in what nobody asked for", say(okHead+"Content-Encoding: br\r\nContent-Length: 2\r\n\r\nhi", held), outcome{"invalid", 200, 0, ""}},
		{"redirected", say("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", held), outcome{"complete", 302, 0, ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := answer(t, test.talk).get(t, traffic.Journey{Timeout: time.Second})
				got := outcome{r.How, r.Status, r.Ended, r.Text}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("outcome (-want +got):\n%s\nerror: %v", diff, r.Err)
				}
				if (r.Err == nil) != (r.How == "complete") {
					t.Errorf("%s with error %v", r.How, r.Err)
				}
			})
		})
	}
}

// That the sender closes the connection then breaks nothing of the app's.
func TestInvalidWhileTheRequestIsStillWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := answer(t, func(c net.Conn) {
			io.WriteString(c, "220 mail ready\r\n")
			<-t.Context().Done()
		})
		r := app.get(t, traffic.Journey{Request: ask.Request{Text: strings.Repeat("more than buffers hold ", 1<<16)}})
		if r.How != "invalid" {
			t.Errorf("%s: %v", r.How, r.Err)
		}
	})
}

func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(http.ResponseWriter, *http.Request) {})
		app.url = "http://127.0.0.1:1"
		if r := app.get(t, traffic.Journey{Timeout: time.Second}); r.How != "refused" || r.Sent != 0 || r.Ended != 0 {
			t.Errorf("got %+v", r)
		}
	})
}

// A host that swallows the first packet is not one that refuses.
func TestDialThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(http.ResponseWriter, *http.Request) {})
		s := app.sender(traffic.Journey{Timeout: time.Second})
		s.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		if r := s.Once(t.Context(), traffic.Due{}); r.How != "timeout" || r.Sent != 0 || r.Ended != time.Second {
			t.Errorf("got %+v", r)
		}
	})
}

func TestGzipIsUnpacked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if accepts := r.Header.Get("Accept-Encoding"); accepts != "" {
				t.Errorf("the request asks for %q", accepts)
			}
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(w)
			for _, word := range []string{"ba ", "be"} {
				fmt.Fprintf(zip, "data: {\"delta\":%q}\n\n", word)
				zip.Flush()
				w.(http.Flusher).Flush()
				time.Sleep(100 * ms)
			}
			if r.URL.Path == "/whole" {
				zip.Close()
			}
		})
		j := traffic.Journey{Request: ask.Request{Path: "/whole"}, Answer: reply.Rule{SSE: "$.delta"}}
		r := app.get(t, j)
		if r.How != "complete" || r.Text != "ba be" || r.First != 0 || r.MaxGap != 100*ms || !strings.HasPrefix(r.Body, "data: ") {
			t.Errorf("got %+v", r)
		}
		j.Request.Path = "/broken"
		if r := app.get(t, j); r.How != "invalid" || r.Text != "ba be" {
			t.Errorf("without its end: %+v", r)
		}
	})
}

// The connection broke, not the packing.
func TestGzipCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		head := okHead + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
		if r := answer(t, say(head+"2\r\n\x1f\x8b\r\n", quit)).get(t, traffic.Journey{}); r.How != "cut" || r.Ended != 100*ms {
			t.Errorf("got %+v", r)
		}
	})
}
