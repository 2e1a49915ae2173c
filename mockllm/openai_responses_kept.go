package mockllm

import (
	"net/http"
	"strconv"
	"time"
)

// openaiResponseGet reads a request for a response that was made before, or is in the
// making.
func openaiResponseGet(c *call) (func(*exchange), *Reply) {
	query := c.r.URL.Query()
	c.req.Stream = query.Get("stream") == "true"
	from := 0
	if after := query.Get("starting_after"); after != "" {
		n, err := strconv.Atoi(after)
		if err != nil || n < 0 {
			return openaiType("starting_after", "an integer", []byte(strconv.Quote(after))).refuse(c)
		}
		from = n + 1
	}
	if c.req.Stream {
		c.req.Numbered = c.s.kept.numbered.Add(1)
	}
	return openaiWithResponse(c, func(x *exchange, r *openaiResponse) {
		switch {
		case !x.req.Stream && r.finished(time.Now()):
			r.whole(x)
		case !x.req.Stream:
			openaiResponseDocument(x, r.at(time.Now()))
		case !r.ask.background:
			x.reply(openaiNoReplay("background").reply(x.asked(x.req)))
		case !r.ask.streamed:
			x.reply(openaiNoReplay("stream").reply(x.asked(x.req)))
		default:
			r.stream(x, from)
		}
	}), nil
}

func openaiNoReplay(option string) openaiError {
	return openaiError{
		status: http.StatusBadRequest, Type: invalidRequest, Param: ptr("stream"),
		Message: "This response cannot be streamed because it was not created with " + option + "=true.",
	}
}

// finished says whether the response is as it will be.
func (r *openaiResponse) finished(now time.Time) bool {
	s := r.state(now)
	return s == stateCompleted || s == stateIncomplete
}

// openaiResponseCancel stops a response in the background. One that is no longer in
// the making stays as it is.
func openaiResponseCancel(c *call) (func(*exchange), *Reply) {
	return openaiWithResponse(c, func(x *exchange, r *openaiResponse) {
		if !r.ask.background {
			e := openaiError{status: http.StatusBadRequest, Type: invalidRequest, Message: "Cannot cancel a synchronous response."}
			x.reply(e.reply(x.asked(x.req)))
			return
		}
		now := time.Now()
		if now.Before(r.end()) {
			r.stopped.CompareAndSwap(nil, &now)
		}
		openaiResponseDocument(x, r.at(now))
	}), nil
}

// openaiResponseDelete forgets a response.
func openaiResponseDelete(c *call) (func(*exchange), *Reply) {
	return openaiWithResponse(c, func(x *exchange, r *openaiResponse) {
		x.kept.responses.remove(r.id)
		h := openaiResponsesHead(x.head(), x.mint, x.account, x.elapsed()).with("Content-Type", "application/json")
		x.reply(Reply{http.StatusOK, h, document(openaiDeleted{ID: r.id, Object: "response.deleted", Deleted: true}, "  ")})
	}), nil
}

// openaiDeleted says that something is gone.
type openaiDeleted struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

// openaiWithResponse serves a request about the response of the path.
func openaiWithResponse(c *call, serve func(*exchange, *openaiResponse)) func(*exchange) {
	id := c.vars["id"]
	return func(x *exchange) {
		r, ok := x.kept.responses.get(id)
		if !ok {
			x.reply(openaiNotFound("", "Response with id '"+id+"' not found.").reply(x.asked(x.req)))
			return
		}
		serve(x, r)
	}
}

// openaiUnasked is a response that nobody knows the request of.
func openaiUnasked(a asked) *openaiResponse {
	echo, _ := openaiEchoOf(nil, a.Model)
	return &openaiResponse{
		id: a.responseIDs()("resp_"), model: dated(a.Model, openaiSnapshots()),
		ask: openaiResponsesCall{store: true, echo: echo}, start: a.now,
	}
}
