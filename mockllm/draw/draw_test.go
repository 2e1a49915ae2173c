package draw_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
)

// Whoever has another seed, or another part of the name, draws something else; the parts
// do not run together. What is drawn is in every recording and golden: it stays.
func TestRand(t *testing.T) {
	const want = uint64(14915484915371990284)
	if got := draw.Rand(7, "timing", "primary", "k").Uint64(); got != want {
		t.Errorf("drew %d, want %d as ever", got, want)
	}
	if got := (draw.Answer{Seed: 7, Stream: "primary", Key: "k"}).Rand("timing").Uint64(); got != want {
		t.Errorf("for the answer drew %d, want %d", got, want)
	}
	for what, got := range map[string]uint64{
		"seed":   draw.Rand(8, "timing", "primary", "k").Uint64(),
		"sort":   draw.Rand(7, "tail", "primary", "k").Uint64(),
		"joined": draw.Rand(7, "timing", "primaryk", "").Uint64(),
		"fewer":  draw.Rand(7, "timing", "primary").Uint64(),
	} {
		if got == want {
			t.Errorf("%s: the same is drawn", what)
		}
	}
}
