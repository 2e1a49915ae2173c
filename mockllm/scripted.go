package mockllm

import "net/http"

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
func (a asked) scripted(f Failure) *excess {
	u := byRequest
	if f.Variant == "tokens" || f.Variant == variantTooLarge {
		if u = byToken; a.left[u].limit == 0 {
			u = byInput
		}
	}
	e := &excess{unit: u, quota: a.left[u], asked: 1, wait: f.Wait}
	switch {
	case f.Variant == variantTooLarge:
		e.asked, e.never = e.limit+e.limit/20+1, true
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
