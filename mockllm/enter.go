package mockllm

import (
	"net/http"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// works says whether a request is work for a model: then limits and capacity hold
// for it. Lists are not, nor are the counting of tokens and batches, which are limited apart.
func (x *exchange) works() bool {
	return x.req.Endpoint != endpointBatch && x.r.Method == http.MethodPost && x.req.Model != "" && !strings.HasPrefix(x.req.Endpoint, "count")
}

// enter gets the request past the limiter and into a slot; false: it was answered,
// or the client left. After true, leave must follow.
func (x *exchange) enter() bool {
	var over *limits.Excess
	if x.left, over = x.limiter.Take(holder(x.req), cost(x.req), x.arrived); over != nil {
		x.served.Refused, x.served.Wait = "rate_limit", over.Wait
		x.fail(Failure{Class: "rate_limit", Wait: over.Wait, Form: x.form(over)}, over)
		return false
	}
	factor, how := x.crowd.Enter(x.r.Context())
	switch how {
	case limits.Overflown:
		x.served.Refused = "overloaded"
		x.fail(Failure{Class: "overloaded"}, nil)
	case limits.Admitted:
		// The time in the queue is no excuse to hurry.
		x.due = time.Now()
		if factor != 1 {
			x.r = x.r.WithContext(WithSlow(x.r.Context(), factor, factor))
		}
	}
	return how == limits.Admitted
}

// leave makes room for the next, and puts the answer on the bill.
func (x *exchange) leave() {
	x.crowd.Leave()
	x.limiter.Answered(holder(x.req), x.served.TokensOut, time.Now())
}

// form is how the client is told to wait, if waiting helps.
func (x *exchange) form(e *limits.Excess) string {
	if e.Never {
		return ""
	}
	return x.dialect.hint
}

// fail answers with a failure.
func (x *exchange) fail(f Failure, over *limits.Excess) {
	x.reply(x.dialect.answer(asked{
		mint: x.mint, Request: x.req, account: x.account, region: x.spec.Region,
		left: x.left, over: over,
	}, f))
}
