package mockllm

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// tools is the dialect of services.
const tools = "tools"

// toolbox is the row of the services that an agent's tools call: what sends a mail or
// books an order. No provider's API is meant, so the forms are the standards':
// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) and problem documents
// (RFC 9457).
func toolbox() Dialect {
	return Dialect{
		Name:    tools,
		Doc:     "The services that an agent's tools call: POST /TOOL with any JSON has an effect, once for each Idempotency-Key.",
		Effects: true,
		base:    func(url string) string { return url },
		key:     bearer,
		env:     func(string, string) []string { return nil },
		routes:  []route{{http.MethodPost, "/{tool}", "tool", callTool}},
		models:  func() []snapshot { return nil },
		hint:    formSeconds,
		refuse:  toolRefuse,
		answer:  toolAnswer,
		event:   func(a asked, f Failure) []byte { return toolAnswer(a, f).Body },
		part:    func([]byte) Part { return Other },
	}
}

// Effects says whether providers of a dialect stand for services that do something,
// and not for models that say something.
func Effects(dialectName string) bool { return dialectName == tools }

// toolTakes is how long a service works on a call.
const toolTakes = 50 * time.Millisecond

// callTool reads a call of a tool. Its arguments are whatever JSON has.
func callTool(c *call) (func(*exchange), *Reply) {
	c.req.Tool = c.vars["tool"]
	c.req.Model = c.req.Tool // that limits and matches are for it
	c.req.Prompt = string(c.body)
	c.req.Idempotency = c.r.Header.Get("Idempotency-Key")
	if all := answer.Find(c.req.Prompt); len(all) > 0 {
		c.req.Nonce = all[len(all)-1]
	}
	if len(c.body) > 0 && !json.Valid(c.body) {
		reply := problem(c.asked(), http.StatusBadRequest, "The body is not JSON.")
		return nil, &reply
	}
	c.errand = &errand{tool: c.req.Tool, key: c.req.Idempotency}
	return c.errand.serve, nil
}

// serve does what is asked and then tells of it. A client that has left meanwhile
// changes nothing about what was done.
func (e *errand) serve(x *exchange) {
	body, again := x.deeds.do(e, x.mint)
	if !x.pause(pace.Times(toolTakes, slowOf(x.r.Context()).ttft)) {
		return
	}
	h := head{}.with("Content-Type", "application/json")
	if again {
		h.with("Idempotent-Replayed", "true")
	}
	if x.reply(Reply{http.StatusOK, h, body}) {
		x.served.Finish = "done"
	}
}

// toolRefuse words what no route takes. A key is never missed.
func toolRefuse(a asked, why refusal) Reply {
	switch why {
	case tooLarge:
		return problem(a, http.StatusRequestEntityTooLarge, "")
	case wrongMethod:
		return problem(a, http.StatusMethodNotAllowed, "Tools are called with POST.")
	}
	return problem(a, http.StatusNotFound, "A tool is called with POST /TOOL.")
}

// toolAnswer words a failure.
func toolAnswer(a asked, f Failure) Reply {
	status := http.StatusInternalServerError
	switch f.Class {
	case "rate_limit":
		r := problem(a, http.StatusTooManyRequests, "")
		head(r.Header).wait(f, a.now)
		return r
	case "bad_gateway":
		return toolEdge(a, f)
	case "quota_exhausted":
		status = http.StatusPaymentRequired
	case "unauthorized":
		status = http.StatusUnauthorized
	case "bad_request":
		status = http.StatusBadRequest
	case "not_found":
		status = http.StatusNotFound
	case "overloaded":
		status = http.StatusServiceUnavailable
	case "gateway_timeout":
		status = http.StatusGatewayTimeout
	}
	return problem(a, orStatus(f, status), "")
}

// toolEdge is what stands before the service and does not reach it.
func toolEdge(a asked, f Failure) Reply {
	status := orStatus(f, http.StatusBadGateway)
	switch f.Variant {
	case "json":
		return problem(a, status, "")
	case "text":
		return edgeText(a.mint, status)
	}
	return edgeHTML(a.mint, "tools.example", status)
}

// problem is an error as a problem document.
func problem(a asked, status int, detail string) Reply {
	doc := struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{"about:blank", edgeTitle(status), status, detail}
	h := head{}.with("Content-Type", "application/problem+json", "X-Request-Id", "req_"+a.base62(24))
	return Reply{status, h, document(doc, "")}
}

// errand is one call of a tool, however far it came. Its deeds' mutex guards what
// came of it.
type errand struct {
	tool, key string // key: of idempotency; "": each call is one of its own

	body  []byte // of the answer; nil: nothing was done
	did   bool   // this call had the effect
	again bool   // another with its key had had it before
}

// Execute lets a call of a tool take effect that will not be served, or not in time
// for its client: the service has done its work when the answer is lost. Any other
// request has no effect to take, and no call has its own twice.
func (s *Server) Execute(r *http.Request) {
	if p := s.parsedOf(r); p != nil && p.errand != nil {
		s.deeds.do(p.errand, s.mint())
	}
}

// Executed says whether the request had an effect itself. One that was answered from
// memory, for its idempotency key, had none.
func (s *Server) Executed(r *http.Request) bool {
	p := s.parsedOf(r)
	return p != nil && p.errand != nil && s.deeds.done(p.errand)
}

// effectDoc is what a service says about what it did.
type effectDoc struct {
	ID     string `json:"id"`
	Tool   string `json:"tool"`
	Status string `json:"status"`
}

func newEffect(m *mint, tool string) []byte {
	return document(effectDoc{ID: "eff_" + m.base62(24), Tool: tool, Status: "done"}, "")
}
