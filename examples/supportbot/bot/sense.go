package bot

import (
	"math"
	"strings"
	"unicode"
)

// errNonsense is an answer of a model that has gone mad. It will not come to its
// senses in a moment: another one is asked.
var errNonsense = &failure{reason: "the answer is nonsense"}

// makesSense tells an answer from word salad, a loop, and words of another script
// than the shop's customers write in. It is a coarse check that costs nothing; what
// it misses is for a sample that people look at.
func makesSense(text string) bool {
	words := strings.Fields(strings.ToLower(text))
	different := map[string]bool{}
	for _, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }) {
			return false
		}
		different[w] = true
	}
	// Of n words of prose more than n^0.92 are different ones, and fewer of n words
	// that come from a short list. A few words tell nothing.
	const few, prose = 20, 0.92
	return len(words) < few || math.Log(float64(len(different))) > prose*math.Log(float64(len(words)))
}
