package faults_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

// plain is a small wire format. What it must know of a request stands in
// headers; its failures are one line.
type plain struct{}

func (plain) Look(r *http.Request) faults.Look {
	_, _ = io.Copy(io.Discard, r.Body)
	return faults.Look{
		Endpoint: strings.TrimPrefix(r.URL.Path, "/"),
		Model:    r.Header.Get("X-Model"),
		Stream:   r.Header.Get("X-Stream") != "",
		Nonce:    r.Header.Get("X-Nonce"),

		PromptTokens: int(r.ContentLength),
		Tools:        r.Header.Get("X-Tools") != "",
		Attachment:   r.Header.Get("X-Attachment") != "",
		Key:          r.Header.Get("X-Key"),
		Region:       r.Header.Get("X-Region"),
		ServiceTier:  r.Header.Get("X-Tier"),
		User:         r.Header.Get("X-User"),
		Session:      r.Header.Get("X-Session"),
	}
}

func (plain) Answer(l faults.Look, f faults.Failure) faults.Answer {
	a := faults.Answer{Status: f.Status, Header: map[string][]string{"content-type": {"text/plain"}}}
	if a.Status == 0 {
		a.Status = 529
	}
	if f.Wait.For > 0 {
		a.Header["retry-after"] = []string{fmt.Sprintf("%v as %s", f.Wait.For, f.Wait.Form)}
	}
	if f.Spare {
		a.Header["remaining"] = []string{"17"}
	}
	a.Body = fmt.Appendf(nil, "%s on %s\n", strings.TrimSpace(f.Class+" "+f.Variant), l.Endpoint)
	return a
}

func (plain) Event(l faults.Look, f faults.Failure) []byte {
	if f.Class == "keepalive_only" {
		return []byte(": still here\n\n")
	}
	return fmt.Appendf(nil, "event: error\ndata: %s on %s\n\n", f.Class, l.Endpoint)
}

func (plain) Part(_ faults.Look, event []byte) faults.Part {
	switch e := strings.TrimSpace(string(event)); {
	case strings.HasPrefix(e, "data: word"):
		return faults.Content
	case e == "data: stop":
		return faults.Finish
	case e == "data: done":
		return faults.Terminator
	}
	return faults.Other
}

// Alter knows the bill in "data: stop", and in the text's last byte.
func (plain) Alter(_ faults.Look, part []byte, f faults.Failure) []byte {
	stop, end := []byte("data: stop"), []byte("}")
	if f.Class == "no_finish" {
		return bytes.Replace(bytes.Replace(part, append(stop, "\n\n"...), nil, 1), end, nil, 1)
	}
	if f.Class == "early_finish" {
		return bytes.Replace(part, stop, []byte("data: stop for "+f.Variant), 1)
	}
	bill := []byte(" for a bill that is " + f.Variant)
	return bytes.Replace(bytes.Replace(part, stop, append(stop, bill...), 1), end, append(bill, '}'), 1)
}

// withDefect keeps a defect in the context; poem writes it down.
func withDefect(ctx context.Context, d faults.Defect) context.Context {
	return context.WithValue(ctx, faults.Defect{}, d)
}

// tempo is by how much a poem is slowed, kept in the context.
type tempo struct{ ttft, gap float64 }

func withTempo(ctx context.Context, ttft, gap float64) context.Context {
	return context.WithValue(ctx, tempo{}, tempo{ttft, gap})
}

