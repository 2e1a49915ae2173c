package drill

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// attempt is one request to a mock while it is under way. The injector and the
// mock report to it through the request's context.
type attempt struct {
	line    record.Attempt
	request mockllm.Request
	arrived time.Time
	counts  *cell // of the phase in which it arrived; nil: before the start

	mu   sync.Mutex
	left time.Time // when the client went away; zero: it did not
	hit  time.Time // when a fault landed; zero: none did
	w    recorder
}

// attemptKey is where a request's context keeps its attempt.
type attemptKey struct{}

func attemptOf(r *http.Request) *attempt {
	a, _ := r.Context().Value(attemptKey{}).(*attempt)
	return a
}

// ServeHTTP records one attempt: what was asked, what was answered, when the
// client left.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.open.Add(1)
	defer p.open.Done()
	a, r := p.attempt(w, r)
	// The server cancels the request's context when the client goes away, and
	// also when it is closed itself, which is our doing and not the client's.
	gone := func() {
		if !p.closing.Load() {
			a.leave(time.Now())
		}
	}
	stop := context.AfterFunc(r.Context(), gone)
	// Deferred, for a fault may end the handler with http.ErrAbortHandler.
	defer func() {
		// A handler that waits for the client's leaving ends with it, and may be here
		// before the goroutine of AfterFunc has run, or before it is even started: the
		// context tells whom it stops one after the other.
		if !stop() || r.Context().Err() != nil {
			gone()
		}
		a.line.Executed = p.mock.Executed(r)
		p.answered(a)
		p.ledger.attempt(a.finish(p.ledger), a.arrived, time.Now())
	}()
	p.injector.ServeHTTP(&a.w, r)
}

// attempt begins the record of a request, which remembers it.
func (p *provider) attempt(w http.ResponseWriter, r *http.Request) (*attempt, *http.Request) {
	p.attempts.Add(1)
	a := &attempt{arrived: time.Now()}
	a.counts = p.counted(a.arrived)
	r, a.request = p.mock.Parse(r)
	a.describe(p, r)
	p.asked(a)
	if !p.service { // a canary is to be seen where answers come from
		p.ledger.arrived(a.request.Nonce, a.line.Agent)
	}
	a.w.ResponseWriter = w
	return a, r.WithContext(context.WithValue(r.Context(), attemptKey{}, a))
}

// counted counts an attempt in the phase in which it arrived.
func (p *provider) counted(arrived time.Time) *cell {
	start := p.ledger.start.Load()
	if start == nil {
		return nil
	}
	c := p.ledger.census.cell(p.index, arrived.Sub(*start))
	if c != nil {
		c.attempts.Add(1)
	}
	return c
}

// answers is how soon a client goes away because of what it was sent. It hangs up
// on an error in the middle of a stream at once, and whether it or the handler
// is first is chance: it did not leave, it was done.
const answers = 5 * time.Millisecond

// leave notes when the client went away, the first time it is told.
func (a *attempt) leave(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.left.IsZero() && (a.hit.IsZero() || at.Sub(a.hit) > answers) {
		a.left = at
	}
}

