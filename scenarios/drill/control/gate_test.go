package control_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// Whoever has no token, or is a web page, is not let in, wherever the path leads.
func TestGate(t *testing.T) {
	server, err := control.New(control.Options{})
	if err != nil {
		t.Fatal(err)
	}
	token := "Bearer " + server.Token()
	if len(server.Token()) != 32 {
		t.Errorf("the token is %q, want 128 bit", server.Token())
	}
	for _, c := range []struct {
		name, method, path, host, token string
		header                          [2]string
		body                            string
		status                          int
	}{
		{name: "the token", token: token, status: 200},
		{name: "the token, in small letters", token: "bearer " + server.Token(), status: 200},
		{name: "no token", status: 401},
		{name: "an empty one", token: "Bearer ", status: 401},
		{name: "another", token: "Bearer " + strings.Repeat("0", 32), status: 401},
		{name: "half of it", token: token[:20], status: 401},
		{name: "another scheme", token: "Basic " + server.Token(), status: 401},
		{name: "in the query", path: "/v1/openapi.json?token=" + server.Token(), status: 401},
		{name: "localhost", token: token, host: "localhost:4999", status: 200},
		{name: "IPv6", token: token, host: "[::1]:4999", status: 200},
		{name: "a name for this machine", token: token, host: "evil.example:80", status: 421},
		{name: "a name that begins so", token: token, host: "127.0.0.1.evil.example", status: 421},
		{name: "another address", token: token, host: "10.0.0.1:80", status: 421},
		{name: "no name", token: token, host: "-", status: 421},
		{name: "a page of another site", token: token, header: [2]string{"Sec-Fetch-Site", "cross-site"}, status: 403},
		{name: "a page of the same site", token: token, header: [2]string{"Sec-Fetch-Site", "same-site"}, status: 403},
		{name: "typed by hand", token: token, header: [2]string{"Sec-Fetch-Site", "none"}, status: 200},
		{name: "another origin", token: token, header: [2]string{"Origin", "http://evil.example"}, status: 403},
		{name: "another port", token: token, header: [2]string{"Origin", "http://127.0.0.1:8000"}, status: 403},
		{name: "no origin at all", token: token, header: [2]string{"Origin", "null"}, status: 403},
		{name: "a form", method: "POST", token: token, header: [2]string{"Content-Type", "application/x-www-form-urlencoded"}, body: "a=b", status: 415},
		{name: "a text", method: "POST", token: token, header: [2]string{"Content-Type", "text/plain"}, body: "{}", status: 415},
		{name: "nothing", method: "POST", token: token, body: "{}", status: 415},
		{name: "huge", method: "POST", token: token, header: [2]string{"Content-Type", "application/json"}, body: strings.Repeat(" ", 1<<20), status: 413},
		{name: "up", token: token, path: "/v1/../v1/openapi.json", status: 404},
		{name: "encoded", token: token, path: "/v1/%6fpenapi.json", status: 404},
		{name: "an encoded slash", token: token, path: "/v1%2fopenapi.json", status: 404},
		{name: "twice", token: token, path: "//v1/openapi.json", status: 404},
		{name: "with a slash", token: token, path: "/v1/openapi.json/", status: 404},
		{name: "a file", token: token, path: "/v1/../../../etc/passwd", status: 404},
		{name: "a file, no token", path: "/v1/../../../etc/passwd", status: 401},
		{name: "another method", method: "DELETE", token: token, status: 405},
	} {
		method, path := c.method, c.path
		if method == "" {
			method = "GET"
		}
		if path == "" {
			path = "/v1/openapi.json"
		}
		r := httptest.NewRequest(method, path, strings.NewReader(c.body))
		r.Host = "127.0.0.1:4999"
		if c.host != "" {
			r.Host = strings.Trim(c.host, "-")
		}
		if c.token != "" {
			r.Header.Set("Authorization", c.token)
		}
		if c.header[0] != "" {
			r.Header.Set(c.header[0], c.header[1])
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.status, w.Body)
		}
		if w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" || strings.Contains(w.Body.String(), server.Token()) {
			t.Errorf("%s: %s %s", c.name, w.Header(), w.Body)
		}
	}
}

func TestListensOnLoopback(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "nowhere"} {
		if s, err := control.Listen(addr, control.Options{}); err == nil {
			t.Errorf("it listens on %s", s.URL())
		}
	}
	s, err := control.Listen("127.0.0.1:0", control.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Who never comes to the end of a header, or of a body, is let go of.
func TestSlowCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		server, err := control.New(control.Options{})
		if err != nil {
			t.Fatal(err)
		}
		l, err := network.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server.Serve(l)
		for text, limit := range map[string]time.Duration{
			"GET /v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ": 5 * time.Second,
			"POST /v1/heal HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n" +
				"Authorization: Bearer " + server.Token() + "\r\n\r\n{": 10 * time.Second,
		} {
			c, err := network.Dial(t.Context(), "tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if _, err := io.WriteString(c, text); err != nil {
				t.Fatal(err)
			}
			if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
			_, _ = io.Copy(io.Discard, c)
			if took := time.Since(start); took > limit {
				t.Errorf("%.20q… is held for %v", text, took)
			}
			_ = c.Close()
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
}
