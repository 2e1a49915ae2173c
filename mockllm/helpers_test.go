package mockllm_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with testdata/NAME.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// server makes a mock with the name primary and seed 7.
func server(t testing.TB, dialect string, m pace.Model, served func(*http.Request, mockllm.Served)) *mockllm.Server {
	t.Helper()
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: dialect, Others: m}, mockllm.Options{Seed: 7, Served: served})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// request is one that both dialects take for a caller who has a key.
func request(ctx context.Context, method, path, body string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer sk-drill")
	r.Header.Set("Anthropic-Version", "2023-06-01")
	r.Header.Set("User-Agent", "test/1")
	return r
}

// chat is a body that both dialects take, with a nonce in its last user message.
func chat(nonce, more string) string {
	return `{"model":"some-model","max_tokens":400,"messages":[{"role":"user","content":"hello ` + nonce + `"}]` + more + `}`
}

// path is where a dialect takes chats.
func path(dialect string) string {
	return map[string]string{"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}[dialect]
}

// capture is a response writer that notes when what was written.
type capture struct {
	start    time.Time
	header   http.Header
	status   int
	writes   []written
	expected []int    // what ExpectTokens was told
	flushed  int      // so many writes
	late     []string // flushed later than written
}

type written struct {
	at      time.Duration
	data    string
	flushed bool // right after it
}

// held are the writes that a client got later than they were made: what came after
// them found them not flushed. Those of the last moment leave with the answer's end.
func (c *capture) held() (held []string) {
	for _, w := range c.writes[c.flushed:] {
		if w.at != c.writes[len(c.writes)-1].at {
			held = append(held, w.data)
		}
	}
	return append(c.late, held...)
}

func newCapture() *capture { return &capture{start: time.Now(), header: http.Header{}} }

func (c *capture) Header() http.Header    { return c.header }
func (c *capture) WriteHeader(status int) { c.status = status }
func (c *capture) ExpectTokens(n int)     { c.expected = append(c.expected, n) }
func (c *capture) Flush() {
	for _, w := range c.writes[c.flushed:] {
		if w.at != time.Since(c.start) {
			c.late = append(c.late, w.data)
		}
	}
	c.flushed = len(c.writes)
	if c.flushed > 0 {
		c.writes[c.flushed-1].flushed = true
	}
}

func (c *capture) Write(p []byte) (int, error) {
	c.writes = append(c.writes, written{at: time.Since(c.start), data: string(p)})
	return len(p), nil
}

func (c *capture) body() string {
	var b strings.Builder
	for _, w := range c.writes {
		b.WriteString(w.data)
	}
	return b.String()
}

// dump is an answer as a file: status, headers with the names as sent, body.
func dump(status int, header map[string][]string, body string) string {
	var b strings.Builder
	fmt.Fprintln(&b, "HTTP", status)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, v := range header[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	return b.String() + "\n" + body
}

func (c *capture) dump() string { return dump(c.status, c.header, c.body()) }

// do sends a request through the handler alone.
func do(s http.Handler, r *http.Request) *capture {
	c := newCapture()
	s.ServeHTTP(c, r)
	return c
}

// get reads a URL over the network, with a key.
func get(t *testing.T, c *http.Client, method, url, body string) (status int, reply string) {
	t.Helper()
	r := request(t.Context(), method, url, body)
	r.RequestURI = ""
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// readers are how apps read the text of a dialect's answers: of a whole one, and of
// a stream. They look at nothing but what the SDKs look at.
func wholeText(t *testing.T, dialect, body string) string {
	t.Helper()
	var v struct {
		Choices []struct {
			Message struct{ Content string }
		}
		Content []struct{ Text string }
	}
	unmarshal(t, []byte(body), &v)
	if dialect == "anthropic" {
		return v.Content[0].Text
	}
	return v.Choices[0].Message.Content
}

func streamText(t *testing.T, body string) string {
	t.Helper()
	var text strings.Builder
	for _, data := range datas(body) {
		if string(data) == "[DONE]" {
			break
		}
		var v struct {
			Choices []struct {
				Delta struct{ Content string }
			}
			Delta struct{ Text string }
		}
		unmarshal(t, data, &v)
		for _, c := range v.Choices {
			text.WriteString(c.Delta.Content)
		}
		text.WriteString(v.Delta.Text)
	}
	return text.String()
}

// datas are the data lines of a stream.
func datas(body string) [][]byte {
	var all [][]byte
	for _, line := range bytes.Split([]byte(body), []byte("\n")) {
		if data, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
			all = append(all, data)
		}
	}
	return all
}

// wholeAnswer says whether a text is one whole answer of the mock to the nonce.
func wholeAnswer(text, nonce string) bool {
	r := answer.Read(text)
	return len(r.Pieces) == 1 && r.Pieces[0].Complete && r.Pieces[0].Nonce == nonce &&
		r.Pieces[0].Tag == answer.Tag("primary")
}
