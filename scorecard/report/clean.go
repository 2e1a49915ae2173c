package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how much of a text from outside a report shows, in runes.
const longest = 400

// clean makes a text from outside (what the app, a provider or a scenario said)
// fit to be shown: one line of bounded length, in which nothing moves the
// cursor, turns the writing direction or hides. What it takes out stays visible
// as an escape. Every format still escapes for its own syntax.
func clean(s string) string {
	// Cut before looking: 10 MB of answer are not worth a walk. No rune is longer
	// than four bytes, so this keeps at least as many as are shown.
	cut := len(s) > longest*utf8.UTFMax
	if cut {
		s = s[:longest*utf8.UTFMax]
	}
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > longest {
			cut = true
			break
		}
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r == utf8.RuneError || visible(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	if cut {
		b.WriteString("…")
	}
	return b.String()
}

// visible says whether a rune shows itself and nothing else: no control
// character, no mark of direction, nothing of width zero but accents.
func visible(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Zl, unicode.Zp)
}

// glue is the space that no line is broken at.
const glue = "\u00a0"

// glued keeps figures and their units on one line.
func glued(s string) string {
	return regexp.MustCompile(`([0-9]) (%|×|m?s\b|min\b)`).ReplaceAllString(s, "${1}"+glue+"${2}")
}
