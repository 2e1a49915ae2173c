package upstream

import (
	"net/http"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
)

// A hearing is the writer that an upstream answers to. It passes everything on
// and notes what is worth knowing.
type hearing struct {
	http.ResponseWriter
	mock    *mockllm.Server
	request mockllm.Request
	answer  Answer

	status int
	stream bool
	buf    []byte // of a stream, the event under way; else the body
	pieces int    // content events
	err    error  // of a write that failed: the client left, or a fault took over
}

// maxHeard bounds what is kept of an event or a body that does not end. Of what is
// longer, neither bill nor finish is known.
const maxHeard = 8 << 20

// Unwrap lets [http.ResponseController] reach the connection.
func (h *hearing) Unwrap() http.ResponseWriter { return h.ResponseWriter }

func (h *hearing) WriteHeader(status int) {
	if status >= 200 && h.status == 0 {
		h.status = status
		h.stream = strings.HasPrefix(h.Header().Get("Content-Type"), "text/event-stream")
		h.answer.Wait = toldWait(h.Header())
	}
	h.ResponseWriter.WriteHeader(status)
}

func (h *hearing) Write(p []byte) (int, error) {
	if h.status == 0 {
		h.WriteHeader(http.StatusOK)
	}
	n, err := h.ResponseWriter.Write(p)
	h.err = err
	if err == nil && h.status < 300 && len(h.buf)+len(p) <= maxHeard {
		h.buf = append(h.buf, p...)
		h.events()
	}
	return n, err
}

// events hears the whole events of a stream.
func (h *hearing) events() {
	for h.stream {
		event, rest, ok := cutEvent(h.buf)
		if !ok {
			return
		}
		h.hear(event)
		if h.mock.Part(h.request, event) == mockllm.Content {
			h.content()
			h.pieces++
		}
		h.buf = rest
	}
}

// cutEvent takes the first event of a stream, with its blank line. Lines end in LF
// or CRLF.
func cutEvent(stream []byte) (event, rest []byte, ok bool) {
	blank := false
	for i, c := range stream {
		switch {
		case c == '\n' && blank:
			return stream[:i+1], stream[i+1:], true
		case c == '\n':
			blank = true
		case c != '\r':
			blank = false
		}
	}
	return nil, stream, false
}

func (h *hearing) hear(part []byte) {
	said := mockllm.Hear(part)
	if said.Finish != "" {
		h.answer.Finish = said.Finish
	}
	h.answer.TokensIn = max(h.answer.TokensIn, said.TokensIn)
	h.answer.TokensOut = max(h.answer.TokensOut, said.TokensOut)
}

func (h *hearing) content() {
	if h.answer.First.IsZero() {
		h.answer.First = time.Now()
	}
}

// finish makes what was heard whole. An upstream that sends no bill is taken to send a
// token an event, and to read the prompt as we do.
func (h *hearing) finish() {
	if !h.stream && h.status >= 200 && h.status < 300 && len(h.buf) > 0 {
		if h.hear(h.buf); h.answer.Finish != "" {
			h.content()
		}
	}
	if h.status >= 200 && h.status < 300 {
		if h.answer.TokensOut == 0 {
			h.answer.TokensOut = h.pieces
		}
		if h.answer.TokensIn == 0 && h.request.Prompt != "" {
			h.answer.TokensIn = h.request.Tokens()
		}
	}
	_, err := http.ParseTime(h.Header().Get("Retry-After"))
	h.answer.Dated = err == nil
}

// toldWait is what an answer tells the client to wait, 0 for nothing.
func toldWait(h http.Header) time.Duration {
	if ms, err := time.ParseDuration(h.Get("Retry-After-Ms") + "ms"); err == nil {
		return max(ms, 0)
	}
	if s, err := time.ParseDuration(h.Get("Retry-After") + "s"); err == nil {
		return max(s, 0)
	}
	if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
