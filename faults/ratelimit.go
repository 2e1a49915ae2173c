package faults

import "net/http"

// rateLimit refuses the request and tells, or does not tell, when to come again.
func rateLimit(x *exchange) {
	wait := param[Wait](x, "retry_after")
	x.reportWait(AtHeaders, wait)
	x.answer(Failure{Status: http.StatusTooManyRequests, Wait: wait})
}
