// Package control is the HTTP API by which a drill is led while it runs: its phases,
// its faults, marks, what it has written so far, and the big red button. It is for
// whoever has the token, on this machine; [drill.Control] does what is asked.
//
//	tail := control.NewTail()
//	server, err := control.Listen("127.0.0.1:0", control.Options{Tail: tail})
//	…
//	defer server.Close()
//	fmt.Println(server.URL(), server.Token())
//	err = drill.Run(ctx, plan, drill.Options{Log: tail.Onto(file), Watch: server.Watch, …})
//
// What can be asked is one table, [Server.Routes], from which the OpenAPI document at
// /v1/openapi.json is made too. Whoever else has something to serve, such as receivers
// of other tools' alarms, adds rows to it by Options.Routes.
//
// Each answer names the state of the drill that it found or made, in its body and as
// its ETag; an action with If-Match is done in that state or not at all. What cannot be
// done is answered as a problem of RFC 9457.
package control

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control/webhook"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// Options say what a server serves and to whom. The zero Options serve what the drill
// itself knows to whoever has a token made for the occasion.
type Options struct {
	Token string // "": one is made
	// Anywhere lets the server listen elsewhere than on loopback, and be called by any
	// name. The token then crosses the network in the clear.
	Anywhere bool
	Tail     *Tail // what the drill writes; nil: the ledger cannot be looked at
	// Card judges what has been written so far; nil: there is no card before the end.
	Card   func() (*scorecard.Card, error)
	Routes []Route // beside the server's own
	// Blind keeps phases and faults from callers who do not ask for them, see
	// [RevealHeader], until the drill is over.
	Blind bool
	// Metrics, if there is one, answers /metrics, to whoever has the token.
	Metrics http.Handler
	// Heard is told of every call that was let in, and is not for /metrics: whoever
	// leads the drill is there. Nil: nobody is told.
	Heard func()
}

// A Server serves the API of one drill after the other.
type Server struct {
	opts   Options
	routes []Route
	gate   gate
	judge  judge
	hooks  *webhook.Desk
	http   *http.Server
	addr   string
	served chan struct{}
	live   atomic.Pointer[drill.Live] // nil: none has begun
}

// Listen serves the API at an address, "host:port" with port 0 for any. Elsewhere than
// on loopback it does so only with Options.Anywhere.
func Listen(addr string, opts Options) (*Server, error) {
	s, err := New(opts)
	if err != nil {
		return nil, err
	}
	l, err := listen(addr, opts.Anywhere)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	s.Serve(l)
	return s, nil
}

// Bind listens at an address of loopback, and at no other.
func Bind(addr string) (net.Listener, error) {
	if host, _, err := net.SplitHostPort(addr); err == nil && !loopback(host) {
		return nil, fmt.Errorf("%q is not loopback, where nobody but this machine gets to", host)
	}
	return listen(addr, false)
}

func listen(addr string, anywhere bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", addr, err)
	}
	if !anywhere && !loopback(host) {
		return nil, fmt.Errorf("%q is not loopback, and whoever reaches the control can stop the drill", host)
	}
	return new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
}

// New makes a server that does not listen yet, see [Server.Serve]. The error is what
// making a token came to, or that two routes are one.
func New(opts Options) (*Server, error) {
	if opts.Token == "" {
		token := make([]byte, 16)
		if _, err := rand.Read(token); err != nil {
			return nil, fmt.Errorf("control: make a token: %w", err)
		}
		opts.Token = hex.EncodeToString(token)
	}
	s := &Server{opts: opts, served: make(chan struct{}), gate: gate{token: digest(opts.Token), anywhere: opts.Anywhere}}
	s.judge.card = opts.Card
	s.routes = append(s.ownRoutes(), opts.Routes...)
	s.hooks = webhook.New(s.HookToken(), s.hook)
	seen := map[string]bool{}
	for _, r := range s.routes {
		if key := r.Method + " " + r.Path; seen[key] {
			return nil, fmt.Errorf("control: two routes for %s", key)
		} else {
			seen[key] = true
		}
	}
	return s, nil
}

// Serve serves on a listener until Close.
func (s *Server) Serve(l net.Listener) {
	s.addr = l.Addr().String()
	s.http = patient(s)
	go func() {
		defer close(s.served)
		_ = s.http.Serve(l) // always an error: that it was closed
	}()
}

// patient is a server to whom slow callers do no harm.
func patient(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h,
		// Whoever is slow is in nobody's way but his own, and not for long.
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}

// URL is where the API is, without the version.
func (s *Server) URL() string { return "http://" + s.addr }

// Token is what callers say as a bearer token.
func (s *Server) Token() string { return s.opts.Token }

// Routes is all that can be asked.
func (s *Server) Routes() []Route { return s.routes }

// Watch hands the server a drill under way, see [drill.Options]. The last one can be
// looked at after its end, too.
func (s *Server) Watch(ctx context.Context, live *drill.Live) {
	s.live.Store(live)
	<-ctx.Done()
}

// Close lets requests under way be answered, for a second, and ends the rest.
func (s *Server) Close() error {
	leave(s.http)
	<-s.served
	return nil
}

func leave(h *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if h.Shutdown(ctx) != nil {
		_ = h.Close()
	}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if strings.HasPrefix(r.URL.Path, webhook.Path) { // with a token of its own
		s.hooks.ServeHTTP(w, r)
		return
	}
	if p := s.gate.refuse(r); p != nil {
		if p.Status == http.StatusUnauthorized {
			h.Set("WWW-Authenticate", "Bearer")
		}
		p.write(w)
		return
	}
	if r.URL.EscapedPath() == "/metrics" && r.Method == http.MethodGet && s.opts.Metrics != nil {
		s.opts.Metrics.ServeHTTP(w, r)
		return
	}
	if s.opts.Heard != nil {
		s.opts.Heard()
	}
	route, p := s.find(r)
	if bad := route.unfit(r); bad != nil {
		p = bad
	}
	if p != nil {
		p.write(w)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, route.most())
	c := &Call{Request: r, Live: s.live.Load(), server: s}
	if c.Live == nil && !route.Always {
		h.Set("Retry-After", "1")
		refusal(http.StatusServiceUnavailable, "no_drill", "no drill has begun yet").write(w)
		return
	}
	answer, err := route.Do(c)
	if err == nil {
		answer, err = s.shown(r, answer)
	}
	if c.Live != nil && !s.hides(r) {
		h.Set("ETag", `"`+strconv.Itoa(c.Live.Control().State().Number)+`"`)
	}
	if err != nil {
		s.problem(r, err).write(w)
		return
	}
	write(w, http.StatusOK, "application/json", answer)
}

// find finds the route of a request. Paths are taken as they stand: what is written in
// another way than in the table is not there.
func (s *Server) find(r *http.Request) (*Route, *Problem) {
	allowed := []string{}
	for i := range s.routes {
		route := &s.routes[i]
		switch {
		case r.URL.EscapedPath() != route.Path:
		case r.Method == route.Method:
			return route, nil
		default:
			allowed = append(allowed, route.Method)
		}
	}
	if len(allowed) > 0 {
		p := refusal(http.StatusMethodNotAllowed, "method", "%s is not for %s", r.URL.Path, r.Method)
		p.Allowed = allowed
		return nil, p
	}
	return nil, refusal(http.StatusNotFound, "no_such_path", "nothing is at this path; see /v1/openapi.json")
}
