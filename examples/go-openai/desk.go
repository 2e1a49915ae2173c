package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
)

// An answerer streams the answer to a message. What it returns is for the log: the
// user has been told by then.
type answerer interface {
	answer(ctx context.Context, message string, out *reply) error
}

// desk is the chat endpoint:
//
//	POST /chat {"message": "…"}  →  data: {"delta": "…"} …  data: {"done": true}
//
// In the stream `event: reset` takes back what came so far, `event: error` says
// that no answer will come, and {"degraded": true} owns up to a prepared text.
type desk struct {
	answerer
	log *slog.Logger
}

func (d desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/healthz" {
		return
	}
	var in struct {
		Message string `json:"message"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in); err != nil || in.Message == "" {
		http.Error(w, `send {"message": "…"}`, http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := &reply{w: w, flush: http.NewResponseController(w).Flush}
	if err := d.answer(r.Context(), in.Message, out); err != nil && r.Context().Err() == nil {
		d.log.Warn("no model answered", "error", err)
	}
}

// A reply is what a user is being told.
type reply struct {
	w     http.ResponseWriter
	flush func() error
	begun bool // words are out that have not been taken back
}

// delta says more of the answer.
func (r *reply) delta(text string) error {
	r.begun = true
	return r.event("", map[string]any{"delta": text})
}

// reset takes back what was said.
func (r *reply) reset() error {
	r.begun = false
	return r.event("reset", struct{}{})
}

// done says that the answer is whole.
func (r *reply) done() error { return r.event("", map[string]any{"done": true}) }

// fail says that no answer will come.
func (r *reply) fail(why string) error { return r.event("error", map[string]any{"error": why}) }

// prepared says a text that is no model's.
func (r *reply) prepared(text string) error {
	return r.event("", map[string]any{"delta": text, "degraded": true})
}

func (r *reply) event(name string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if name != "" {
		fmt.Fprintf(r.w, "event: %s\n", name)
	}
	if _, err := fmt.Fprintf(r.w, "data: %s\n\n", body); err != nil {
		return err
	}
	return r.flush()
}
