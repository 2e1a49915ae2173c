package drill

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
)

// An upstream is a real endpoint that answers a provider's requests in place of a
// mock. The mock is there still, for its knowledge of the dialect.
type upstream struct {
	to        *url.URL
	provider  *provider
	proxy     *httputil.ReverseProxy
	transport *http.Transport
	failed    atomic.Bool // it is in the log already
}

func newUpstream(p *provider, network Net) (*upstream, error) {
	to, err := url.Parse(p.spec.Upstream)
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	u := &upstream{to: to, provider: p}
	u.transport = &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         network.Dial,
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

// ServeHTTP hands a request on and tells the ledger what was answered.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	heard := &hearing{ResponseWriter: w, mock: u.provider.mock, request: request(u.provider.mock, r)}
	whole := false
	// Deferred, for the proxy panics when an answer breaks off.
	defer func() {
		if !whole && heard.err == nil && r.Context().Err() == nil {
			u.blame(heard, errors.New("the answer broke off"))
		}
		heard.tell(r)
	}()
	u.proxy.ServeHTTP(heard, r)
	whole = true
}

// rewrite makes the request that goes out: the client's own, its key included.
func (u *upstream) rewrite(r *httputil.ProxyRequest) {
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
func (u *upstream) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the client left
	}
	if heard, ok := w.(*hearing); ok {
		u.blame(heard, err)
	}
	reply := u.provider.mock.Answer(request(u.provider.mock, r), mockllm.Failure{Class: "bad_gateway"})
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body) // a client that left needs no answer
}

// blame notes that an attempt failed by the upstream's own doing. The first time
// the log says why.
func (u *upstream) blame(h *hearing, err error) {
	h.served.Refused = "upstream"
	ledger := u.provider.ledger
	if ledger.start.Load() != nil && u.failed.CompareAndSwap(false, true) {
		ledger.mark("upstream", fmt.Sprintf("%s at %s: %v", u.provider.name, u.to, err))
	}
}

// close lets go of idle connections.
func (u *upstream) close() { u.transport.CloseIdleConnections() }

// A hearing is the writer that an upstream answers to. It passes everything on
// and notes what the ledger wants to know.
type hearing struct {
	http.ResponseWriter
	mock    *mockllm.Server
	request mockllm.Request
	served  mockllm.Served

	status int
	stream bool
	buf    []byte // of a stream, the event under way; else the body
	pieces int    // content events
	err    error  // of a write that failed: the client left, or a fault took over
}

// maxHeard bounds what is kept of an event or a body that does not end. Of what is
// longer, neither bill nor finish is known.
const maxHeard = 8 << 20

// Unwrap lets [http.ResponseController] reach the connection.
func (h *hearing) Unwrap() http.ResponseWriter { return h.ResponseWriter }

func (h *hearing) WriteHeader(status int) {
	if status >= 200 && h.status == 0 {
		h.status = status
		h.stream = strings.HasPrefix(h.Header().Get("Content-Type"), "text/event-stream")
		h.served.Wait = toldWait(h.Header())
	}
	h.ResponseWriter.WriteHeader(status)
}

func (h *hearing) Write(p []byte) (int, error) {
	if h.status == 0 {
		h.WriteHeader(http.StatusOK)
	}
	n, err := h.ResponseWriter.Write(p)
	h.err = err
	if err == nil && h.status < 300 && len(h.buf)+len(p) <= maxHeard {
		h.buf = append(h.buf, p...)
		h.events()
	}
	return n, err
}

// events hears the whole events of a stream.
func (h *hearing) events() {
	for h.stream {
		event, rest, ok := cutEvent(h.buf)
		if !ok {
			return
		}
		h.hear(event)
		if h.mock.Part(h.request, event) == mockllm.Content {
			h.content()
			h.pieces++
		}
		h.buf = rest
	}
}

// cutEvent takes the first event of a stream, with its blank line. Lines end in LF
// or CRLF.
func cutEvent(stream []byte) (event, rest []byte, ok bool) {
	blank := false
	for i, c := range stream {
		switch {
		case c == '\n' && blank:
			return stream[:i+1], stream[i+1:], true
		case c == '\n':
			blank = true
		case c != '\r':
			blank = false
		}
	}
	return nil, stream, false
}

func (h *hearing) hear(part []byte) {
	said := mockllm.Hear(part)
	if said.Finish != "" {
		h.served.Finish = said.Finish
	}
	h.served.TokensIn = max(h.served.TokensIn, said.TokensIn)
	h.served.TokensOut = max(h.served.TokensOut, said.TokensOut)
}

func (h *hearing) content() {
	if h.served.First.IsZero() {
		h.served.First = time.Now()
	}
}

// tell puts what was heard into the ledger. An upstream that sends no bill is
// taken to send a token an event, and to read the prompt as we do.
func (h *hearing) tell(r *http.Request) {
	if !h.stream && h.status >= 200 && h.status < 300 && len(h.buf) > 0 {
		if h.hear(h.buf); h.served.Finish != "" {
			h.content()
		}
	}
	if h.status >= 200 && h.status < 300 {
		if h.served.TokensOut == 0 {
			h.served.TokensOut = h.pieces
		}
		if h.served.TokensIn == 0 && h.request.Prompt != "" {
			h.served.TokensIn = h.request.Tokens()
		}
	}
	served(r, h.served)
	if _, err := http.ParseTime(h.Header().Get("Retry-After")); err == nil {
		a := attemptOf(r)
		a.mu.Lock()
		defer a.mu.Unlock()
		a.line.RetryAfterDate = a.line.RetryAfter != nil
	}
}

// toldWait is what an answer tells the client to wait, 0 for nothing.
func toldWait(h http.Header) time.Duration {
	if ms, err := time.ParseDuration(h.Get("Retry-After-Ms") + "ms"); err == nil {
		return max(ms, 0)
	}
	if s, err := time.ParseDuration(h.Get("Retry-After") + "s"); err == nil {
		return max(s, 0)
	}
	if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
