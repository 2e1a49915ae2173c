package egress_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
)

// world is all there is outside: every name leads to one server on loopback.
type world struct {
	server *httptest.Server
	dir    string // of the guard

	mu      sync.Mutex
	dialled []string
	refused map[string]int
}

func newWorld(t *testing.T, server *httptest.Server) *world {
	t.Cleanup(server.Close)
	return &world{server: server, dir: t.TempDir(), refused: map[string]int{}}
}

func (w *world) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	w.mu.Lock()
	w.dialled = append(w.dialled, addr)
	w.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, network, w.server.Listener.Addr().String())
}

func (w *world) note(r egress.Refusal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused[r.Host] += r.Count
}

// guard starts one, for an app with an environment.
func (w *world) guard(t *testing.T, environ ...string) *egress.Guard {
	t.Helper()
	g, err := egress.Start(egress.Options{Environ: environ, Direct: []string{"127.0.0.1", "mocks"}, Dir: w.dir, Dial: w.dial, Refused: w.note})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// address is where a guard listens, as its variables say.
func address(t *testing.T, g *egress.Guard) *url.URL {
	t.Helper()
	u, err := url.Parse(variable(g, "HTTPS_PROXY"))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func variable(g *egress.Guard, name string) string {
	for _, v := range g.Env() {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// client is one that reads the variables.
func client(t *testing.T, g *egress.Guard) *http.Client {
	transport := &http.Transport{
		Proxy:           http.ProxyURL(address(t, g)),
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the server's name is not the host's
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(t *testing.T, c *http.Client, target string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.Status + " " + string(body), err
}

// telling says who was asked for what.
func telling(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, r.Host+r.URL.RequestURI()+" "+r.Header.Get("X-Forwarded-For"))
}

func TestProvidersAreRefusedAndNeverDialled(t *testing.T) {
	w := newWorld(t, httptest.NewTLSServer(http.HandlerFunc(telling)))
	g := w.guard(t)
	c := client(t, g)
	for range 3 {
		if body, err := get(t, c, "https://api.openai.com/v1/models"); err == nil || !strings.Contains(err.Error(), "Forbidden") {
			t.Errorf("tunnelled: %q, %v", body, err)
		}
	}
	body, err := get(t, c, "http://API.Anthropic.com.:8080/v1/models")
	if err != nil || !strings.HasPrefix(body, "403 Forbidden brownout is drilling this app and keeps it from api.anthropic.com") {
		t.Errorf("in the clear: %q, %v", body, err)
	}
	g.Close()
	if diff := cmp.Diff(map[string]int{"api.openai.com": 3, "api.anthropic.com": 1}, w.refused); diff != "" {
		t.Error("refused:", diff)
	}
	if len(w.dialled) > 0 {
		t.Errorf("dialled %q", w.dialled)
	}
}

// Whoever comes by a hook says nothing to a proxy, but speaks to the provider.
func TestWhoIsBroughtHereByAHookIsRefused(t *testing.T) {
	w := newWorld(t, httptest.NewTLSServer(http.HandlerFunc(telling)))
	g := w.guard(t)
	here := address(t, g).Host
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", here)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = tls.Client(conn, &tls.Config{ServerName: "eu.api.openai.com"}).HandshakeContext(t.Context())
	if err == nil || !strings.Contains(err.Error(), "access denied") {
		t.Errorf("over TLS: %v", err)
	}
	direct := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, here)
		},
	}}
	if body, err := get(t, direct, "http://my.openai.azure.com/openai/v1/models"); err != nil || !strings.HasPrefix(body, "403 ") {
		t.Errorf("in the clear: %q, %v", body, err)
	}
	if body, err := get(t, direct, "http://example.com/"); err != nil || !strings.HasPrefix(body, "400 ") {
		t.Errorf("to nobody: %q, %v", body, err)
	}
	g.Close()
	if diff := cmp.Diff(map[string]int{"eu.api.openai.com": 1, "my.openai.azure.com": 1}, w.refused); diff != "" {
		t.Error("refused:", diff)
	}
}

func TestAllElseGoesThrough(t *testing.T) {
	w := newWorld(t, httptest.NewTLSServer(http.HandlerFunc(telling)))
	c := client(t, w.guard(t))
	if body, err := get(t, c, "https://s3.amazonaws.com/bucket?a=b"); err != nil || body != "200 OK s3.amazonaws.com/bucket?a=b " {
		t.Errorf("tunnelled: %q, %v", body, err)
	}
	clear := newWorld(t, httptest.NewServer(http.HandlerFunc(telling)))
	c = client(t, clear.guard(t))
	if body, err := get(t, c, "http://elastic.internal:9200/_search?q=1"); err != nil || body != "200 OK elastic.internal:9200/_search?q=1 " {
		t.Errorf("in the clear: %q, %v", body, err)
	}
	if diff := cmp.Diff([]string{"s3.amazonaws.com:443", "elastic.internal:9200"}, slices.Concat(w.dialled, clear.dialled)); diff != "" {
		t.Error("dialled:", diff)
	}
	if len(w.refused)+len(clear.refused) > 0 {
		t.Errorf("refused %v, %v", w.refused, clear.refused)
	}
}

// An answer that comes in pieces arrives in pieces, and one that breaks off breaks off.
func TestPiecesAndEndsAreKept(t *testing.T) {
	second := make(chan bool)
	w := newWorld(t, httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "one")
		_ = http.NewResponseController(w).Flush()
		<-second
		panic(http.ErrAbortHandler)
	})))
	resp, err := client(t, w.guard(t)).Get("http://feed.internal/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b := make([]byte, 3)
	if _, err := io.ReadFull(resp.Body, b); err != nil || string(b) != "one" {
		t.Errorf("%q, %v", b, err)
	}
	close(second)
	if rest, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("after the break came %q and an orderly end", rest)
	}
}

