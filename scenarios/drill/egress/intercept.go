package egress

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// An Answer is who answers in a provider's place.
type Answer struct {
	Addr string // where it listens, host:port
	// TLS is what the guard speaks in the host's name; nil: who listens at Addr speaks
	// TLS itself, and the guard does not listen.
	TLS *tls.Config
	// Distrusted is told why a client did not want to speak TLS with the guard.
	Distrusted func(error)
}

// answer finds who answers for a host; nil: nobody, it is refused.
func (g *Guard) answer(host string, p Provider) *Answer {
	if g.opts.Answer == nil {
		return nil
	}
	a := g.opts.Answer(host, p)
	if a != nil && a.TLS == nil && p.Base != "" {
		return nil // nobody here could take it off the paths
	}
	return a
}

// intercept lets somebody else answer a client that believes to speak to a
// provider. Bytes are carried, and not requests, so that whatever breaks on the way
// to who answers breaks for the client, too. A connection that is refused there is
// reset here: it was accepted already.
func (g *Guard) intercept(here net.Conn, p Provider, a *Answer) {
	there, err := g.opts.Dial(g.open, "tcp", a.Addr)
	if err != nil {
		abort(here)
		return
	}
	leave, ok := g.enter(there)
	if !ok {
		_ = there.Close()
		return
	}
	defer leave()
	if a.TLS == nil {
		splice(here, there)
		return
	}
	safe := tls.Server(here, a.TLS)
	ctx, cancel := context.WithTimeout(g.open, maxHeadTime)
	defer cancel()
	if err := safe.HandshakeContext(ctx); err != nil {
		if a.Distrusted != nil {
			a.Distrusted(err)
		}
		return
	}
	if p.Base == "" {
		splice(safe, there)
		return
	}
	both(func() { carry(there, safe, rebased(p.Base)) }, func() { carry(safe, there, all) })
}

// rebased copies requests, and takes a base off their paths.
func rebased(base string) func(to io.Writer, from io.Reader) error {
	return func(to io.Writer, from io.Reader) error {
		in := bufio.NewReader(from)
		for {
			r, err := http.ReadRequest(in)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			r.URL = without(base, r.URL)
			if r.Header.Get("User-Agent") == "" {
				r.Header.Set("User-Agent", "") // else it gets one
			}
			if err := r.Write(to); err != nil {
				return err
			}
		}
	}
}

// without takes a base off a URL's path. A path that has another stays, for who
// answers to say that it has none such.
func without(base string, u *url.URL) *url.URL {
	if rest, ok := strings.CutPrefix(u.Path, base); ok && strings.HasPrefix(rest, "/") {
		shorter := *u
		shorter.Path, shorter.RawPath = rest, ""
		return &shorter
	}
	return u
}
