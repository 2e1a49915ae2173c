package faults

// A Defect is what shall be wrong with the words of an answer.
type Defect struct {
	Kind string // the kind's name: gibberish, refusal, empty, …
	// Seed is the request's own luck, for what has to be drawn.
	Seed uint64
	// Where early_finish ends the answer: after so many tokens, or, when that is 0,
	// after a share of them.
	Token int
	Share float64
}

// content hands the request on, with what shall be wrong with its answer. The
// handler behind does it: it alone knows the words.
func content(x *exchange) {
	if x.spoil(Defect{Kind: x.kind.Name}, AtHeaders) {
		x.in.next.ServeHTTP(x.w, x.r)
	}
}

// earlyFinish has the answer end early. That it ran out of tokens is what the
// handler behind says of its own accord.
func earlyFinish(x *exchange) {
	at := x.kind.place(x.Fault.At)
	d := Defect{Kind: x.kind.Name, Token: at.Token}
	if at.Place == AtShare {
		d.Token, d.Share = 0, at.Share
	}
	if !x.spoil(d, at.String()) {
		return
	}
	f := Failure{Class: x.kind.Name, Variant: param[string](x, "reason")}
	through(x, func(t *tap) editor { return &alteration{tap: t, failure: f, reported: true} })
}

// spoil tells the handler behind of a defect, and the owner where it is. Where
// nobody takes it the request goes on as it is, and spoil says false.
func (x *exchange) spoil(d Defect, at string) bool {
	if x.in.opts.Content == nil {
		x.in.next.ServeHTTP(x.w, x.r)
		return false
	}
	d.Seed = uint64(Draw(x.in.opts.Seed, x.Fault.Key+"\x00"+d.Kind, x.look.Nonce, x.attempt) * (1 << 53))
	x.report(at)
	x.r = x.r.WithContext(x.in.opts.Content(x.r.Context(), d))
	return true
}
