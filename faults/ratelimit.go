package faults

import "net/http"

// rateLimit refuses the request and tells, or does not tell, when to come again.
func rateLimit(x *exchange) {
	wait := param[Wait](x, "retry_after").told(x.attempt)
	f := Failure{Status: http.StatusTooManyRequests, Wait: wait}
	f.Spare = param[string](x, "remaining") == "positive"
	if body := param[string](x, "body"); body != "" {
		f.Variant, f.Wait = body, Wait{Form: "none"} // such answers tell no time
	}
	x.reportWait(AtHeaders, f.Wait)
	x.answer(f)
}

// What the body of a rate_limit can be besides the usual.
const (
	bodyComeBackLater = "come_back_later"
	bodyTooLarge      = "too_large"
)
