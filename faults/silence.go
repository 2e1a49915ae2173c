package faults

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
