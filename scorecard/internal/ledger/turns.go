package ledger

// Sessions: users who ask more than once, and what the app remembers of them.

// askedIn is a session and the nonce of a question that it asked, hashed.
type askedIn struct{ session, nonce uint64 }

// linkTurns tells each turn of a session which one came before it.
func (l *Ledger) linkTurns() {
	last := map[uint64]int32{}
	for i := range l.Visits {
		x := l.Extra(&l.Visits[i])
		if x.Session == 0 {
			continue
		}
		if k, ok := last[x.Session]; ok {
			x.Before = k
		}
		last[x.Session] = int32(i)
	}
}

// anothers says whether a reply has a nonce of another session's question.
// Without sessions every request is its own.
func (l *Ledger) anothers(v *Visit) bool {
	x := l.Extra(v)
	for _, nonce := range l.HashesOf(x.others) {
		if x.Session == 0 || !l.Turns[askedIn{x.Session, nonce}] {
			return true
		}
	}
	return false
}
