// Package app is a small server on top of two LLM providers that meets their
// failures well, unless it is given traits: each one replaces a part of what it
// does by something else, most often worse, and exactly known. So whatever judges
// a drill of it can be held against the truth.
//
// Start at [Traits], the table of what can be planted, and [New]:
//
//	a, err := app.New(app.Config{Providers: providers, Traits: []string{"dead_primary_first", "failover_after=3s"}})
//	…
//	http.ListenAndServe("127.0.0.1:8000", a)
//
// It answers POST /chat {"message": "…"}, and POST /report, which can wait, with a
// stream of events. A "session" beside the message is a conversation, which the
// model is told of; with "form": "json" the answer is a JSON document, with "help":
// true the question is looked up first, by its embedding, and an "image" goes with it.
//
//	data: {"delta":"…"}                   a further piece of the answer
//	data: {"delta":"…","degraded":true}   a prepared text instead of an answer
//	data: {"done":true}                   the answer is complete
//	event: reset⏎data: {}                 forget the pieces so far, a new answer follows
//	event: error⏎data: {"error":"…"}      there will be none
//
// and GET /healthz with 200. Before the first piece an error is a 503 with
// {"error": "…"}, and what is put off a 202 with {"id": n}, to be asked for with
// GET /later/{id}. Where it has a tool it opens a
// ticket for each question first.
package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Config is how an app is set up.
type Config struct {
	Providers []Provider   // in the order in which they are asked; the first is the primary
	Tools     string       // the URL of the service that its tool is at; "": it has no tool
	Traits    []string     // NAME or NAME=VALUE, of [Traits]; none: the app is good
	Client    *http.Client // nil: [http.DefaultClient]
	// Log gets a line for each thing that a trait makes the app do, with the
	// trait's name as "trait", and one for each change of a breaker; nil is
	// [slog.Default].
	Log  *slog.Logger
	Seed uint64 // of what it draws; the draws of a request follow from it and the message
	// Foresee advises on each message in turn, for an app that knows what will go
	// wrong; nil: nobody does.
	Foresee func(message string) Advice
}

// Provider is where a model is asked, in OpenAI's dialect.
type Provider struct {
	Name string // for the log
	URL  string // the base URL, ending in /v1
	Key  string
}

// An App is the server. It starts no goroutine that outlives its request, but for
// the trait that is just that.
type App struct {
	rules  rules
	lanes  []*lane
	tools  string
	client *http.Client
	log    *slog.Logger
	seed   uint64
	advice func(message string) Advice // nil: there is none
	mux    *http.ServeMux

	gate

	mu      sync.Mutex
	forgot  time.Time         // when it last did
	failing time.Time         // since when the primary has answered nobody; zero: it answers
	moved   bool              // the primary was given up for good
	last    turn              // the last whole answer
	answers map[string]string // whole answers by message
	talks   map[string][]turn // what was answered, by session
	putOff  []question        // what is to be answered later, by id
}

// A lane is the way to one provider.
type lane struct {
	Provider
	*breaker
}

// New makes an app. The error says which trait is none, or has a value that it
// cannot have.
func New(cfg Config) (*App, error) {
	if len(cfg.Providers) == 0 {
		return nil, errors.New("no provider: the app needs one at least")
	}
	r, err := rulesOf(cfg.Traits)
	if err != nil {
		return nil, err
	}
	a := &App{
		rules: r, tools: cfg.Tools, client: cmp.Or(cfg.Client, http.DefaultClient), log: cmp.Or(cfg.Log, slog.Default()),
		seed: cfg.Seed, advice: cfg.Foresee, mux: http.NewServeMux(), gate: newGate(&r), forgot: time.Now(),
		answers: map[string]string{}, talks: map[string][]turn{},
	}
	for _, p := range cfg.Providers {
		a.lanes = append(a.lanes, &lane{p, newBreaker(r.breaker, a.log.With("provider", p.Name))})
	}
	a.mux.HandleFunc("POST /chat", a.serve)
	a.mux.HandleFunc("POST /report", a.serve)
	a.mux.HandleFunc("GET /later/{id}", a.serveLater)
	a.mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	return a, nil
}

// Forget loses what the app has learnt of its providers, as a restart does.
func (a *App) Forget() {
	a.log.Info("forgets what it knows of its providers")
	for _, l := range a.lanes {
		l.forget()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failing, a.moved = time.Time{}, false
}

// ServeHTTP answers a user.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// maxBody bounds a user's request.
const maxBody = 1 << 20

// A question is what one user asks.
type question struct {
	Message string `json:"message"`
	Session string `json:"session"` // "": it is part of no conversation
	Form    string `json:"form"`    // "json": the answer is to be a document
	Help    bool   `json:"help"`    // it is to be looked up first
	Image   string `json:"image"`   // a picture to go with the message, as a data URL; "": none
	draws   *rand.Rand
	later   bool // it was put off before
}

// A turn is a question and its answer.
type turn struct{ session, asked, told string }

func (a *App) serve(w http.ResponseWriter, r *http.Request) {
	var q question
	if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&q); err != nil {
		http.Error(w, `{"error":"the request is no JSON"}`, http.StatusBadRequest)
		return
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, q.Message) // never fails
	q.draws = rand.New(rand.NewPCG(a.seed, h.Sum64()))
	a.forgetInTime()
	out := &reply{w: w}
	if !a.enter(r.Context(), r.URL.Path != "/chat") {
		a.did("turns_away", "path", r.URL.Path)
		out.fail("there is too much to do, please try again in a minute")
		return
	}
	defer a.leave()
	ctx := r.Context()
	if a.rules.worksOn {
		ctx = context.WithoutCancel(ctx)
	}
	if a.tools != "" {
		a.act(ctx, &q)
	}
	if q.Help {
		if f := a.lookUp(ctx, &q); f != nil && a.rules.needsPages {
			a.did("needs_pages")
			a.finish(ctx, f, &q, out)
			return
		}
	}
	a.answer(ctx, &q, out)
}

// forgetInTime loses what the app knows of its providers when it is time to.
func (a *App) forgetInTime() {
	a.mu.Lock()
	due := a.rules.forgets > 0 && time.Since(a.forgot) >= a.rules.forgets
	if due {
		a.forgot = time.Now()
	}
	a.mu.Unlock()
	if due {
		a.did("forgets")
		a.Forget()
	}
}

// did logs that a trait has made the app do something.
func (a *App) did(trait string, args ...any) {
	a.log.Info("trait", append([]any{"trait", trait}, args...)...)
}
