// Package bot is a small support bot on top of an LLM: an [http.Handler] with
// five kinds of work, in two styles. The naive style is what a first version
// looks like, the resilient one what it grows into after its first bad day. Both
// call the OpenAI API, the resilient one Anthropic's as well, in plain net/http.
// Start with [New]; the two styles are in naive.go and resilient.go.
//
//	b, err := bot.New(bot.FromEnv(os.Getenv))
//	…
//	defer b.Close()
//	http.ListenAndServe("127.0.0.1:8000", b)
//
// The surface:
//
//	POST /chat     {"message": "…"}   → text/event-stream, see below; with a picture
//	                                    as "image": "data:image/png;base64,…"
//	POST /api      {"message": "…"}   → {"reply": "…"}
//	POST /help     {"question": "…"}  → {"answer": "…"}, from the shop's help pages
//	POST /content  {"topic": "…"}     → {"draft": "…"}
//	POST /pipeline {"document": "…"}  → {"summary": "…"}
//	GET  /healthz                     → 200
//
// A JSON answer that is not the model's but a prepared text, or one that had to do
// without the help pages, has "degraded": true beside it; an error is {"error": "…"}
// with its status. Who sends Prefer: respond-async to /content gets 202 with {"id": n}
// instead of a prepared text, from the resilient style, and asks for the draft with
// GET /content/{id}, which answers 202 until it is there. The events of /chat are
//
//	data: {"delta":"…"}                    a further piece of the answer
//	event: reset⏎data: {}                  forget the pieces so far, a new answer follows
//	data: {"delta":"…","degraded":true}    a prepared text instead of an answer
//	data: {"done":true}                    the answer is complete
//	event: error⏎data: {"error":"…"}       there will be none
package bot

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Config is how a bot is set up. The zero values of all but the style and the
// keys are useful.
type Config struct {
	Style string // naive or resilient

	// The base URLs as the vendors' SDKs want them: OpenAI's with /v1, Anthropic's
	// without. The defaults are the real ones.
	OpenAIURL, OpenAIKey       string
	AnthropicURL, AnthropicKey string

	// Dial connects to the providers; nil is the network.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Roots are whom to trust; nil is whom the system trusts.
	Roots *x509.CertPool
	// Log gets a line for each request served, each switch of provider and each
	// change of a breaker; nil is [slog.Default].
	Log *slog.Logger
	// Seed is that of the jitter in waits. Two bots of one service want two seeds.
	Seed uint64
	// Places bounds the requests under way at each provider in the resilient
	// style; 0 is 64.
	Places int
	// Patience bounds how long the resilient style waits; the zero value is
	// [DefaultPatience].
	Patience Patience
}

// FromEnv takes addresses and keys from the environment variables that the
// vendors' SDKs read: OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_BASE_URL and
// ANTHROPIC_API_KEY.
func FromEnv(getenv func(string) string) Config {
	return Config{
		OpenAIURL:    getenv("OPENAI_BASE_URL"),
		OpenAIKey:    getenv("OPENAI_API_KEY"),
		AnthropicURL: getenv("ANTHROPIC_BASE_URL"),
		AnthropicKey: getenv("ANTHROPIC_API_KEY"),
	}
}

// Styles lists the values of [Config.Style].
func Styles() []string { return []string{"naive", "resilient"} }

// A Bot serves the support bot's HTTP surface. All its work is done in the goroutines
// of its requests, but for what was put off: a few do that, until [Bot.Close].
type Bot struct {
	log       *slog.Logger
	style     style
	mux       *http.ServeMux
	transport *http.Transport
	requests  atomic.Uint64 // numbers the requests
	backlog   *backlog

	closing context.Context
	close   context.CancelCauseFunc
}

// A style is a way to get an answer out of providers that may fail.
type style interface {
	// answer writes the answer to q into out. The error says why there is none;
	// it is what the user is shown.
	answer(ctx context.Context, q question, out reply) (account, error)
}

// An account says how a request was served, for the log.
type account struct {
	servedBy string // openai, anthropic, template; "" when there was no answer
	attempts int    // calls to providers
	lesser   bool   // it is not all that the user might have expected, and says so
}

var errClosed = errors.New("the bot is shutting down")

