package faults

// slow hands the request on with the factors of the moment it came. The handler
// behind does the waiting: it alone knows what a usual gap is.
func slow(x *exchange) {
	if x.in.opts.Slow == nil {
		x.in.next.ServeHTTP(x.w, x.r)
		return
	}
	ttft, gap := x.slowAt(param[Slow](x, "factor"), x.t)
	x.report(AtHeaders)
	x.in.next.ServeHTTP(x.w, x.r.WithContext(x.in.opts.Slow(x.r.Context(), ttft, gap)))
}
