package mockllm

import (
	"encoding/json"
	"iter"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// openaiNumbered is one event of a response's stream.
type openaiNumbered struct {
	number int
	at     time.Time // when it is due
	data   []byte    // framed; good until the next event
	tokens int       // of content
	finish string    // of the last event: how the response ended
}

// openaiSending is a response on its way to a client.
type openaiSending struct {
	*openaiResponse
	stream stream
	next   atomic.Int64 // the number of an event that would be put in now
}

// stream sends the events from a number on, and says whether all of them went out.
// The head leaves long before the first token, as the provider's does.
func (r *openaiResponse) stream(x *exchange, from int) bool {
	if !x.until(r.begins()) {
		return false
	}
	openaiResponsesHead(x.head(), x.mint, x.account, x.elapsed()).with("Content-Type", "text/event-stream; charset=utf-8")
	s := &openaiSending{
		openaiResponse: r,
		stream:         x.open(len(r.due) - 1),
	}
	defer x.kept.sending(x.req.Numbered, s)()
	for e := range r.events(x.mint) {
		if e.number < from {
			continue
		}
		if !x.until(e.at) || r.stopped.Load() != nil || !s.send(e) {
			return false
		}
	}
	return true
}

// send writes one event. An error that is put into the stream meanwhile stands
// before it where it is the first with content or the last, else behind it: that is
// where faults land.
func (s *openaiSending) send(e openaiNumbered) bool {
	number := int64(e.number)
	s.next.Store(number)
	if e.tokens > 0 && s.stream.x.served.TokensOut > 0 {
		s.next.Store(number + 1)
	}
	var ok bool
	switch {
	case e.tokens > 0:
		ok = s.stream.content(e.data, e.tokens)
	case e.finish != "":
		ok = s.stream.finish(e.data, e.finish)
	default:
		ok = s.stream.send(e.data)
	}
	s.next.Store(number + 1)
	return ok
}

// events are all events of the response, numbered without a hole.
func (r *openaiResponse) events(m *mint) iter.Seq[openaiNumbered] {
	return func(yield func(openaiNumbered) bool) {
		w := &openaiEvents{mint: m, obfuscate: r.ask.obfuscate, outcome: r.outcome(), yield: yield, at: r.begins()}
		if r.ask.background {
			w.response("created", r.in(stateQueued))
			w.response("queued", r.in(stateQueued))
		} else {
			w.response("created", r.in(stateInProgress))
		}
		w.response("in_progress", r.in(stateInProgress))
		due := r.due
		for i, item := range r.items {
			if !item.isThought() { // that begins at once
				w.at = r.start.Add(due[0])
			}
			w.item, w.index = item, strconv.Itoa(i)
			w.begin()
			for i, piece := range item.pieces {
				w.at = r.start.Add(due[0])
				w.delta(piece, item.tokens[i])
				due = due[1:]
			}
			w.at = r.start.Add(due[0])
			w.end()
		}
		w.finish = w.outcome
		w.response(w.outcome, r.in(w.outcome))
	}
}

// openaiEvents writes the events of one stream, all into the same buffer, until
// nobody wants more.
type openaiEvents struct {
	*mint
	obfuscate bool
	outcome   string // of the response
	yield     func(openaiNumbered) bool
	over      bool

	number int
	at     time.Time
	finish string
	item   openaiOutput
	index  string // of the item in the output
	buf    []byte
}

// response is an event about the whole of it.
func (w *openaiEvents) response(what string, doc openaiResponseDoc) {
	w.event("response."+what, "response", compact(doc), "sequence_number", w.sequence())
}

// begin opens an item: it is there, but empty.
func (w *openaiEvents) begin() {
	w.event("response.output_item.added", "item", compact(w.item.added()), "output_index", w.index, "sequence_number", w.sequence())
	if w.item.isText() {
		w.event("response.content_part.added", "content_index", "0", "item_id", w.id(), "output_index", w.index,
			"part", compact(openaiText("")), "sequence_number", w.sequence())
	}
}

// end closes an item, telling once more what it holds.
func (w *openaiEvents) end() {
	switch {
	case w.item.call != nil:
		w.event("response.function_call_arguments.done", "arguments", compact(w.item.text()), "item_id", w.id(),
			"output_index", w.index, "sequence_number", w.sequence())
	case w.item.isText():
		w.event("response.output_text.done", "content_index", "0", "item_id", w.id(), "logprobs", "[]", "output_index", w.index,
			"sequence_number", w.sequence(), "text", compact(w.item.text()))
		w.event("response.content_part.done", "content_index", "0", "item_id", w.id(), "output_index", w.index,
			"part", compact(openaiText(w.item.text())), "sequence_number", w.sequence())
	}
	w.event("response.output_item.done", "item", compact(w.item.done(w.outcome)), "output_index", w.index, "sequence_number", w.sequence())
}

// delta is a piece of an item. With the padding, text and padding together have a
// multiple of 16 characters, so that who sees only lengths learns nothing of the text.
func (w *openaiEvents) delta(piece string, tokens int) {
	begin, logprobs := "event: response.function_call_arguments.delta\ndata: {\"type\":\"response.function_call_arguments.delta\"", ""
	if w.item.isText() {
		begin = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"content_index\":0"
		logprobs = `,"logprobs":[]`
	}
	w.buf = appendText(append(append(w.buf[:0], begin...), `,"delta":`...), piece)
	w.buf = append(append(w.buf, `,"item_id":"`...), w.item.id...)
	w.buf = append(append(w.buf, '"'), logprobs...)
	if w.obfuscate {
		w.buf = w.append(append(w.buf, `,"obfuscation":"`...), digits62, (16-utf8.RuneCountInString(piece)%16)%16)
		w.buf = append(w.buf, '"')
	}
	w.buf = append(append(w.buf, `,"output_index":`...), w.index...)
	w.buf = strconv.AppendInt(append(w.buf, `,"sequence_number":`...), int64(w.number), 10)
	w.buf = append(w.buf, "}\n\n"...)
	w.send(openaiNumbered{tokens: tokens})
}

// id is the item's, as JSON.
func (w *openaiEvents) id() string { return `"` + w.item.id + `"` }

func (w *openaiEvents) sequence() string { return strconv.Itoa(w.number) }

// event sends an event with the fields given as names and JSON.
func (w *openaiEvents) event(name string, fields ...string) {
	w.frame(name, fields...)
	w.send(openaiNumbered{finish: w.finish})
}

func (w *openaiEvents) frame(name string, fields ...string) {
	w.buf = append(append(w.buf[:0], "event: "...), name...)
	w.buf = append(append(append(w.buf, "\ndata: {\"type\":\""...), name...), '"')
	for i := 0; i+1 < len(fields); i += 2 {
		w.buf = append(append(append(w.buf, `,"`...), fields[i]...), `":`...)
		w.buf = append(w.buf, fields[i+1]...)
	}
	w.buf = append(w.buf, "}\n\n"...)
}

func (w *openaiEvents) send(e openaiNumbered) {
	e.number, e.at, e.data = w.number, w.at, w.buf
	w.number++
	if !w.over {
		w.over = !w.yield(e)
	}
}

// openaiResponsesEvent words a failure within the stream of a response: an error,
// numbered like all events, and the response as failed.
func openaiResponsesEvent(a asked, f Failure) []byte {
	e := openaiError{
		Type: serverError, Code: ptr(serverError),
		Message: "An error occurred while processing your request. You can retry your request, or contact us through our help center at help.openai.com if the error persists. Please include the request ID " + a.openaiID() + " in your message.",
	}
	switch f.Class {
	case "overloaded":
		e = openaiError{Message: openaiBusy, Type: "service_unavailable_error", Code: ptr("server_is_overloaded")}
	case "rate_limit":
		e = openaiLimited(a, f)
	default:
		if rejected, ok := openaiRejection(a, f); ok {
			e = rejected
		}
	}
	s := a.sending
	if s == nil {
		s = &openaiSending{openaiResponse: openaiUnasked(a)}
	}
	doc := s.in(stateFailed)
	doc.Error = &openaiFailed{Code: serverError, Message: e.Message}
	if e.Code != nil {
		doc.Error.Code = *e.Code
	}
	detail := struct {
		Type    string  `json:"type"`
		Code    *string `json:"code"`
		Message string  `json:"message"`
		Param   *string `json:"param"`
	}{e.Type, e.Code, e.Message, e.Param}

	var all []byte
	w := &openaiEvents{mint: a.mint, number: int(s.next.Load()), yield: func(e openaiNumbered) bool {
		all = append(all, e.data...)
		return true
	}}
	w.event("error", "sequence_number", w.sequence(), "error", compact(detail))
	w.response("failed", doc)
	return all
}

// openaiResponsesPart reads the data of an event of a response's stream. The last
// event says both how the response ended and that it is over: it is the terminator,
// and what shall happen at the finish happens before it as well.
func openaiResponsesPart(kind string, delta json.RawMessage) Part {
	switch kind {
	case "response.completed", "response.incomplete", "response.failed":
		return Terminator
	}
	if strings.HasPrefix(kind, "response.") && strings.HasSuffix(kind, ".delta") && len(delta) > len(`""`) {
		return Content
	}
	return Other
}
