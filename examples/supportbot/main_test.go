package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// env is a whole environment whose OpenAI is at url.
func env(url string) func(string) string {
	return func(name string) string {
		return map[string]string{
			"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-1", "ANTHROPIC_API_KEY": "sk-2",
		}[name]
	}
}

func TestUsage(t *testing.T) {
	empty := func(string) string { return "" }
	tests := []struct {
		name   string
		args   []string
		getenv func(string) string
		code   int
		want   string // in what it says
	}{
		{"help", []string{"--help"}, env(""), 0, "naive or resilient"},
		{"style", []string{"--style", "bold"}, env(""), 2, `supportbot: unknown style "bold"`},
		{"flag", []string{"--stile", "naive"}, env(""), 2, "not defined: -stile"},
		{"argument", []string{"naive"}, env(""), 2, `unexpected argument "naive"`},
		{"key", nil, empty, 2, "set OPENAI_API_KEY"},
		{"address", []string{"--listen", "nowhere"}, env(""), 1, "supportbot: listen tcp: address nowhere: missing port"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			if code := run(t.Context(), tt.args, tt.getenv, &out); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if !strings.Contains(out.String(), tt.want) {
				t.Errorf("it says\n%s\nwant %s in it", out.String(), tt.want)
			}
		})
	}
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var out strings.Builder
	if code := run(t.Context(), []string{"--listen", l.Addr().String()}, env(""), &out); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if want := "listen tcp " + l.Addr().String() + ": bind: address already in use"; !strings.Contains(out.String(), want) {
		t.Errorf("it says %q, want %q", out.String(), want)
	}
}

// A process is the command under test.
type process struct {
	url  string
	log  *bufio.Reader // what it has not said yet
	stop context.CancelFunc
	code chan int
}

func start(t *testing.T, getenv func(string) string, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	p := &process{log: bufio.NewReader(r), stop: cancel, code: make(chan int, 1)}
	go func() {
		p.code <- run(ctx, append(args, "--listen", "127.0.0.1:0"), getenv, w)
		w.Close()
	}()
	_, p.url, _ = strings.Cut(p.waitFor(t, "listening"), "url=")
	return p
}

// waitFor reads the log up to a line that holds the text.
func (p *process) waitFor(t *testing.T, text string) string {
	t.Helper()
	for {
		line, err := p.log.ReadString('\n')
		if err != nil {
			t.Fatalf("the log ended before %q: %v", text, err)
		}
		if strings.Contains(line, text) {
			return strings.TrimSpace(line)
		}
	}
}

// A request under way when the signal comes is served to its end.
func TestServesAndEndsInOrder(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	openai := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-release
		io.WriteString(w, `{"choices":[{"message":{"content":"one two"},"finish_reason":"stop"}]}`)
	}))
	defer openai.Close()
	p := start(t, env(openai.URL+"/v1"), "--style", "naive")

	body := make(chan string)
	go func() {
		resp, err := http.Post(p.url+"/api", "application/json", strings.NewReader(`{"message":"hello"}`))
		if err != nil {
			body <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		body <- string(b)
	}()
	<-asked
	p.stop()
	p.waitFor(t, "shutting down")
	close(release)
	go io.Copy(io.Discard, p.log)
	if got := <-body; got != "{\"reply\":\"one two\"}\n" {
		t.Errorf("got %q", got)
	}
	if code := <-p.code; code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}
