// Package liveview is a page that shows a drill while it goes on: the timeline of the
// card as far as it has come, and the counters. At the end it becomes the card. Whoever
// has the control's token can lead the drill from it.
//
//	view, err := liveview.Listen("127.0.0.1:0", liveview.Options{Card: soFar})
//	…
//	fmt.Println(view.URL())
//	err = drill.Run(ctx, plan, drill.Options{Watch: view.Watch, …})
//	…
//	view.End(html)
//	view.Close()
//
// The page itself says nothing, and is for anybody on this machine. Its script has the
// token from the fragment of the URL, which a browser sends to nobody, and says it as
// any client of the control does. A cookie would go to every port of this address, that
// of the app under drill among them.
//
// What is shown is made once for all who look, and they take the latest when they are
// ready for it: one who is slow misses what lies between, and holds up nobody.
package liveview

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/chart"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

//go:embed page.html.tmpl parts.html.tmpl page.js
var files embed.FS

// Options say what is shown, and who leads.
type Options struct {
	// Card judges what has been written so far; nil: there are counters only.
	Card func() (*scorecard.Card, error)
	// Blind leaves out phases and faults.
	Blind bool
	// Control, if there is one, is called by the buttons of whoever has its token.
	Control *control.Server
}

// A View serves the page of one drill after the other.
type View struct {
	opts   Options
	token  string
	parts  *template.Template
	page   []byte
	frames *frames
	http   *http.Server
	addr   string
	served chan struct{}

	buttons string       // as HTML; "" without a control
	looking atomic.Int64 // how many look
	card    atomic.Pointer[[]byte]
	owed    int64         // how many looked when there was a card
	fetched chan struct{} // one for each who has got it
}

// Listen serves the page at an address of loopback, "host:port" with port 0 for any.
func Listen(addr string, opts Options) (*View, error) {
	v, err := New(opts)
	if err != nil {
		return nil, err
	}
	l, err := control.Bind(addr)
	if err != nil {
		return nil, fmt.Errorf("live page: %w", err)
	}
	v.Serve(l)
	return v, nil
}

// New makes a view that does not listen yet, see [View.Serve]. The error is what making
// a token came to.
func New(opts Options) (*View, error) {
	token := make([]byte, 16)
	if _, err := rand.Read(token); err != nil {
		return nil, fmt.Errorf("live page: make a token: %w", err)
	}
	parts, err := chart.Templates()
	if err == nil {
		parts, err = parts.ParseFS(files, "*.tmpl")
	}
	if err != nil {
		return nil, fmt.Errorf("live page: %w", err)
	}
	v := &View{
		opts: opts, token: hex.EncodeToString(token), parts: parts, frames: newFrames(),
		served: make(chan struct{}), fetched: make(chan struct{}, mostViewers),
	}
	v.page = []byte(v.fill("page.html.tmpl", report.CSS()))
	if opts.Control != nil {
		v.buttons = v.fill("buttons", record.PeopleMarks())
	}
	return v, nil
}

// fill fills one of the templates.
func (v *View) fill(name string, data any) string {
	var b strings.Builder
	if err := v.parts.ExecuteTemplate(&b, name, data); err != nil {
		return "" // rather than half of it
	}
	return b.String()
}

// Serve serves on a listener until Close.
func (v *View) Serve(l net.Listener) {
	v.addr = l.Addr().String()
	v.http = &http.Server{
		Handler:           v,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second, // but for those who look on, see look
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(v.served)
		_ = v.http.Serve(l) // always an error: that it was closed
	}()
}

// URL is where the page is, with the token by which it is looked at.
func (v *View) URL() string { return "http://" + v.addr + "/#" + v.token }

// LeaderURL is where the page has buttons; "" without a control.
func (v *View) LeaderURL() string {
	if v.opts.Control == nil {
		return ""
	}
	return "http://" + v.addr + "/#" + v.opts.Control.Token()
}

// End turns the page into a card, given as a whole HTML page. Without an End, Close says
// that there is none.
func (v *View) End(card []byte) {
	v.owed = v.looking.Load()
	v.card.Store(&card)
	v.frames.end()
}

// parting is how long Close waits for the pages that are open to fetch the card.
const parting = 2 * time.Second

// Close ends the serving, when all who look have got the card or had time to.
func (v *View) Close() {
	v.frames.end()
	ctx, cancel := context.WithTimeout(context.Background(), parting)
	defer cancel()
	for range v.owed {
		select {
		case <-v.fetched:
		case <-ctx.Done():
		}
	}
	if v.http.Shutdown(ctx) != nil {
		_ = v.http.Close()
	}
	<-v.served
}

// policy lets the page have its own script and style, and call nobody but this server.
const policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP answers one request.
func (v *View) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", policy)
	if p := control.Foreign(r); p != nil {
		http.Error(w, p.Detail, p.Status)
		return
	}
	switch path := r.URL.EscapedPath(); {
	case strings.HasPrefix(path, "/v1/") && v.opts.Control != nil: // which wants its token
		v.opts.Control.ServeHTTP(w, r)
	case r.Method != http.MethodGet:
		h.Set("Allow", http.MethodGet)
		http.Error(w, "this is only looked at", http.StatusMethodNotAllowed)
	case path == "/":
		h.Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(v.page)
	case path == "/page.js":
		http.ServeFileFS(w, r, files, "page.js")
	case path != "/events" && path != "/card.html":
		http.NotFound(w, r)
	case !v.knows(r):
		h.Set("WWW-Authenticate", "Bearer")
		http.Error(w, "open the URL that was printed at the start, with all that follows its #", http.StatusUnauthorized)
	case path == "/events":
		v.look(w, r)
	default:
		v.give(w, r)
	}
}

// knows says whether a request has a token by which the page may be looked at.
func (v *View) knows(r *http.Request) bool { return same(bearer(r), v.token) || v.leads(r) }

// leads says whether a request has the control's token.
func (v *View) leads(r *http.Request) bool {
	return v.opts.Control != nil && same(bearer(r), v.opts.Control.Token())
}

func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

// same compares digests, which are of one length, in a time that tells nothing.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// give gives the card away.
func (v *View) give(w http.ResponseWriter, r *http.Request) {
	card := v.card.Load()
	if card == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := w.Write(*card); err != nil || http.NewResponseController(w).Flush() != nil {
		return
	}
	select {
	case v.fetched <- struct{}{}:
	default: // nobody counts that many
	}
}
