package app

import (
	"math"
	"strings"
	"unicode"
)

// nonsense tells word salad, a loop and words of another script from an answer.
func nonsense(text string) bool {
	words := strings.Fields(text)
	different := map[string]bool{}
	for _, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) && r > unicode.MaxLatin1 }) {
			return true
		}
		different[w] = true
	}
	// Few of many words are different ones where they come from a short list.
	return len(words) >= 20 && math.Log(float64(len(different))) < 0.92*math.Log(float64(len(words)))
}
