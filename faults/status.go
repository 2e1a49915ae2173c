package faults

import (
	"net/http"
	"time"
)

// refusal answers at once with what the provider says to the kind. The status is
// left to the dialect unless the scenario says it: providers do not agree on one.
func refusal(x *exchange) {
	x.report(AtHeaders)
	x.answer(Failure{Status: param[int](x, "status"), Variant: param[string](x, "body")})
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

// errorIn200 is the provider's error under a status that denies it.
func errorIn200(x *exchange) {
	x.report(AtHeaders)
	a := x.in.dialect.Answer(x.look, Failure{Class: param[string](x, "error")})
	a.Status = http.StatusOK
	x.send(a)
}
