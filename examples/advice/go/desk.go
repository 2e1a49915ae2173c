// Package pairs has a chat endpoint in many states, two for each finding: with it,
// and after the change that makes it go. The lines that change are marked, and shown
// by `brownout explain finding.X --sdk openai-go` and `… anthropic-go`.
package pairs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
)

// An Answer streams the answer to a question. An error is told to the user in the
// endpoint's own words.
type Answer func(ctx context.Context, question string, out *Reply) error

// A Pair is an endpoint before and after a change.
type Pair struct{ Before, After Answer }

// A model streams the words of a provider's answer, and fails when it was not whole.
type model = Answer

// errCutOff is a stream that ended without the model's word that it was done.
var errCutOff = errors.New("the answer was cut off")

// Handler serves an answer: POST /chat {"message": "…"}.
func Handler(answer Answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Message string `json:"message"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, "send a message", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		out := &Reply{w: w}
		if answer(r.Context(), in.Message, out) != nil {
			out.event("error", map[string]any{"error": "please try again in a minute"})
		}
	})
}

// A Reply is what a user is being told.
type Reply struct {
	w     http.ResponseWriter
	begun atomic.Bool // words are out that have not been taken back
}

// Say tells more of the answer.
func (r *Reply) Say(text string) {
	if text != "" {
		r.begun.Store(true)
		r.event("delta", map[string]any{"delta": text})
	}
}

// TakeBack has the user forget what was said so far.
func (r *Reply) TakeBack() {
	if r.begun.CompareAndSwap(true, false) {
		r.event("reset", map[string]any{})
	}
}

// Prepared tells a text that is no model's, and says so.
func (r *Reply) Prepared(text string) {
	r.event("delta", map[string]any{"delta": text, "degraded": true})
}

// Fail tells an error in these words.
func (r *Reply) Fail(text string) { r.event("error", map[string]any{"error": text}) }

// event writes one server-sent event. That its user has left a call notices by its
// context.
func (r *Reply) event(name string, data map[string]any) {
	body, err := json.Marshal(data)
	if err != nil {
		return
	}
	fmt.Fprintf(r.w, "event: %s\ndata: %s\n\n", name, body)
	_ = http.NewResponseController(r.w).Flush()
}

// Begun says whether words are out that have not been taken back.
func (r *Reply) Begun() bool { return r.begun.Load() }
