package drill

import (
	"maps"
	"regexp"
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

// ownPort is the near end of a connection in an error of package net: "read tcp
// 127.0.0.1:54321->127.0.0.1:8000: …".
var ownPort = regexp.MustCompile(`(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):\d+->`)

// anyPort leaves the near end out of an error's text: its port is whichever the
// system had at hand, tells a reader nothing, and would make two runs differ.
func anyPort(s string) string { return ownPort.ReplaceAllString(s, "") }

func sortedKeys(m map[string]bool) []string {
	return slices.Sorted(maps.Keys(m))
}
