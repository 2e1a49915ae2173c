package faults

import "time"

// hang never answers.
func hang(x *exchange) {
	x.report(AtHeaders)
	stall(x)
}

// stall says nothing more until the client leaves or the server stops.
func stall(x *exchange) {
	<-x.r.Context().Done()
	// A mere return would end the answer in order, and tell a client that is
	// still there that this was all of it.
	x.hijack().Close()
}

// delay keeps the request back before the provider sees it.
func delay(x *exchange) {
	x.report(AtHeaders)
	if !x.wait(param[time.Duration](x, "hold")) {
		x.hijack().Close()
		return
	}
	x.in.next.ServeHTTP(x.w, x.r)
}

// keepalive says nothing more but that it is still there.
func keepalive(x *exchange) {
	for x.wait(param[time.Duration](x, "every")) {
		if _, err := x.w.Write(x.alive()); err != nil {
			break
		}
		x.flush()
	}
	x.hijack().Close()
}

// alive is what keeps a connection open and says nothing. Before and within JSON
// that is white space.
func (x *exchange) alive() []byte {
	if !isEventStream(x.w.Header()) {
		return []byte("\n")
	}
	return x.in.dialect.Event(x.look, Failure{Class: x.kind.Name})
}
