package faults

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Draw is the luck of one attempt under one fault, in [0, 1), the same in every
// run: the fault takes the attempt when it is below the share. The attempt is
// the n-th request with its nonce, from 1; without a nonce it is the n-th request
// that the fault matches.
//
// Each fault draws on its own, so that no fault moves another's draws, and each
// attempt draws anew, so that a retry may be luckier.
func Draw(seed uint64, key, nonce string, attempt int) float64 {
	// Lengths and numbers of a fixed size keep any two inputs apart.
	b := make([]byte, 0, 128)
	b = binary.BigEndian.AppendUint64(b, seed)
	b = binary.BigEndian.AppendUint64(b, uint64(attempt))
	b = binary.BigEndian.AppendUint64(b, uint64(len(key)))
	b = append(b, key...)
	b = append(b, nonce...)
	sum := sha256.Sum256(b)
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}

// Draw is the window's [Draw]. A fault on two providers draws for each of them:
// who was unlucky at one is not bound to be so at the other. With [DrawShared]
// they are one.
func (w Window) Draw(seed uint64, nonce string, attempt int) float64 {
	return Draw(seed, w.drawKey(), nonce, attempt)
}

// takes says whether the n-th connection draws the fault at t.
func (w Window) takes(seed uint64, n int, t time.Duration) bool {
	share := w.ShareAt(t)
	return share > 0 && w.Draw(seed, "", n) < share
}

func (w Window) drawKey() string {
	if w.Fault.Draw == DrawShared {
		return w.Fault.Key
	}
	return w.Fault.Key + "\x00" + w.Provider
}

// luck is the draw of an attempt, n as [Draw] counts it. Whom a sticky fault holds
// together draws once, as its zeroth attempt.
func (w Window) luck(seed uint64, look Look, n int) float64 {
	if who := look.who(w.Fault.Sticky); who != "" {
		return Draw(seed, w.drawKey()+"\x00"+w.Fault.Sticky, who, 0)
	}
	return w.Draw(seed, look.Nonce, n)
}

// who is the key, session or user of a request; "" when it has none.
func (l Look) who(what string) string {
	switch what {
	case StickyKey:
		return l.Key
	case StickyUser:
		return l.User
	case StickySession:
		return cmp.Or(l.Session, l.Nonce)
	}
	return ""
}
