package egress

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// serve answers one request to the proxy.
func (g *Guard) serve(w http.ResponseWriter, r *http.Request) {
	leave, ok := g.enter()
	if !ok {
		return
	}
	defer leave()
	host := r.URL.Host
	if host == "" {
		host = r.Host // brought here by a hook, or by a mistake
	}
	p, real := Find(host)
	var a *Answer
	if real && r.Method == http.MethodConnect {
		a = g.answer(bare(host), p)
	}
	switch {
	case a != nil:
		if here, err := established(w); err == nil {
			defer here.Close()
			g.intercept(here, p, a)
		}
	case real:
		g.refusals.note(bare(host), p)
		http.Error(w, refusal(bare(host)), http.StatusForbidden)
	case r.Method == http.MethodConnect:
		g.tunnel(w, r)
	case r.URL.Host == "":
		http.Error(w, "brownout's egress guard is a proxy, and was asked for no host", http.StatusBadRequest)
	default:
		g.forward.ServeHTTP(w, r)
	}
}

// refusal is what a client is told.
func refusal(host string) string {
	return fmt.Sprintf("brownout is drilling this app and keeps it from %s: point it at the mocks", host)
}

// forwarder hands on requests that are not tunnelled, those to http:// URLs.
func (g *Guard) forwarder(quiet *log.Logger) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(*httputil.ProxyRequest) {}, // the URL is whole already
		Transport: &http.Transport{
			Proxy:               func(r *http.Request) (*url.URL, error) { return g.parent(r.URL) },
			DialContext:         g.opts.Dial,
			MaxIdleConnsPerHost: 100,
			IdleConnTimeout:     90 * time.Second,
			DisableCompression:  true,
		},
		FlushInterval: -1,
		ErrorLog:      quiet,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadGateway)
		},
	}
}

// tunnel connects the client with the host that it names.
func (g *Guard) tunnel(w http.ResponseWriter, r *http.Request) {
	there, err := g.dial(r.Context(), r.URL.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	leave, ok := g.enter(there)
	if !ok {
		_ = there.Close()
		return
	}
	defer leave()
	here, err := established(w)
	if err != nil {
		return
	}
	defer here.Close()
	splice(here, there)
}

// established takes the connection of a CONNECT over, and says that it is
// through.
func established(w http.ResponseWriter) (net.Conn, error) {
	conn, said, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &replay{Conn: conn, head: unread(said.Reader)}, nil
}

// unread is what a reader holds that nobody has read.
func unread(r *bufio.Reader) []byte {
	b, _ := r.Peek(r.Buffered())
	return append([]byte(nil), b...)
}
