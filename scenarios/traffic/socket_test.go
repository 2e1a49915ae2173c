package traffic_test

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

// The kernel's own connections end as those of the bubbles do.
func TestSockets(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			io.WriteString(w, "so far")
			http.NewResponseController(w).Flush()
		}
		if r.URL.Path != "/" {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
			}
			quit(c)
		}
	}))
	s := &traffic.Sender{Target: app.URL, Journeys: []traffic.Journey{
		{Name: "complete"},
		{Name: "cut", Request: ask.Request{Path: "/cut"}},
		{Name: "reset", Request: ask.Request{Path: "/reset"}},
	}}
	due := []traffic.Due{{N: 0, Journey: 0}, {N: 1, Journey: 1}, {N: 2, Journey: 2}, {N: 3, Journey: 0, At: ms}}
	var hows []string
	for _, r := range run(t.Context(), s, due) {
		hows = append(hows, r.How)
		if r.Sent < r.At || r.Ended < r.Sent {
			t.Errorf("due at %v, sent at %v, ended at %v", r.At, r.Sent, r.Ended)
		}
	}
	app.Close()
	hows = append(hows, s.Once(t.Context(), traffic.Due{}).How)
	if diff := cmp.Diff([]string{"complete", "cut", "reset", "complete", "refused"}, hows); diff != "" {
		t.Errorf("how they ended (-want +got):\n%s", diff)
	}
}

// certificate is one for 127.0.0.1 that this process trusts. It is the same each
// time, for the system's roots are read once.
func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	file := filepath.Join(t.TempDir(), "roots.pem")
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, root, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", file)
	return server.TLS.Certificates[0]
}

func TestTLS(t *testing.T) {
	config := &tls.Config{Certificates: []tls.Certificate{certificate(t)}}
	for reply, want := range map[string]string{
		okHead + "Content-Length: 2\r\n\r\nhi": "complete",
		okHead + "Content-Length: 5\r\n\r\nhi": "cut",
		"":                                     "reset",
		"220 mail ready\r\n":                   "invalid",
	} {
		synctest.Test(t, func(t *testing.T) {
			app := accept(t, func(c net.Conn) {
				c = tls.Server(c, config)
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					io.WriteString(c, reply)
				}
				c.Close()
			})
			app.url = "https" + app.url[len("http"):]
			if r := app.get(t, traffic.Journey{}); r.How != want {
				t.Errorf("%s, want %s: %v", r.How, want, r.Err)
			}
			plain := serve(t, func(http.ResponseWriter, *http.Request) {})
			plain.url = "https" + plain.url[len("http"):]
			if r := plain.get(t, traffic.Journey{}); r.How != "refused" {
				t.Errorf("without TLS: %s: %v", r.How, r.Err)
			}
		})
	}
}
