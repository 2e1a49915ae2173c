// Package plain makes texts from outside (what the app, a provider or a scenario
// said) fit to be shown, and knows how wide they are. Whatever shows such a text
// passes it through [Text] first and escapes it for its own syntax after.
package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// longest is how much of a text is shown, in runes.
const longest = 400

// Text makes one line of bounded length of s, in which nothing moves the cursor,
// turns the writing direction or hides. What it takes out stays visible as an
// escape.
func Text(s string) string {
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

// Texts is [Text] of each.
func Texts(texts []string) []string {
	var out []string
	for _, s := range texts {
		out = append(out, Text(s))
	}
	return out
}

// visible says whether a rune shows itself and nothing else: no control
// character, no mark of direction, nothing of width zero but accents.
func visible(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Zl, unicode.Zp)
}

// Width is how many columns of a terminal s takes.
func Width(s string) int {
	// A zero Condition asks no locale: the same text on every machine.
	return (&runewidth.Condition{}).StringWidth(s)
}

// Fit cuts s to so many columns, with a sign that there was more.
func Fit(s string, columns int) string {
	if Width(s) <= columns {
		return s
	}
	if columns <= 0 {
		return ""
	}
	return (&runewidth.Condition{}).Truncate(s, columns, "…")
}
