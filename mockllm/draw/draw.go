// Package draw gives everything random in a mock a source of its own, which follows
// from a seed and from names alone. So the same request has the same luck in every run,
// and what is drawn for one changes nothing for another.
//
//	by := draw.Answer{Seed: 7, Stream: "primary", Key: nonce}
//	ttft := by.Rand("timing").Float64()
package draw

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Answer is what the draws of an answer follow from: the seed, the stream, which is the
// provider's name, and the key, which is the request's nonce, or a number.
type Answer struct {
	Seed        uint64
	Stream, Key string
}

// Rand is the source of those of an answer's draws that are of one sort.
func (a Answer) Rand(sort string) *rand.Rand { return Rand(a.Seed, sort, a.Stream, a.Key) }

// Rand is the source of the draws that a seed and a name, of several parts, have. It is
// for one goroutine.
func Rand(seed uint64, name ...string) *rand.Rand {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, 64), seed)
	for _, n := range name {
		b = append(append(b, n...), 0)
	}
	sum := sha256.Sum256(b)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:])))
}
