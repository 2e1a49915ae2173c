package faults

import (
	"crypto/sha256"
	"encoding/binary"
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
// who was unlucky at one is not bound to be so at the other.
func (w Window) Draw(seed uint64, nonce string, attempt int) float64 {
	return Draw(seed, w.Fault.Key+"\x00"+w.Provider, nonce, attempt)
}
