package mockllm

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// A Server is one mock provider. It holds nothing of the requests it served but
// what its limits count, and, bounded, what its API gives back later: responses, files,
// batches, and what tools did. It may serve any number at a time.
type Server struct {
	name    string
	spec    Spec
	opts    Options
	dialect Dialect
	account account
	limiter *limits.Limiter
	crowd   *limits.Crowd
	kept    *openaiKept
	threads shelf[*anthropicThread]
	deeds   deeds
	left    atomic.Pointer[func(time.Time) limits.Shares] // of limits and capacity
	minted  atomic.Uint64                                 // ids were made for so many
	strange atomic.Uint64                                 // so many requests came without a nonce
	sheets  sync.Pool                                     // of *sheet
}

// Options are what a server can be told besides its [Spec].
type Options struct {
	Seed uint64 // of every draw
	// Tokens, if not nil, says how long the answer to a nonce is, whatever the model's
	// own length would be; 0: that. So all who answer a request give answers of one
	// length.
	Tokens func(nonce string) int
	// Served is told at the end of each request, also when the client left before.
	// The request is the one that ServeHTTP got, or derived from it.
	Served func(*http.Request, Served)
	// Loop takes the requests that a batch makes of its lines, whose endpoint is
	// batch; nil: the server itself. Who stands in front of the server and lets
	// requests fail is in front of these too when it is the Loop.
	Loop http.Handler
	// Keyless understands requests that carry no API key, too. It is for a server
	// that reads what is meant for a real endpoint, whose affair the key is.
	Keyless bool
}

// account is the customer whom the provider takes all its callers for.
type account struct {
	org     string // OpenAI's form
	project string
	uuid    string // Anthropic's
}

// New makes a mock provider. Its name is in the tag of its answers and in its
// draws: two providers with one spec do not have the same luck.
func New(name string, spec Spec, opts Options) (*Server, error) {
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	s := &Server{name: name, spec: spec, opts: opts}
	s.dialect, _ = dialect(spec.Dialect)
	s.Shrink(nil)
	s.limiter = limits.NewLimiter(s.dialect.limits, spec.limits, s.shares)
	s.crowd = limits.NewCrowd(spec.Capacity, s.shares)
	s.kept = newOpenaiKept()
	s.threads.things, s.threads.bytes = 10_000, 64<<20
	s.deeds.kept.things, s.deeds.kept.bytes = 10_000, 8<<20
	m := mint{rng: draw.Rand(opts.Seed, "account", name)}
	s.account = account{org: "org-" + m.base62(24), project: "proj_" + m.base62(24), uuid: m.uuid()}
	return s, nil
}

// mint makes a new source of ids. Two answers to one request have different ones.
func (s *Server) mint() *mint {
	n := s.minted.Add(1)
	return &mint{rng: draw.Rand(s.opts.Seed, "id", s.name, strconv.FormatUint(n, 10)), now: time.Now()}
}

// asked is what an error is about, and what its wording needs.
type asked struct {
	*mint
	Request
	account account
	method  string // of a refusal
	path    string // the same
	region  string // of the provider
	left    limits.Allowance
	over    *limits.Excess // why the limiter refused; nil: it did not
	sending *openaiSending // what is being sent to the request; nil: nothing with numbers
}

// Shrink leaves only part of the limits and of the capacity: at each moment as much
// as left says of it. Limits that the spec does not have are enforced for as long as
// they are shrunk. Requests that are being answered are finished; nil is all again.
func (s *Server) Shrink(left func(now time.Time) limits.Shares) {
	if left == nil {
		left = limits.Whole
	}
	s.left.Store(&left)
}

func (s *Server) shares(now time.Time) limits.Shares { return (*s.left.Load())(now) }

func (s *Server) asked(req Request) asked {
	a := asked{mint: s.mint(), Request: req, account: s.account, region: s.spec.Region}
	a.left = s.limiter.Peek(holder(req), cost(req), a.now)
	a.sending = s.kept.sendingTo(req.Numbered)
	return a
}

// Answer words a failure as a whole answer to the request.
func (s *Server) Answer(req Request, f Failure) Reply {
	return s.dialect.answer(s.asked(req), f)
}

// Event words a failure as the provider's own in-stream error, framed, with
// whatever usually follows it.
func (s *Server) Event(req Request, f Failure) []byte {
	if f.Class == "keepalive_only" {
		return s.dialect.alive()
	}
	return s.dialect.event(s.asked(req), f)
}

// Part says what a framed event of an answer is.
func (s *Server) Part(_ Request, event []byte) Part { return s.dialect.part(event) }

// ServeHTTP answers a request, at the pace of its model.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, p := s.exchange(w, r)
	if s.opts.Served != nil {
		defer x.tell()
	}
	switch {
	case p.refused != nil:
		x.refuse(p)
	case !x.works():
		x.serve(p)
	case x.enter():
		defer x.leave()
		x.serve(p)
	}
}

// exchange begins to answer a request. A handler's stack stays as large as it once
// was, for as long as its stream lasts: what needs much of it is done and over before.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request) (*exchange, *parsed) {
	arrived := time.Now()
	r, req := s.Parse(r)
	x := &exchange{
		Server: s, mint: s.mint(), w: w, r: r, req: req,
		arrived: arrived, due: arrived,
		served: Served{Request: req, Agent: r.UserAgent()},
	}
	return x, s.parsedOf(r)
}

// tell says what was served.
func (x *exchange) tell() { x.opts.Served(x.r, x.served) }

// refuse gives the answer that was found when the request was read.
func (x *exchange) refuse(p *parsed) {
	x.served.Refused = p.why
	x.reply(*p.refused)
}
