package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// A reply is where the text for one user goes. The writing methods fail when
// the user has left.
type reply interface {
	delta(text string) error    // a further piece of the answer
	reset() error               // the pieces so far do not count, another answer follows
	degraded(text string) error // a prepared text, owned up to
	done(lesser bool)           // the answer is complete; lesser: and owns up to being less than usual
	fail(err error)             // there will be none
}

// An eventReply streams to its user as server-sent events.
type eventReply struct {
	w       http.ResponseWriter
	started bool
}

func (r *eventReply) delta(text string) error {
	return r.event("", map[string]any{"delta": text})
}

func (r *eventReply) degraded(text string) error {
	return r.event("", map[string]any{"delta": text, "degraded": true})
}

func (r *eventReply) reset() error { return r.event("reset", map[string]any{}) }

func (r *eventReply) done(lesser bool) {
	data := map[string]any{"done": true}
	if lesser {
		data["degraded"] = true
	}
	_ = r.event("", data)
}

func (r *eventReply) fail(err error) {
	_ = r.event("error", map[string]any{"error": err.Error()})
}

// event sends one event at once. The head goes out with the first, so that a
// user who gets nothing sees no success either.
func (r *eventReply) event(name string, data any) error {
	if !r.started {
		r.started = true
		h := r.w.Header()
		h.Set("Content-Type", "text/event-stream; charset=utf-8")
		h.Set("Cache-Control", "no-cache")
		h.Set("X-Accel-Buffering", "no")
	}
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if name != "" {
		name = "event: " + name + "\n"
	}
	if _, err := fmt.Fprintf(r.w, "%sdata: %s\n\n", name, body); err != nil {
		return err
	}
	return http.NewResponseController(r.w).Flush()
}

// A jsonReply gathers the answer and sends it in one piece.
type jsonReply struct {
	w      http.ResponseWriter
	field  string
	text   string
	lesser bool // it is not all that the user might have expected
}

func (r *jsonReply) delta(text string) error {
	r.text += text
	return nil
}

func (r *jsonReply) degraded(text string) error {
	r.text, r.lesser = text, true
	return nil
}

func (r *jsonReply) reset() error {
	r.text = ""
	return nil
}

func (r *jsonReply) done(lesser bool) {
	body := map[string]any{r.field: r.text}
	if r.lesser || lesser {
		body["degraded"] = true
	}
	writeJSON(r.w, http.StatusOK, body)
}

func (r *jsonReply) fail(err error) {
	writeJSON(r.w, http.StatusBadGateway, map[string]any{"error": err.Error()})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the user has left: nobody to tell
}
