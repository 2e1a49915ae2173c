package scorecard

import "strings"

// words writes a metric's name as words: "retry after compliance".
func words(metric string) string { return strings.ReplaceAll(metric, "_", " ") }

// users names who a share is of.
func users(journey string) string {
	if journey == "" {
		return "users"
	}
	return journey + " users"
}

func ofJourney(journey string) string {
	if journey == "" {
		return ""
	}
	return " of " + journey
}

// people counts users: "1 user", "12 users".
func people(n float64) string {
	if n == 1 {
		return "1 user"
	}
	return count(n) + " users"
}

// atMost says in words which way a bar goes.
func atMost(op string) string {
	if op == "min" {
		return "at least"
	}
	return "at most"
}

// plural is the s after a number that is not 1.
func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// because adds the clause that explains, which may be empty.
func because(how string) string {
	if how == "" {
		return ""
	}
	return ": " + how
}

// and joins two clauses, of which the second may be empty.
func and(first, second string) string {
	if second == "" {
		return first
	}
	return first + "; " + second
}