// describe fills in what the request says about itself.
func (a *attempt) describe(p *provider, r *http.Request) {
	key := p.ledger.secrets.Key(a.request.Key) // first, for the rest of the request may show it, too
	a.line = record.Attempt{
		Provider: p.name,
		Dialect:  p.spec.Spec.Dialect,
		Endpoint: a.request.Endpoint,
		Path:     shorten(p.ledger.clean(r.URL.Path), 200),
		Model:    shorten(p.ledger.clean(a.request.Model), 100),
		Stream:   a.request.Stream,
		Nonce:    a.request.Nonce,
		Context:  p.ledger.context(a.request),
		Trace:    traceID(r.Header.Get("Traceparent")),
		Print:    fingerprint(a.request.Prompt),
		Nth:      p.count(a.request.Nonce),
		Agent:    shorten(p.ledger.clean(r.UserAgent()), 100),
		Key:      key,
		Service:  shorten(p.ledger.clean(r.Header.Get(ServiceHeader)), 100),
	}
	if a.request.Tool != "" {
		a.line.Tool = shorten(p.ledger.clean(a.request.Tool), 100)
		a.line.Idempotency = fingerprint(a.request.Idempotency)
	}
	if n, err := strconv.Atoi(r.Header.Get("X-Stainless-Retry-Count")); err == nil {
		a.line.SDKRetry = &n
	}
	for _, name := range [...]string{"X-Stainless-Read-Timeout", "X-Stainless-Timeout"} {
		if s, err := strconv.ParseFloat(r.Header.Get(name), 64); err == nil && s >= 0 && s < 1e9 {
			timeout := record.Of(time.Duration(s * float64(time.Second)))
			a.line.SDKTimeout = &timeout
		}
	}
}

// count numbers the attempts of one nonce, from 1.
func (p *provider) count(nonce string) int {
	if nonce == "" {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nth[nonce]++
	return p.nth[nonce]
}

// traceID is the second field of a W3C traceparent.
func traceID(header string) string {
	parts := strings.Split(header, "-")
	if len(parts) < 4 || len(parts[1]) != 32 {
		return ""
	}
	return parts[1]
}

// fingerprint tells one prompt from another without keeping it.
func fingerprint(prompt string) string {
	if prompt == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(prompt))
	return hex.EncodeToString(sum[:8])
}

// hit notes what a fault did.
func (p *provider) hit(r *http.Request, h faults.Hit) {
	p.faulted.Add(1)
	if p.service && worked(h.Kind) {
		p.mock.Execute(r)
	}
	a := attemptOf(r)
	if a.counts != nil {
		a.counts.faulted.Add(1)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hit = time.Now()
	a.line.Fault, a.line.Kind, a.line.At = h.Key, h.Kind, h.At
	if h.RetryAfter != nil {
		wait := record.Of(*h.RetryAfter)
		a.line.RetryAfter, a.line.RetryAfterDate = &wait, h.RetryAfterDate
	}
}

// worked says whether the provider has done its work when a fault of the kind lands.
func worked(kind string) bool {
	return slices.ContainsFunc(faults.Kinds(), func(k faults.Kind) bool { return k.Name == kind && k.Worked })
}

// served notes what the mock did.
func served(r *http.Request, s mockllm.Served) {
	a := attemptOf(r)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.line.TokensIn, a.line.TokensOut, a.line.Finish = s.TokensIn, s.TokensOut, s.Finish
	a.line.Refused = s.Refused
	if s.Wait > 0 && tellsWait(a.w.Header()) {
		wait := record.Of(s.Wait)
		a.line.RetryAfter = &wait
	}
	if !s.First.IsZero() {
		// Seconds since the attempt arrived, until finish knows the clock.
		first := record.Of(s.First.Sub(a.arrived))
		a.line.First = &first
	}
}

// tellsWait says whether an answer has a Retry-After, in whatever spelling:
// Gemini's hint is in the body, where no client looks for it.
func tellsWait(h http.Header) bool {
	for name := range h {
		if strings.EqualFold(name, "Retry-After") || strings.EqualFold(name, "Retry-After-Ms") {
			return true
		}
	}
	return false
}

// finish closes the record. A client that went away before anything was
// answered is written as nginx does, 499.
func (a *attempt) finish(l *ledger) *record.Attempt {
	a.mu.Lock()
	defer a.mu.Unlock()
	line := a.line
	line.Status = a.w.status
	if l.start.Load() == nil {
		return &line
	}
	if line.First != nil {
		first := l.at(a.arrived) + *line.First
		line.First = &first
	}
	if !a.left.IsZero() && line.Finish == "" {
		left := l.at(a.left)
		line.Left = &left
		if line.Status == 0 {
			line.Status = 499
		}
	}
	return &line
}

// recorder notes the status that was sent.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
