package faults_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// spy notes the events it is asked about.
type spy struct {
	plain
	events *[]string
}

func (s spy) Part(l faults.Look, event []byte) faults.Part {
	*s.events = append(*s.events, string(event))
	return s.plain.Part(l, event)
}

// split has a handler write the chunks as one stream, under a fault, and gives
// the events that the dialect saw and what came out.
func split(w faults.Window, chunks ...string) (events []string, out string) {
	in := faults.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, c := range chunks {
			_, _ = io.WriteString(w, c)
		}
	}), spy{events: &events}, faults.Options{})
	in.Play(time.Now(), []faults.Window{w})
	rec, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/chat", nil)
	r.Header.Set("X-Stream", "yes")
	in.ServeHTTP(rec, r)
	return events, rec.Body.String()
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name   string
		chunks []string
		want   []string
		rest   string
	}{
		{"one by one", []string{"data: a\n\n", "data: b\n\n"}, []string{"data: a\n\n", "data: b\n\n"}, ""},
		{"together", []string{"data: a\n\ndata: b\n\n"}, []string{"data: a\n\n", "data: b\n\n"}, ""},
		{"torn anywhere", []string{"da", "ta: a\n", "\nd", "", "ata: b\n\n"}, []string{"data: a\n\n", "data: b\n\n"}, ""},
		{"several lines", []string{"event: x\ndata: a\n\n"}, []string{"event: x\ndata: a\n\n"}, ""},
		{"CRLF", []string{"data: a\r\n\r", "\ndata: b\r\n\r\n"}, []string{"data: a\r\n\r\n", "data: b\r\n\r\n"}, ""},
		{"comment", []string{": ping\n\ndata: a\n\n"}, []string{": ping\n\n", "data: a\n\n"}, ""},
		{"unfinished", []string{"data: a\n\ndata: b\n"}, []string{"data: a\n\n"}, "data: b\n"},
		{"without end", []string{strings.Repeat("x", 1<<20), "xx", "yy"}, []string{strings.Repeat("x", 1<<20) + "xx"}, "yy"},
	} {
		w := window("f", "truncate", 1)
		w.Fault.At = faults.At{Place: faults.AtTerminator}
		got, out := split(w, c.chunks...)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: events (-want +got):\n%s", c.name, diff)
		}
		if want := strings.Join(c.want, "") + c.rest; out != want {
			t.Errorf("%s: wrote %.80q, want %.80q", c.name, out, want)
		}
	}
}

// FuzzSplit: tearing a stream changes neither its events nor its bytes, and a
// fault inside lets through a whole number of events.
func FuzzSplit(f *testing.F) {
	f.Add("data: word1\n\ndata: word2\r\n\r\n: x\n\ndata: stop\n\ndata: done\n\n", uint8(3), uint8(1))
	f.Add("\n\n\r\n\r\ndata: word\n\r\n", uint8(1), uint8(2))
	f.Add("data: word", uint8(200), uint8(1))
	f.Fuzz(func(t *testing.T, stream string, size, token uint8) {
		var chunks []string
		for rest := stream; rest != ""; {
			n := min(int(size%32)+1, len(rest))
			chunks, rest = append(chunks, rest[:n]), rest[n:]
		}
		w := window("f", "truncate", 1)
		w.Fault.At = faults.At{Place: faults.AtToken, Token: int(token) + 1}
		whole, out := split(w, stream)
		torn, tornOut := split(w, chunks...)
		if diff := cmp.Diff(whole, torn); diff != "" {
			t.Errorf("events of the whole and the torn stream (-whole +torn):\n%s", diff)
		}
		if out != tornOut {
			t.Errorf("wrote %q, torn %q", out, tornOut)
		}
		if !strings.HasPrefix(stream, out) {
			t.Errorf("wrote %q of %q", out, stream)
		}
		if n := len(out); n < len(stream) && !strings.HasSuffix(out, "\n") && n > 0 {
			t.Errorf("wrote %q, which ends inside an event", out)
		}
	})
}

