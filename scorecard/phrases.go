package scorecard

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

// atMost says in words which way a bar goes.
func atMost(op string) string {
	if op == "min" {
		return "at least"
	}
	return "at most"
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