// A proxy that the app would use is used, with its name and password; what it is not
// for goes past it.
func TestAnEarlierProxyIsChainedThrough(t *testing.T) {
	site := httptest.NewTLSServer(http.HandlerFunc(telling))
	defer site.Close()
	var asked []string
	corporate := newWorld(t, httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.RequestURI+" "+r.Header.Get("Proxy-Authorization"))
		if r.Method != http.MethodConnect {
			return
		}
		there, err := new(net.Dialer).DialContext(r.Context(), "tcp", site.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer there.Close()
		w.WriteHeader(http.StatusOK)
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer here.Close()
		go func() { _, _ = io.Copy(there, here) }()
		_, _ = io.Copy(here, there)
	})))
	g := corporate.guard(t, "https_proxy=http://old", "HTTPS_PROXY=http://me:secret@corporate:3128", "HTTP_PROXY=http://corporate:3128", "NO_PROXY=.internal")
	c := client(t, g)
	if body, err := get(t, c, "https://example.com/page"); err != nil || body != "200 OK example.com/page " {
		t.Errorf("tunnelled: %q, %v", body, err)
	}
	for _, target := range []string{"http://example.com/page", "http://db.internal/page"} {
		if _, err := get(t, c, target); err != nil {
			t.Error(err)
		}
	}
	c.CloseIdleConnections()
	const secret = "Basic bWU6c2VjcmV0"
	if diff := cmp.Diff([]string{"CONNECT example.com:443 " + secret, "GET http://example.com/page ", "GET /page "}, asked); diff != "" {
		t.Error("the proxy was asked:", diff)
	}
	if diff := cmp.Diff([]string{"corporate:3128", "corporate:3128", "db.internal:80"}, corporate.dialled); diff != "" {
		t.Error("dialled:", diff)
	}
}

func TestVariables(t *testing.T) {
	w := newWorld(t, httptest.NewServer(http.NotFoundHandler()))
	g := w.guard(t, "NODE_OPTIONS=--inspect", "PYTHONPATH=/app", "JAVA_TOOL_OPTIONS=-Xmx1g", "ALL_PROXY=http://corporate", "NO_PROXY=*")
	proxy := address(t, g).String()
	for name, want := range map[string]string{
		"http_proxy": proxy, "HTTP_PROXY": proxy, "https_proxy": proxy, "ALL_PROXY": proxy, "all_proxy": "",
		"NO_PROXY": "localhost,127.0.0.1,mocks", "no_proxy": "localhost,127.0.0.1,mocks",
		"NODE_OPTIONS":      "--inspect --require " + w.dir + "/guard.cjs",
		"PYTHONPATH":        w.dir + "/python:/app",
		"JAVA_TOOL_OPTIONS": "-Xmx1g -Dhttp.proxyHost=127.0.0.1",
	} {
		if got := variable(g, name); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// Close ends tunnels that are open, and waits for nobody but what it has started.
func TestCloseEndsAll(t *testing.T) {
	w := newWorld(t, httptest.NewServer(http.NotFoundHandler()))
	g := w.guard(t)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address(t, g).Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "CONNECT db.internal:5432 HTTP/1.1\r\nHost: db.internal:5432\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	const ok = "HTTP/1.1 200 Connection established\r\n\r\n"
	if _, err := io.ReadFull(conn, make([]byte, len(ok))); err != nil {
		t.Fatal(err)
	}
	silent, err := new(net.Dialer).DialContext(t.Context(), "tcp", address(t, g).Host)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	g.Close()
	if rest, err := io.ReadAll(conn); len(rest) > 0 {
		t.Errorf("the tunnel went on: %q, %v", rest, err)
	}
	// Close waits for what its goroutines do, not for the instructions in which they end.
	stacks, n := make([]byte, 1<<20), 0
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); runtime.Gosched() {
		n = runtime.Stack(stacks, true)
		if !bytes.Contains(stacks[:n], []byte("egress.(*Guard)")) {
			return
		}
	}
	t.Errorf("something runs still:\n%s", stacks[:n])
}