// TestWriterKeepsItsUses: behind a stream fault the writer still flushes at once,
// takes deadlines, and says that it is over when the fault has landed.
func TestWriterKeepsItsUses(t *testing.T) {
	w := window("f", "truncate", 1)
	w.Fault.At = faults.At{Place: faults.AtToken, Token: 2}
	ended := make(chan error, 2)
	in := faults.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		if err := rc.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Errorf("deadline: %v", err)
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusEarlyHints)
		w.(http.Flusher).Flush() // the head
		_, _ = io.WriteString(w, "data: word1\n\n")
		if err := rc.Flush(); err != nil {
			t.Errorf("flush: %v", err)
		}
		if n, err := io.WriteString(w, "data: word2\n\n"); n != 13 || err != nil {
			t.Errorf("the last event that went out: %d, %v", n, err)
		}
		_, err := io.WriteString(w, "data: word3\n\n")
		ended <- err
		ended <- rc.Flush()
		<-r.Context().Done() // nobody reads on
	}), plain{}, faults.Options{})
	in.Play(time.Now(), []faults.Window{w})
	server := httptest.NewServer(in)
	defer server.Close()
	response, err := http.Get(server.URL + "/chat")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != "data: word1\n\ndata: word2\n\n" {
		t.Errorf("got %q, %v", body, err)
	}
	for range 2 {
		if err := <-ended; !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("after the end: %v, want %v", err, io.ErrClosedPipe)
		}
	}
}

// TestWriteAcrossTheEnd: a write of which only a part went out fails.
func TestWriteAcrossTheEnd(t *testing.T) {
	w := window("f", "truncate", 1)
	w.Fault.At = faults.At{Place: faults.AtToken, Token: 1}
	in := faults.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		if _, err := io.WriteString(w, "data: word1\n\ndata: word2\n\n"); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("got %v, want %v", err, io.ErrClosedPipe)
		}
	}), plain{}, faults.Options{})
	in.Play(time.Now(), []faults.Window{w})
	rec := httptest.NewRecorder()
	in.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/chat", nil))
	if got := rec.Body.String(); got != "data: word1\n\n" {
		t.Errorf("wrote %q", got)
	}
}

// TestLongDocument: an answer that is too long to be held back passes whole.
func TestLongDocument(t *testing.T) {
	in := faults.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		for range 9 {
			_, _ = w.Write(make([]byte, 1<<20))
			w.(http.Flusher).Flush()
		}
	}), plain{}, faults.Options{Hit: func(*http.Request, faults.Hit) { t.Error("hit") }})
	in.Play(time.Now(), []faults.Window{window("f", "truncate", 1)})
	w := httptest.NewRecorder()
	in.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/chat", nil))
	if w.Code != http.StatusCreated || w.Body.Len() != 9<<20 {
		t.Errorf("got %d with %d bytes, want 201 with %d", w.Code, w.Body.Len(), 9<<20)
	}
}

// TestUnannouncedTotal: a share of an unknown number of tokens cannot be told, so
// the fault lands before the finish.
func TestUnannouncedTotal(t *testing.T) {
	w := window("f", "truncate", 1)
	w.Fault.At = faults.At{Place: faults.AtShare, Share: 0.5}
	_, out := split(w, "data: word1\n\ndata: word2\n\n", "data: stop\n\n")
	if want := "data: word1\n\ndata: word2\n\n"; out != want {
		t.Errorf("wrote %q, want %q", out, want)
	}
}

// TestNoTerminator: where a wire format ends its streams by their end, that is
// the terminator.
func TestNoTerminator(t *testing.T) {
	w := window("f", "stream_error", 1)
	w.Fault.At = faults.At{Place: faults.AtTerminator}
	_, out := split(w, "data: word1\n\n", "data: stop\n\n")
	if want := "data: word1\n\ndata: stop\n\nevent: error\ndata: server_error on chat\n\n"; out != want {
		t.Errorf("wrote %q, want %q", out, want)
	}
}

// TestAbortWithoutConnection: where there is no connection to take over, the
// handler aborts as net/http wants it.
func TestAbortWithoutConnection(t *testing.T) {
	in := faults.New(http.HandlerFunc(poem), plain{}, faults.Options{})
	w := window("f", "cut", 1)
	w.Fault.At = faults.At{Place: faults.AtHeaders}
	in.Play(time.Now(), []faults.Window{w})
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("recovered %v, want %v", err, http.ErrAbortHandler)
		}
	}()
	in.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/chat", nil))
}