// New makes a bot. It fails when the style is unknown or a provider's key that
// the style needs is missing, naming the variable that [FromEnv] reads.
func New(cfg Config) (*Bot, error) {
	if !slices.Contains(Styles(), cfg.Style) {
		return nil, fmt.Errorf("unknown style %q; there are %s", cfg.Style, strings.Join(Styles(), " and "))
	}
	if cfg.OpenAIKey == "" {
		return nil, errors.New("no key for OpenAI; set OPENAI_API_KEY")
	}
	if cfg.AnthropicKey == "" && cfg.Style == "resilient" {
		return nil, errors.New("no key for Anthropic, the fallback of the resilient style; set ANTHROPIC_API_KEY")
	}
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	cfg.Places = cmp.Or(cfg.Places, 64)
	cfg.Patience = cmp.Or(cfg.Patience, DefaultPatience())

	b := &Bot{log: cfg.Log, mux: http.NewServeMux(), transport: newTransport(cfg)}
	b.closing, b.close = context.WithCancelCause(context.Background())
	cfg.OpenAIURL = cmp.Or(cfg.OpenAIURL, "https://api.openai.com/v1")
	openai := newOpenAI(cfg.OpenAIURL, cfg.OpenAIKey)
	anthropic := newAnthropic(cmp.Or(cfg.AnthropicURL, "https://api.anthropic.com"), cfg.AnthropicKey)
	if cfg.Style == "naive" {
		b.style = newNaive(cfg, b.transport, openai)
	} else {
		b.style = newResilient(cfg, b.transport, openai, anthropic)
	}
	b.backlog = &backlog{style: b.style, kept: map[int]*jsonReply{}}
	for _, t := range tasks() {
		b.mux.HandleFunc("POST "+t.path, b.serve(t))
		if t.deferrable {
			b.mux.HandleFunc("GET "+t.path+"/{id}", b.serveLater)
		}
	}
	b.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "ok")
	})
	return b, nil
}

func newTransport(cfg Config) *http.Transport {
	t := &http.Transport{
		MaxIdleConnsPerHost: 128, // the default of 2 would dial anew for nearly every request
		IdleConnTimeout:     90 * time.Second,
		ForceAttemptHTTP2:   true,
		TLSClientConfig:     &tls.Config{RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12},
	}
	dial := cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext
		t.Proxy = http.ProxyFromEnvironment
	}
	if cfg.Style == "resilient" {
		dial = dialWithin(cfg.Patience.Connect, dial)
		t.TLSHandshakeTimeout = cfg.Patience.Connect
	}
	t.DialContext = dial
	return t
}

// ServeHTTP serves one request of a user.
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if b.closing.Err() != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]any{"error": errClosed.Error()})
		return
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	defer context.AfterFunc(b.closing, func() { cancel(errClosed) })()
	b.mux.ServeHTTP(w, r.WithContext(ctx))
}

// Close gives up the requests under way and closes the connections to the
// providers. Requests that come later are refused.
func (b *Bot) Close() {
	b.close(errClosed)
	b.backlog.working.Wait()
	b.transport.CloseIdleConnections()
}

// serve is the handler of one task.
func (b *Bot) serve(t task) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q, status, err := readInput(w, r, t)
		if err != nil {
			writeJSON(w, status, map[string]any{"error": err.Error()})
			return
		}
		began := time.Now()
		q.number = b.requests.Add(1)
		var out reply = &jsonReply{w: w, field: t.output}
		if t.stream {
			out = &eventReply{w: w}
		}
		acc, err := b.style.answer(r.Context(), q, out)
		attrs := []any{"request", q.number, "task", t.name, "served_by", acc.servedBy, "attempts", acc.attempts, "took", time.Since(began)}
		switch {
		case err == nil:
			out.done(acc.lesser)
			b.log.Info("request served", attrs...)
		case errors.Is(err, errPutOff):
			b.putOff(w, q, out)
			b.log.Info("request put off", attrs...)
		case errors.Is(context.Cause(r.Context()), errClosed):
			out.fail(errClosed)
			b.log.Info("request given up", attrs...)
		case r.Context().Err() != nil:
			b.log.Info("user left", attrs...)
		default:
			out.fail(err)
			b.log.Warn("request failed", append(attrs, "error", err)...)
		}
	}
}
