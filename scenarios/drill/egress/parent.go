package egress

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/proxy"
)

// parentOf finds, for a URL, the proxy that an environment names for it; nil for
// none.
func parentOf(environ []string) func(*url.URL) (*url.URL, error) {
	get := func(names ...string) string {
		for _, name := range names {
			if value := variable(environ, name); value != "" {
				return value
			}
		}
		return ""
	}
	config := httpproxy.Config{
		HTTPProxy:  get("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
		HTTPSProxy: get("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"),
		NoProxy:    get("NO_PROXY", "no_proxy"),
	}
	return config.ProxyFunc()
}

// variable is the value that counts of a variable, the last; "" without one.
func variable(environ []string, name string) string {
	for _, v := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// dial reaches host:port, through the parent where there is one.
func (g *Guard) dial(ctx context.Context, addr string) (net.Conn, error) {
	parent, err := g.parent(&url.URL{Scheme: "https", Host: addr})
	if err != nil {
		return nil, fmt.Errorf("the proxy in the app's environment: %w", err)
	}
	switch {
	case parent == nil:
		return g.opts.Dial(ctx, "tcp", addr)
	case strings.HasPrefix(parent.Scheme, "socks5"):
		return g.throughSocks(ctx, parent, addr)
	}
	conn, err := g.throughHTTP(ctx, parent, addr)
	if err != nil {
		return nil, fmt.Errorf("the proxy in the app's environment, %s: %w", parent.Host, err)
	}
	return conn, nil
}

// throughSocks asks a SOCKS proxy for a connection.
func (g *Guard) throughSocks(ctx context.Context, parent *url.URL, addr string) (net.Conn, error) {
	dialer, err := proxy.FromURL(parent, outward(g.opts.Dial))
	if err != nil {
		return nil, err
	}
	return dialer.(proxy.ContextDialer).DialContext(ctx, "tcp", addr)
}

// outward is the guard's own Dial, as package proxy wants it.
type outward func(ctx context.Context, network, addr string) (net.Conn, error)

func (o outward) Dial(network, addr string) (net.Conn, error) {
	return o(context.Background(), network, addr)
}

func (o outward) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return o(ctx, network, addr)
}

// throughHTTP asks an HTTP proxy for a tunnel.
func (g *Guard) throughHTTP(ctx context.Context, parent *url.URL, addr string) (net.Conn, error) {
	conn, err := g.opts.Dial(ctx, "tcp", withPort(parent))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if parent.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: parent.Hostname()})
	}
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if password, ok := parent.User.Password(); ok || parent.User.Username() != "" {
		secret := base64.StdEncoding.EncodeToString([]byte(parent.User.Username() + ":" + password))
		ask.Header.Set("Proxy-Authorization", "Basic "+secret)
	}
	if err := ask.Write(conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	said := bufio.NewReader(conn)
	resp, err := http.ReadResponse(said, ask) //nolint:bodyclose // its body is the tunnel
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("it answered %s", resp.Status)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &replay{Conn: conn, head: unread(said)}, nil
}

// withPort is where a proxy listens.
func withPort(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Host
	case u.Scheme == "https":
		return net.JoinHostPort(u.Hostname(), "443")
	}
	return net.JoinHostPort(u.Hostname(), "80")
}
