package mockllm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// endpointBatch is the endpoint of the requests that a batch makes, whatever their
// path: what shall go wrong with batches is told apart by it.
const endpointBatch = "batch"

// batchKey is where the context of such a request says so.
type batchKey struct{}

// inBatch says whether a request is a line of a batch.
func inBatch(ctx context.Context) bool { return ctx.Value(batchKey{}) != nil }

// batchLineOut is one line of the output: what came of a request.
type batchLineOut struct {
	ID       string         `json:"id"`
	CustomID string         `json:"custom_id"`
	Response *batchResponse `json:"response"`
	Error    *openaiFailed  `json:"error"`
}

type batchResponse struct {
	Status int             `json:"status_code"`
	ID     string          `json:"request_id"`
	Body   json.RawMessage `json:"body"`
}

func (b batchLineOut) failed() bool { return b.Response == nil || b.Response.Status >= 400 }

// performLine sends the request of a line through all that stands in front of the
// server ([Options.Loop]), and takes what comes. Its pace is the batch's, not the
// model's: it takes no time, unless something in front lets it wait.
func (r *openaiRun) performLine(ctx context.Context, line batchLineIn) batchLineOut {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, batchKey{}, true), batchLine)
	defer cancel()
	req, err := http.NewRequestWithContext(WithSlow(ctx, 0, 0), line.Method, line.URL, bytes.NewReader(line.Body.raw))
	if err != nil {
		return r.out(line, openaiFailed{"invalid_url", "The URL provided for this request is invalid."})
	}
	req.RequestURI = line.URL
	req.Header.Set("Authorization", "Bearer "+r.key)
	req.Header.Set("Content-Type", "application/json")
	p := &batchPage{header: make(http.Header)}
	if broke := p.from(r.s.loop(), req); broke || ctx.Err() != nil || p.status == 0 {
		return r.out(line, openaiFailed{"request_timeout", "The underlying call to the model timed out."})
	}
	done := r.out(line, openaiFailed{})
	done.Error, done.Response = nil, p.response()
	return done
}

// loop is where the requests of batches begin.
func (s *Server) loop() http.Handler {
	if s.opts.Loop != nil {
		return s.opts.Loop
	}
	return s
}

// expired is a line that is not performed any more.
func (r *openaiRun) expired(line batchLineIn) batchLineOut {
	return r.out(line, openaiFailed{"batch_expired", "This request could not be executed before the completion window expired."})
}

func (r *openaiRun) out(line batchLineIn, why openaiFailed) batchLineOut {
	return batchLineOut{ID: "batch_req_" + r.s.mint().hex(32), CustomID: line.ID, Error: &why}
}

// batchPage is an answer that is read here, and not sent.
type batchPage struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// from has a handler answer, and says whether it broke off.
func (p *batchPage) from(h http.Handler, r *http.Request) (broke bool) {
	defer func() {
		switch v := recover(); {
		case v == nil:
		case isAbort(v):
			broke = true
		default:
			panic(v)
		}
	}()
	h.ServeHTTP(p, r)
	return false
}

// isAbort says whether a handler panicked as net/http wants it of one that gives up.
func isAbort(v any) bool {
	err, ok := v.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

func (p *batchPage) Header() http.Header { return p.header }

func (p *batchPage) WriteHeader(status int) {
	if p.status == 0 && status >= 200 {
		p.status = status
	}
}

func (p *batchPage) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.Write(b)
}

// is the value of a header under any spelling of its name.
func (p *batchPage) is(name string) string {
	for n, values := range p.header {
		if strings.EqualFold(n, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// response is the page as a batch writes it down. A body that is not JSON, as those
// of gateways, is written as a string.
func (p *batchPage) response() *batchResponse {
	out := &batchResponse{Status: p.status, ID: p.is("X-Request-Id"), Body: p.body.Bytes()}
	if strings.HasPrefix(p.is("Content-Type"), "text/event-stream") {
		e := openaiInvalid("stream", "invalid_value", "Streaming is not supported in the Batch API.")
		out.Status, out.Body = e.status, document(struct {
			Error *openaiError `json:"error"`
		}{e}, "")
	}
	if !json.Valid(out.Body) {
		out.Body = document(p.body.String(), "")
	}
	return out
}
