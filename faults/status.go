package faults

import (
	"net/http"
	"time"
)

func serverError(x *exchange) {
	x.report(AtHeaders)
	x.answer(Failure{Status: param[int](x, "status")})
}

// overloaded leaves the status to the dialect unless the scenario says it:
// providers do not agree on one.
func overloaded(x *exchange) {
	x.report(AtHeaders)
	x.answer(Failure{Status: param[int](x, "status")})
}

func unauthorized(x *exchange) {
	x.report(AtHeaders)
	x.answer(Failure{Status: http.StatusUnauthorized})
}

// gatewayTimeout is applied when the request comes, not when the gateway gives
// it up: a client with a shorter timeout is hit too.
func gatewayTimeout(x *exchange) {
	x.report(AtHeaders)
	if !x.wait(param[time.Duration](x, "hold")) {
		x.hijack().Close()
		return
	}
	x.answer(Failure{Status: param[int](x, "status")})
}
