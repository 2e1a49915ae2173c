package faults

import "crypto/tls"

// reset breaks the connection before it says anything.
func reset(x *exchange) {
	x.report(AtHeaders)
	cut(x)
}

// cut resets the connection.
func cut(x *exchange) {
	conn := x.hijack()
	if safe, ok := conn.(*tls.Conn); ok {
		conn = safe.NetConn() // to close it would be an orderly end
	}
	// Not *net.TCPConn: connections in memory and wrapped ones may linger too.
	if c, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
		_ = c.SetLinger(0) // where it fails, an orderly close is the best that is left
	}
	conn.Close()
}

// abort closes the connection in the middle of what it says: the last chunk, or
// so many bytes of the length that was told, are missing.
func abort(x *exchange) { x.hijack().Close() }

// streamError ends the stream with the provider's error event. At headers that is
// the first event after them.
func streamError(x *exchange) {
	if x.kind.place(x.Fault.At).Place != AtHeaders {
		landing(errorEvent)(x)
		return
	}
	through(x, func(t *tap) editor {
		t.atHead = func() { t.land(AtHeaders, errorEvent) }
		return &holding{t}
	})
}

// errorEvent writes the provider's error event. What follows such an event, if
// anything does, is the dialect's to word.
func errorEvent(x *exchange) {
	f := Failure{Class: param[string](x, "error")}
	_, _ = x.w.Write(x.in.dialect.Event(x.look, f)) // a client that left needs no error
	x.flush()
}
