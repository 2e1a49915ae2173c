package faults

import "time"

// Fates tells what requests meet without any of them being made: the draws of an
// [Injector] that plays the same windows, for whoever plans or judges a drill.
type Fates struct {
	seed   uint64
	scenes []scene
}

// NewFates looks at the windows of one provider, in file order. Kinds that are
// not performed request by request (load, connections) are left out, as by the
// injector. A kind that [Kinds] does not have is a panic.
func NewFates(seed uint64, windows []Window) Fates {
	return Fates{seed, scenesOf(windows)}
}

// Meet is the window that takes the attempt arriving at t, the n-th with its
// nonce, from 1, and its kind; nil when it meets none. The request needs a nonce:
// the draws of others hang on how many came before.
func (f Fates) Meet(look Look, t time.Duration, n int) (*Window, Kind) {
	for i := range f.scenes {
		s := &f.scenes[i]
		if s.open(t) && s.matches(look) && s.takes(f.seed, look, t, n) {
			return &s.Window, s.kind
		}
	}
	return nil, Kind{}
}

// Stretch is by how much a slow fault stretches the time to the first token and
// the gaps of a request that arrives at t; 1 and 1 for every other kind.
func (w Window) Stretch(t time.Duration) (ttft, gap float64) {
	s, ok := w.Fault.Params["factor"].(Slow)
	if !ok {
		return 1, 1
	}
	return w.slowAt(s, t)
}
