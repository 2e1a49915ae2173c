package answer

import (
	"iter"
	"strings"
)

// The letters of a syllable, as in proquints: four bits of consonant, two of
// vowel. There is no e, the letter that ordinary words can least do without.
const (
	consonants = "bdfghjklmnprstvz"
	vowels     = "aiou"
)

// checkBits is how many of a word's last bits follow from the others.
const checkBits = 16

// class is a kind of word, told by its first consonant. Each has one length.
type class byte

const (
	tagClass   class = 'v' // 22 bits: which provider
	nonceClass class = 'z' // 34 bits: which request
	wordClass  class = 'j' // 22 bits: place, key
	sumClass   class = 'l' // 34 bits: key, count, seal
)

func (c class) syllables() int {
	switch c {
	case tagClass, wordClass:
		return 7
	case nonceClass, sumClass:
		return 9
	}
	return 0
}

// letters is the length of a word.
func (c class) letters() int { return 2 * c.syllables() }

// payloadBits is what a word can say besides its check: the first syllable's
// consonant is spent on the class.
func (c class) payloadBits() int { return 6*(c.syllables()-1) + 2 - checkBits }

// word is one word of ours.
type word struct {
	class   class
	payload uint64
}

// appendTo spells the word.
func (w word) appendTo(b []byte) []byte {
	bits := w.payload<<checkBits | w.check()
	at := 6 * (w.class.syllables() - 1)
	b = append(b, byte(w.class), vowels[bits>>at&3])
	for at > 0 {
		at -= 6
		b = append(b, consonants[bits>>(at+2)&15], vowels[bits>>at&3])
	}
	return b
}

func (w word) String() string { return string(w.appendTo(nil)) }

func (w word) check() uint64 {
	return mix(w.payload^uint64(w.class)<<56) & (1<<checkBits - 1)
}

// wordAt reads the word that begins where s begins. Capitals are read as small
// letters, for apps like to begin a sentence with one.
func wordAt(s string) (word, bool) {
	if s == "" {
		return word{}, false
	}
	c := class(s[0] | 0x20)
	n := c.letters()
	if n == 0 || len(s) < n {
		return word{}, false
	}
	var bits uint64
	for i := 1; i < n; i++ {
		set, width := consonants, 4
		if i%2 == 1 {
			set, width = vowels, 2
		}
		v := strings.IndexByte(set, s[i]|0x20)
		if v < 0 {
			return word{}, false
		}
		bits = bits<<width | uint64(v)
	}
	w := word{class: c, payload: bits >> checkBits}
	return w, bits&(1<<checkBits-1) == w.check()
}

// words are the words of ours in a text, in order. They are looked for at every
// letter and not only after a space: apps join replies without one, a reply that
// broke off mid-word runs into the next, and JSON text has its \n just before a
// word. At most 18 letters are looked at from each, so it takes linear time.
func words(text string) iter.Seq[word] {
	return func(yield func(word) bool) {
		for i := 0; i < len(text); {
			w, ok := wordAt(text[i:])
			if !ok {
				i++
				continue
			}
			if !yield(w) {
				return
			}
			i += w.class.letters()
		}
	}
}

// mix spreads every bit of x over all bits (the finaliser of splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
