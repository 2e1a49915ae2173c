package mockllm

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// maxBody bounds what is read of a request: the largest that a provider takes.
const maxBody = 32 << 20

// parsed is a request understood: how to serve it, or the refusal.
type parsed struct {
	req     Request
	serve   func(*exchange)
	refused *Reply
	why     string // of a refusal for its key or model: the class of failure
	errand  *errand
}

// parsedKey is where a request's context keeps what a server understood of it.
type parsedKey struct{ s *Server }

func (s *Server) parsedOf(r *http.Request) *parsed {
	p, _ := r.Context().Value(parsedKey{s}).(*parsed)
	return p
}

// call is a request on its way to be understood.
type call struct {
	s    *Server
	r    *http.Request
	body []byte
	vars map[string]string // of the route's path
	req  *Request          // filled in by the route

	refused string  // the class of failure, of a key or model that is not known
	errand  *errand // what a tool is asked to do; nil of all else
}

// asked is what a refusal of the call is worded with.
func (c *call) asked() asked {
	a := c.s.asked(*c.req)
	a.method, a.path = c.r.Method, c.r.URL.Path
	return a
}

// Parse reads a request's body, at most 32 MiB of it, and says what is asked. The
// returned request remembers the answer, for [Server.ServeHTTP] to use, and its
// body can be read again. Whatever comes is understood somehow: what the provider
// would refuse has the endpoint of its path, or "unknown".
func (s *Server) Parse(r *http.Request) (*http.Request, Request) {
	if p := s.parsedOf(r); p != nil {
		return r, p.req
	}
	if r.Body == nil {
		r.Body = http.NoBody // a request that no server made
	}
	// A body that breaks off is a client that left; what came of it is not JSON.
	body := readBody(r)
	p := &parsed{}
	c := &call{s: s, r: r, body: body, req: &p.req}
	p.serve, p.refused = c.understand()
	p.why, p.errand = c.refused, c.errand
	p.req.User, p.req.ServiceTier = caller(body)

	var whole io.Reader = bytes.NewReader(body)
	if len(body) > maxBody {
		whole = io.MultiReader(whole, r.Body)
	} // else the end is known: r.Body fails once an answer has begun, when a proxy still looks for it
	r.Body = again{whole, r.Body}
	return r.WithContext(context.WithValue(r.Context(), parsedKey{s}, p)), p.req
}

// readBody reads what came of a request's body, up to a byte more than is taken.
func readBody(r *http.Request) []byte {
	// What is announced is taken for true only as far as it costs nothing. 0 is also
	// what a request has whose length is not known, if no server made it.
	if r.ContentLength > 0 && r.ContentLength <= 64<<10 {
		body := make([]byte, r.ContentLength)
		n, _ := io.ReadFull(r.Body, body)
		return body[:n]
	}
	var b bytes.Buffer
	_, _ = b.ReadFrom(io.LimitReader(r.Body, maxBody+1))
	return b.Bytes()
}

// again is a body that was read and can be read once more.
type again struct {
	io.Reader
	io.Closer
}

// understand finds the route and lets it read the body.
func (c *call) understand() (func(*exchange), *Reply) {
	d := c.s.dialect
	c.req.Endpoint = unknown
	c.req.Key, c.req.Form = d.about(c.r)
	route, vars, why, ok := d.find(c.r.Method, c.r.URL.Path)
	if route.endpoint != "" {
		c.req.Endpoint = route.endpoint
	}
	if inBatch(c.r.Context()) {
		c.req.Endpoint = endpointBatch
	}
	if ok {
		why, ok = c.admit()
	}
	if !ok {
		reply := d.refuse(c.asked(), why)
		return nil, &reply
	}
	c.vars = vars
	if reply := c.known(); reply != nil {
		return nil, reply
	}
	serve, reply := route.read(c)
	if reply == nil {
		reply = c.known() // now that the model is read
	}
	return serve, reply
}

// admit turns away what no route takes.
func (c *call) admit() (refusal, bool) {
	switch {
	case len(c.body) > maxBody:
		return tooLarge, false
	case c.req.Key == "" && !c.s.opts.Keyless && !c.s.dialect.Effects:
		return noKey, false
	}
	return 0, true
}
