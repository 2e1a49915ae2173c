// Package words says figures and counts as sentences have them: "4.2 s", "97.3 %",
// "1,204 users". It knows units and numbers, and nothing of drills; the same value
// reads the same in a card, in its charts and in a comparison.
//
//	words.Figure(0.35, "s") // "350 ms"
package words

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Of writes a metric's name as words: "retry after compliance".
func Of(metric string) string { return strings.ReplaceAll(metric, "_", " ") }

// People counts users: "1 user", "12 users".
func People(n float64) string {
	if n == 1 {
		return "1 user"
	}
	return Count(n) + " users"
}

// Plural is the s after a number that is not 1.
func Plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// OneOr is the word for one thing, or the one for any other number of them.
func OneOr(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// Tally writes counts by name, the largest first: "401: 30, 429: 12".
func Tally(n map[string]int) string {
	const kept = 5
	names := slices.SortedFunc(maps.Keys(n), func(a, b string) int {
		return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, name := range names[:min(len(names), kept)] {
		parts = append(parts, fmt.Sprintf("%s: %d", name, n[name]))
	}
	if len(names) > kept {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}
