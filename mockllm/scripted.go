package mockllm

import (
	"net/http"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// Failures of any provider that a scenario asks for, as its limiter and its edge
// would cause them.

// The variants of a rate_limit besides the limits' names.
const (
	variantComeBackLater = "come_back_later" // the whole body, as a load balancer sheds load
	variantTooLarge      = "too_large"       // the request is more than a minute's worth
)

// comeBackLater is what OpenAI's load balancer said on 8 November 2023: a 429 that
// has nothing of the API's errors.
func comeBackLater(m *mint) Reply {
	return Reply{http.StatusTooManyRequests, edgeHead(m, "application/json"), []byte(`{"status": "come back later"}`)}
}

// scripted is why the limiter would send a rate_limit of this kind; nil: for it all
// is used up.
func (a asked) scripted(f Failure) *limits.Excess {
	u := limits.Requests
	if f.Variant == "tokens" || f.Variant == variantTooLarge {
		if u = limits.Tokens; a.left[u].Limit == 0 {
			u = limits.Input
		}
	}
	e := &limits.Excess{Unit: u, Quota: a.left[u], Asked: 1, Wait: f.Wait}
	switch {
	case f.Variant == variantTooLarge:
		e.Asked, e.Never = e.Limit+e.Limit/20+1, true
		return e
	case f.Spare:
		return e
	}
	return nil
}

// alive is what keeps a stream open and says nothing.
func (d Dialect) alive() []byte {
	switch d.Name {
	case "anthropic":
		return []byte(anthropicPing)
	case "gemini":
		return []byte(": keepalive\r\n\r\n")
	}
	return []byte(": keepalive\n\n")
}

const anthropicPing = "event: ping\ndata: {\"type\": \"ping\"}\n\n"
