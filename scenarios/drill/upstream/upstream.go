// Package upstream lets a real endpoint answer a provider's requests in place of a mock.
// It passes requests on as they are, and hears what the answers say: the status, the
// first word, the finish, the bill.
//
//	u, err := upstream.New("http://127.0.0.1:11434/v1", mock, upstream.Options{
//		Heard: func(r *http.Request, a upstream.Answer) { … },
//	})
//	…
//	defer u.Close()
//	http.ListenAndServe(addr, u)
package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
)

// An Upstream is a real endpoint that answers a provider's requests in place of a
// mock. The mock is there still, for its knowledge of the dialect.
type Upstream struct {
	to        *url.URL
	mock      *mockllm.Server
	opts      Options
	proxy     *httputil.ReverseProxy
	transport *http.Transport
}

// Options are what an upstream can be told. The functions may be nil.
type Options struct {
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Read understands a request of which the body may have been read before; nil: it is
	// read here.
	Read func(*http.Request) mockllm.Request
	// Heard is told at the end of each request what was answered, also when the client
	// left before.
	Heard func(*http.Request, Answer)
	// Failed is told of each request that the endpoint did not answer, or not to the end,
	// by its own doing: where it is, and why.
	Failed func(error)
}

// Answer is what an endpoint answered to one request.
type Answer struct {
	mockllm.Served // of which Refused is upstream where it failed by itself

	Dated bool // the wait that it told was a date
}

// New passes requests on to the endpoint at a URL, for a provider of the mock's dialect.
// The error says what is wrong with the URL.
func New(to string, mock *mockllm.Server, opts Options) (*Upstream, error) {
	base, err := url.Parse(to)
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	u := &Upstream{to: base, mock: mock, opts: opts}
	u.transport = &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         opts.Dial,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 100,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
	}
	u.proxy = &httputil.ReverseProxy{
		Rewrite:       u.rewrite,
		Transport:     u.transport,
		FlushInterval: -1,
		ErrorHandler:  u.fail,
		ErrorLog:      log.New(io.Discard, "", 0),
	}
	return u, nil
}

// ServeHTTP passes a request on and tells what was answered.
func (u *Upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	heard := &hearing{ResponseWriter: w, mock: u.mock, request: u.read(r)}
	whole := false
	// Deferred, for the proxy panics when an answer breaks off.
	defer func() {
		if !whole && heard.err == nil && r.Context().Err() == nil {
			u.blame(heard, errors.New("the answer broke off"))
		}
		heard.finish()
		if u.opts.Heard != nil {
			u.opts.Heard(r, heard.answer)
		}
	}()
	u.proxy.ServeHTTP(heard, r)
	whole = true
}

// rewrite makes the request that goes out: the client's own, its key included.
func (u *Upstream) rewrite(r *httputil.ProxyRequest) {
	trim(r.Out.URL, u.to)
	r.SetURL(u.to)
	// Faults inside answers and the ledger read what comes back, so it must come
	// in the clear.
	r.Out.Header.Del("Accept-Encoding")
}

// trim takes from the front of a path what the base it is put behind ends with:
// the base https://gateway/openai/v1 and the path /v1/models make
// https://gateway/openai/v1/models, as the bare https://gateway/openai does.
func trim(path, base *url.URL) {
	from, ours := segments(path), segments(base)
	for n := min(len(from), len(ours)); n > 0; n-- {
		if !slices.Equal(from[:n], ours[len(ours)-n:]) {
			continue
		}
		path.RawPath = "/" + strings.Join(from[n:], "/")
		path.Path, _ = url.PathUnescape(path.RawPath) // it is a part of one that could be
		return
	}
}

// segments are those of a path, escaped.
func segments(u *url.URL) []string {
	path := strings.Trim(u.EscapedPath(), "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// fail answers for an upstream that does not, as the provider's edge would: the
// app cannot tell whether its provider or the way there is down, and need not.
func (u *Upstream) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the client left
	}
	if heard, ok := w.(*hearing); ok {
		u.blame(heard, err)
	}
	reply := u.mock.Answer(u.read(r), mockllm.Failure{Class: "bad_gateway"})
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body) // a client that left needs no answer
}

// read understands a request.
func (u *Upstream) read(r *http.Request) mockllm.Request {
	if u.opts.Read != nil {
		return u.opts.Read(r)
	}
	_, req := u.mock.Parse(r)
	return req
}

// blame notes that a request failed by the upstream's own doing.
func (u *Upstream) blame(h *hearing, err error) {
	h.answer.Refused = "upstream"
	if u.opts.Failed != nil {
		u.opts.Failed(fmt.Errorf("%s: %w", u.to, err))
	}
}

// Close lets go of idle connections.
func (u *Upstream) Close() { u.transport.CloseIdleConnections() }
