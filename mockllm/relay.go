package mockllm

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// A retelling is how a provider passes on what OpenAI's engine says: Azure and
// Google's compatible route have its answers, in layouts of their own.
type retelling struct {
	// head is the header of a good answer, in place of the engine's. The type of its
	// content and the length are added.
	head func() head
	// refuse words a refusal of the engine, which it gives as the engine's answer.
	refuse  func(status int, body []byte) Reply
	opening []byte // what a stream begins with, before the engine's first event; nil: nothing
	// document and chunk change a whole answer, and an event's JSON. Both are then
	// written on one line, keys in alphabetical order. A chunk for which chunk is
	// false is left out; where one is nil the engine's words stand.
	document func(told) told
	chunk    func(told) (told, bool)
}

// told is a JSON object of the engine, with numbers as it wrote them.
type told map[string]any

// list are the objects in an array of t.
func (t told) list(key string) []told {
	values, _ := t[key].([]any)
	var all []told
	for _, v := range values {
		if o, ok := v.(map[string]any); ok {
			all = append(all, o)
		}
	}
	return all
}

// object is an object in t, nil when there is none.
func (t told) object(key string) told {
	o, _ := t[key].(map[string]any)
	return o
}

// text is a string in t, "" when there is none.
func (t told) text(key string) string {
	s, _ := t[key].(string)
	return s
}

// drop leaves keys out.
func (t told) drop(keys ...string) {
	for _, k := range keys {
		delete(t, k)
	}
}

// hear reads what the engine says.
func hear(data []byte) (told, bool) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var t told
	if dec.Decode(&t) != nil || t == nil {
		return nil, false
	}
	_, err := dec.Token()
	return t, errors.Is(err, io.EOF) // and not one of several
}

// A relay is the writer that an engine's route answers to when another provider
// passes its answers on. It counts on each event, and each whole body, coming in
// one Write, which is how [exchange.reply] and [stream] write.
type relay struct {
	http.ResponseWriter
	retelling
	engine http.Header // what the engine wants as the header
	status int
	stream bool
}

// retell has a route of the engine answer in the words of t.
func retell(serve func(*exchange), t func(*exchange) retelling) func(*exchange) {
	return func(x *exchange) {
		x.w = &relay{ResponseWriter: x.w, retelling: t(x), engine: http.Header{}}
		serve(x)
	}
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *relay) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Header is the engine's, none of which goes out as it is.
func (w *relay) Header() http.Header { return w.engine }

// WriteHeader sends the head of a stream. That of a whole answer waits for the
// body, whose length it tells.
func (w *relay) WriteHeader(status int) {
	w.status = status
	w.stream = status < 300 && strings.HasPrefix(w.engineType(), "text/event-stream")
	if !w.stream {
		return
	}
	w.send(status, w.headOf(w.engineType()))
	if w.opening == nil {
		return
	}
	// A client that left is told to the engine by its own first event.
	_, _ = w.ResponseWriter.Write(w.opening)
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Write passes on an event or a whole body.
func (w *relay) Write(p []byte) (int, error) {
	if w.stream {
		if event := w.event(p); event != nil {
			if _, err := w.ResponseWriter.Write(event); err != nil {
				return 0, err
			}
		}
		return len(p), nil
	}
	r := w.whole(p)
	w.send(r.Status, head(r.Header).with("Content-Length", strconv.Itoa(len(r.Body))))
	if _, err := w.ResponseWriter.Write(r.Body); err != nil {
		return 0, err
	}
	return len(p), nil
}

// whole is the answer for a whole body. What is not JSON passes as it is.
func (w *relay) whole(body []byte) Reply {
	if w.status >= 300 {
		return w.refuse(w.status, body)
	}
	if w.document != nil && strings.HasPrefix(w.engineType(), "application/json") {
		if t, ok := hear(body); ok {
			return Reply{w.status, w.headOf("application/json"), document(w.document(t), "")}
		}
	}
	return Reply{w.status, w.headOf(w.engineType()), body}
}

// event passes on an event; what is no data, or no JSON, as it is.
func (w *relay) event(p []byte) []byte {
	data, ok := bytes.CutPrefix(p, []byte("data: "))
	if !ok || w.chunk == nil {
		return p
	}
	t, ok := hear(data)
	if !ok {
		return p
	}
	if t, ok = w.chunk(t); !ok {
		return nil
	}
	return append(append([]byte("data: "), document(t, "")...), "\n\n"...)
}

func (w *relay) send(status int, h head) {
	to := w.ResponseWriter.Header()
	for name, values := range h {
		to[name] = values
	}
	w.ResponseWriter.WriteHeader(status)
}

// headOf is the head of content of a type.
func (w *relay) headOf(kind string) head {
	h := w.head()
	if kind != "" {
		h.with("Content-Type", kind)
	}
	return h
}

// engineType is the type of what the engine says.
func (w *relay) engineType() string {
	return strings.Join(w.engine["Content-Type"], "")
}
