package mockllm

import (
	"unicode"
	"unicode/utf8"
)

// maxToken is the longest token in characters. Words of ours are all shorter.
const maxToken = 24

// token is the length of a text's first token in bytes.
func token(text string) int {
	first, size := utf8.DecodeRuneInString(text)
	at, inWord := size, letter(first)
	if first == ' ' {
		next, size := utf8.DecodeRuneInString(text[at:])
		if letter(next) {
			at, inWord = at+size, true
		}
	}
	for count := 1; at < len(text) && count < maxToken; count++ {
		if c := text[at]; inWord && 'a' <= c && c <= 'z' { // most are
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case letter(r) != inWord:
			return at
		case r == ' ':
			if next, _ := utf8.DecodeRuneInString(text[at+size:]); letter(next) {
				return at // it is the next word's
			}
		}
		at += size
	}
	return at
}

func letter(r rune) bool {
	if r == ' ' {
		return false
	}
	return 'a' <= r && r <= 'z' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
