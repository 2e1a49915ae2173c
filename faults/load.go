package faults

import "time"

// Left are the parts of a provider's limits and capacity that load faults leave:
// 1 is all of it.
type Left struct{ Requests, Tokens, Concurrency, Queue float64 }

// remains says what the load faults among the windows leave at each moment; nil
// when there are none.
func remains(start time.Time, windows []Window) func(time.Time) Left {
	var loads []Window
	for _, w := range windows {
		if k, _ := kindOf(w.Fault.Kind); k.Family == "load" {
			loads = append(loads, w)
		}
	}
	if len(loads) == 0 {
		return nil
	}
	return func(now time.Time) Left { return LeftAt(loads, now.Sub(start)) }
}

// LeftAt is what the load faults among the windows of one provider leave of it at t
// since the start. Of several that are open at once each takes its part.
func LeftAt(windows []Window, t time.Duration) Left {
	left := Left{1, 1, 1, 1}
	for _, w := range windows {
		if w.open(t) {
			left.shrink(w.Fault.Params)
		}
	}
	return left
}

func (l *Left) shrink(p Params) {
	for name, part := range map[string]*float64{
		"requests": &l.Requests, "tokens": &l.Tokens, "concurrency": &l.Concurrency, "queue": &l.Queue,
	} {
		if share, ok := p[name].(float64); ok {
			*part *= share
		}
	}
}
