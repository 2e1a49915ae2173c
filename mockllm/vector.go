package mockllm

import (
	"math"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
)

// vector is the embedding of a text: n numbers, of unit length, the same for the same
// model and text in every run.
func vector(model, text string, n int) []float32 {
	rng := draw.Rand(0, "embedding", model, text)
	long := make([]float64, n)
	sum := 0.0
	for i := range long {
		long[i] = rng.NormFloat64()
		sum += long[i] * long[i]
	}
	unit := make([]float32, n)
	for i, v := range long {
		unit[i] = float32(v / math.Sqrt(sum))
	}
	return unit
}
