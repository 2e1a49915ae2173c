package faults

// remembered is how many nonces the injector keeps apart. At 20 requests a
// second that is the last 54 minutes.
const remembered = 1 << 16

// attempts counts requests by nonce. When it is full, the nonce that was first
// seen longest ago is forgotten: should it come again, it counts from 1.
type attempts struct {
	seen  map[string]int
	order []string // a ring once it is full
	next  int      // in order, the oldest
}

// count tells which attempt this is, from 1.
func (a *attempts) count(nonce string) int {
	n := a.seen[nonce] + 1
	if n == 1 {
		a.remember(nonce)
	}
	a.seen[nonce] = n
	return n
}

func (a *attempts) remember(nonce string) {
	if len(a.order) < remembered {
		a.order = append(a.order, nonce)
		return
	}
	delete(a.seen, a.order[a.next])
	a.order[a.next] = nonce
	a.next = (a.next + 1) % remembered
}
