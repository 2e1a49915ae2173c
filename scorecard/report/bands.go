package report

import "strings"

// A band is a group of outcomes that a chart draws as one. There are too many
// outcomes for the eye; the tables have them all.
type band struct {
	name  string
	label string // what it means for a user
	// Fill is the colour where no style sheet is read; the HTML's own sheet has one
	// for light and one for dark by the class "b-" + name. Hatch is the pattern
	// drawn over it, so that no band is known by colour alone: "", "lines", "level",
	// "dots", "back", "grid".
	fill, hatch string
	ansi        string // SGR colour in a terminal
}

// bands is the table of bands, from the best that can happen to a user to the
// worst.
func bands() []band {
	return []band{
		{name: "good", label: "answered in full by the primary provider", fill: "#2f9e75", ansi: "32"},
		{name: "fallback", label: "answered in full by another provider or model", fill: "#4c7fe0", hatch: "lines", ansi: "34"},
		{name: "slow", label: "answered in full, but too late", fill: "#d9c04a", hatch: "level", ansi: "33"},
		{name: "degraded", label: "a lesser answer, declared as such", fill: "#e0913a", hatch: "dots", ansi: "33"},
		{name: "error", label: "an error", fill: "#d64545", hatch: "back", ansi: "31"},
		{name: "harm", label: "a bad answer passed off as good, or none ever", fill: "#8e3fa8", hatch: "grid", ansi: "35"},
		{name: "unknown", label: "not known, the drill's own failing", fill: "#9aa0a6", ansi: "90"},
	}
}

// bandOf gives the name of the band that an outcome is drawn in.
func bandOf(outcome string) string {
	base, slow := strings.CutPrefix(outcome, "slow_")
	switch base {
	case "good", "cached":
		if slow {
			return "slow"
		}
		return "good"
	case "fallback":
		if slow {
			return "slow"
		}
		return "fallback"
	case "degraded", "deferred", "unverified":
		return "degraded"
	case "error":
		return "error"
	case "foreign", "spliced", "truncated", "wrong", "stale", "lost", "hang":
		return "harm"
	}
	return "unknown"
}

// outcomes is every outcome there is, from the best to the worst: the order of
// the columns of a table.
func outcomes() []string {
	return []string{
		"good", "cached", "fallback", "slow_good", "slow_cached", "slow_fallback",
		"degraded", "slow_degraded", "deferred", "slow_deferred", "unverified", "slow_unverified",
		"error", "slow_error", "wrong", "slow_wrong", "truncated", "slow_truncated", "spliced", "slow_spliced",
		"stale", "slow_stale", "foreign", "slow_foreign", "lost", "slow_lost", "hang", "unknown",
	}
}
