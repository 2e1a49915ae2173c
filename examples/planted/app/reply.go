package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// A reply is where the answer for one user goes. What cannot be written has no
// reader any more, and nobody to be told.
type reply struct {
	w     http.ResponseWriter
	begun bool
	text  strings.Builder // what the user was left with
}

// delta is a further piece of the answer.
func (r *reply) delta(text string) {
	r.text.WriteString(text)
	r.event("", map[string]any{"delta": text})
}

// reset takes back what was sent.
func (r *reply) reset() {
	r.text.Reset()
	r.event("reset", map[string]any{})
}

// done ends the answer.
func (r *reply) done() { r.event("", map[string]any{"done": true}) }

// prepared is a whole reply with a text of the app's own.
func (r *reply) prepared(text string, declared bool) {
	data := map[string]any{"delta": text}
	if declared {
		data["degraded"] = true
	}
	r.event("", data)
	r.done()
}

// accept says that the answer comes later.
func (r *reply) accept(id int) {
	r.w.Header().Set("Content-Type", "application/json")
	r.w.WriteHeader(http.StatusAccepted)
	_ = json.NewEncoder(r.w).Encode(map[string]any{"id": id})
}

// fail says that there will be no answer.
func (r *reply) fail(text string) {
	if r.begun {
		r.event("error", map[string]any{"error": text})
		return
	}
	r.w.Header().Set("Content-Type", "application/json")
	r.w.WriteHeader(http.StatusServiceUnavailable)
	_ = json.NewEncoder(r.w).Encode(map[string]any{"error": text})
}

// event sends one event at once. The head goes out with the first one, so that a
// user who gets nothing sees no success either.
func (r *reply) event(name string, data any) {
	if !r.begun {
		r.begun = true
		r.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	}
	body, err := json.Marshal(data)
	if err != nil {
		return
	}
	if name != "" {
		name = "event: " + name + "\n"
	}
	fmt.Fprintf(r.w, "%sdata: %s\n\n", name, body)
	_ = http.NewResponseController(r.w).Flush()
}