// poem answers with six words: the first after 20 ms, the others 10 ms apart; as
// a document all at once after 70 ms.
func poem(w http.ResponseWriter, r *http.Request) {
	pace, ok := r.Context().Value(tempo{}).(tempo)
	if !ok {
		pace = tempo{1, 1}
	}
	if d, ok := r.Context().Value(faults.Defect{}).(faults.Defect); ok {
		w.Header()["defect"] = []string{fmt.Sprintf("%s after %d or %g", d.Kind, d.Token, d.Share)}
	}
	ttft := time.Duration(20 * pace.ttft * float64(time.Millisecond))
	gap := time.Duration(10 * pace.gap * float64(time.Millisecond))
	if r.Header.Get("X-Stream") == "" {
		if pass(r, ttft+5*gap) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("content-length", "27")
			_, _ = io.WriteString(w, `{"text":"one two three…"}`)
		}
		return
	}
	if w, ok := w.(interface{ ExpectTokens(n int) }); ok {
		w.ExpectTokens(6)
	}
	w.Header()["Content-Type"] = nil // no guess of net/http's beside the name as sent
	w.Header()["content-type"] = []string{"text/event-stream; charset=utf-8"}
	events := []string{"data: role", "data: word1", "data: word2", "data: word3", "data: word4", "data: word5", "data: word6", "data: stop", "data: done"}
	for i, e := range events {
		if i == 1 && !pass(r, ttft) || i > 1 && i <= 6 && !pass(r, gap) {
			return
		}
		if _, err := io.WriteString(w, e+"\n\n"); err != nil {
			return
		}
		if http.NewResponseController(w).Flush() != nil {
			return
		}
	}
}

// pass lets time pass unless the client leaves.
func pass(r *http.Request, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
		return false
	}
}

// A site is an HTTP server in memory.
type site struct {
	server *http.Server
	conns  chan net.Conn
	closed chan struct{}
}

// serve starts one; requests end with ctx at the latest.
func serve(ctx context.Context, h http.Handler) *site {
	base := func(net.Listener) context.Context { return ctx }
	s := &site{server: &http.Server{Handler: h, BaseContext: base}, conns: make(chan net.Conn), closed: make(chan struct{})}
	go func() { _ = s.server.Serve(s) }()
	return s
}

func (s *site) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return c, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

func (s *site) Close() error   { close(s.closed); return nil }
func (s *site) Addr() net.Addr { return &net.TCPAddr{} }

// A conn is one end of a connection in memory. It knows a reset from an orderly
// end as TCP does.
type conn struct {
	net.Conn
	linger atomic.Bool  // SetLinger(0) was asked for
	reset  *atomic.Bool // seen by both ends
}

func (c *conn) SetLinger(seconds int) error {
	c.linger.Store(seconds == 0)
	return nil
}

func (c *conn) Close() error {
	if c.linger.Load() {
		c.reset.Store(true)
	}
	return c.Conn.Close()
}

// talk sends one request and writes down every byte that comes back, and when.
// The client leaves after the given time.
func (s *site) talk(request string, leave time.Duration) string {
	client, server := net.Pipe()
	defer client.Close()
	var reset atomic.Bool
	s.conns <- &conn{Conn: server, reset: &reset}
	tr := &trace{conn: client, start: time.Now()}
	_ = client.SetReadDeadline(tr.start.Add(leave))
	go func() { _, _ = io.WriteString(client, request) }()
	response, err := http.ReadResponse(bufio.NewReader(tr), nil)
	if err == nil {
		_, err = io.Copy(io.Discard, response.Body)
	}
	switch {
	case reset.Load():
		tr.line("the connection is reset")
	case errors.Is(err, os.ErrDeadlineExceeded):
		tr.line("the client leaves")
	case err != nil:
		tr.line("the connection is closed")
	default:
		tr.line("the answer ends")
	}
	return tr.text.String()
}

// A trace is a reader that notes what it reads.
type trace struct {
	conn  net.Conn
	start time.Time
	text  strings.Builder
}

func (t *trace) Read(p []byte) (int, error) {
	n, err := t.conn.Read(p)
	if n > 0 {
		t.line(strings.Split(strings.TrimSuffix(string(p[:n]), "\n"), "\n")...)
	}
	return n, err
}

func (t *trace) line(lines ...string) {
	at := time.Since(t.start).String()
	for _, l := range lines {
		l = strings.ReplaceAll(l, "\r", `\r`)
		fmt.Fprintln(&t.text, strings.TrimRight(fmt.Sprintf("%-6s %s", at, l), " "))
		at = ""
	}
}
