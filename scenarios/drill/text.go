package drill

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// shorten cuts a text to at most n bytes, between characters, and makes what is
// left valid UTF-8.
func shorten(s string, n int) string {
	s = strings.ToValidUTF8(s, "�")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

func sortedKeys(m map[string]bool) []string {
	return slices.Sorted(maps.Keys(m))
}
