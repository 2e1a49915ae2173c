package mockllm

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxToken is the longest token in characters. Words of ours are all shorter.
const maxToken = 24

// tokens cuts a text into what counts as its tokens: words with the space before
// them, and whatever stands between words. Joined they are the text.
func tokens(text string) []string {
	out := make([]string, 0, strings.Count(text, " ")+1) // as many as words, of most texts
	for text != "" {
		n := token(text)
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

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
