package egress_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
)

// intercepting starts a guard that has the server answer in the place of openai's
// hosts, under a drill's certificate, and gives clients that trust it: one that
// goes by the proxy and one that a hook brings.
func (w *world) intercepting(t *testing.T, safe bool) map[string]*http.Client {
	t.Helper()
	ca, err := faults.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	g, err := egress.Start(egress.Options{
		Dir: w.dir, Dial: w.dial, Refused: w.note, CA: ca.PEM(), CAVariables: []string{"SSL_CERT_FILE"},
		Environ: []string{"SSL_CERT_FILE=" + w.ownRoots(t)},
		Answer: func(host string, p egress.Provider) *egress.Answer {
			if p.Dialect != "openai" {
				return nil
			}
			a := &egress.Answer{Addr: "mock:1"}
			if !safe {
				certificate, err := ca.Certificate(host)
				if err != nil {
					t.Error(err)
				}
				a.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
			}
			return a
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	trusted, err := os.ReadFile(variable(g, "SSL_CERT_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(trusted)
	byProxy := client(t, g)
	byProxy.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots}
	here := address(t, g).Host
	byHook := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, here)
		},
	}
	t.Cleanup(byHook.CloseIdleConnections)
	return map[string]*http.Client{"proxy": byProxy, "hook": {Transport: byHook}}
}

// ownRoots is a file of whom the app trusts anyway: the server.
func (w *world) ownRoots(t *testing.T) string {
	t.Helper()
	file := t.TempDir() + "/roots.pem"
	var text []byte
	if c := w.server.Certificate(); c != nil {
		text = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestHostsAreAnsweredByOthers(t *testing.T) {
	for name, server := range map[string]*httptest.Server{
		"in the clear": httptest.NewServer(http.HandlerFunc(telling)),
		"over TLS":     nil,
	} {
		safe := server == nil
		if safe {
			server = httptest.NewTLSServer(http.HandlerFunc(telling)) // as example.com
		}
		w := newWorld(t, server)
		for how, c := range w.intercepting(t, safe) {
			if safe { // who answers has the host's certificate, and this one does not
				_, err := get(t, c, "https://api.openai.com/v1/models")
				if _, ok := errors.AsType[x509.HostnameError](err); !ok {
					t.Errorf("%s, %s: not the answering server's own certificate: %v", name, how, err)
				}
				if body, err := get(t, c, "https://openrouter.ai/api/v1/models"); err == nil {
					t.Errorf("%s, %s: a base that nobody takes off: %q", name, how, body)
				}
				continue
			}
			for range 2 { // on one connection
				if body, err := get(t, c, "https://api.openai.com/v1/models?a=b"); err != nil || body != "200 OK api.openai.com/v1/models?a=b " {
					t.Errorf("%s, %s: %q, %v", name, how, body, err)
				}
				if body, err := get(t, c, "https://openrouter.ai/api/v1/models?a=b"); err != nil || body != "200 OK openrouter.ai/v1/models?a=b " {
					t.Errorf("%s, %s, under a base: %q, %v", name, how, body, err)
				}
			}
			if body, err := get(t, c, "https://api.anthropic.com/v1/messages"); err == nil {
				t.Errorf("%s, %s: nobody speaks it, and got %q", name, how, body)
			}
		}
		if len(w.refused) == 0 || w.refused["api.openai.com"] > 0 {
			t.Errorf("%s: refused %v", name, w.refused)
		}
	}
}

// Whom the app trusted without the guard it trusts with it.
func TestOthersAreTrustedStill(t *testing.T) {
	w := newWorld(t, httptest.NewTLSServer(http.HandlerFunc(telling)))
	c := w.intercepting(t, true)["proxy"]
	if body, err := get(t, c, "https://example.com/page"); err != nil || body != "200 OK example.com/page " {
		t.Errorf("%q, %v", body, err)
	}
}

// A body under a base arrives as it was sent.
func TestBodiesUnderABase(t *testing.T) {
	w := newWorld(t, httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, strings.Join([]string{r.Method, r.URL.Path, r.Header.Get("User-Agent"), string(body)}, " "))
	})))
	c := w.intercepting(t, false)["proxy"]
	for name, body := range map[string]io.Reader{"sized": strings.NewReader("question"), "chunked": io.MultiReader(strings.NewReader("question"))} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.groq.com/openai/v1/chat/completions", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", "")
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if diff := cmp.Diff("POST /v1/chat/completions  question", string(got)); diff != "" || err != nil {
			t.Error(name, diff, err)
		}
	}
}

// A reset on the far side is one on the near, and an end an end.
func TestHowItBreaksIsKept(t *testing.T) {
	ends := map[string]func(net.Conn){
		"reset": func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() },
		"end":   func(c net.Conn) { _ = c.Close() },
	}
	for name, end := range ends {
		w := newWorld(t, httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
			end(conn)
		})))
		for how, c := range w.intercepting(t, false) {
			resp, err := c.Get("https://api.openai.com/v1/models")
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			if reset := errors.Is(err, syscall.ECONNRESET); err == nil || reset != (name == "reset") {
				t.Errorf("%s, %s: %v", name, how, err)
			}
		}
	}
}
