package mockllm

import (
	"math"
	"strings"
	"unicode"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
)

// embedding is a text as n numbers, of unit length, the same for the same model and
// text in every run. Texts that share words are near each other, so that an app's
// search finds something that fits. A short one is the beginning of the long one, made
// of unit length again, as with real models.
func embedding(model, text string, n int) []float32 {
	const longest, axes = 3072, 64
	v := make([]float64, n)
	// Each word turns the vector a little way along some of the axes, chosen by it.
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	step := math.Sqrt(longest / axes / float64(max(len(words), 1)))
	for _, word := range words {
		rng := draw.Rand(0, "word", model, word)
		for range axes {
			at, turn := rng.IntN(longest), rng.NormFloat64()
			if at < n {
				v[at] += step * turn
			}
		}
	}
	// What else there is to a text tells apart those of the same words.
	rng := draw.Rand(0, "text", model, text)
	sum := 0.0
	for i := range v {
		v[i] += rng.NormFloat64() / 4
		sum += v[i] * v[i]
	}
	unit := make([]float32, n)
	for i := range v {
		unit[i] = float32(v[i] / math.Sqrt(sum))
	}
	return unit
}
