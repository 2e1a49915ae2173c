package chart

import "strings"

// A Band is a group of outcomes that a chart draws as one. There are too many
// outcomes for the eye; the tables have them all.
type Band struct {
	Name  string
	Label string // what it means for a user
	// Fill is the colour where no style sheet is read; [CSS] has one for
	// light and one for dark by the class "b-" + Name. Hatch is the pattern
	// drawn over it, so that no band is known by colour alone: "", "lines", "level",
	// "dots", "rings", "back", "grid".
	Fill, Hatch string
}

// Bands is the table of bands, from the best that can happen to a user to the
// worst.
func Bands() []Band {
	return []Band{
		{Name: "good", Label: "answered in full by the primary provider", Fill: "#2f9e75"},
		{Name: "fallback", Label: "answered in full by another provider or model", Fill: "#4c7fe0", Hatch: "lines"},
		{Name: "slow", Label: "answered in full, but too late", Fill: "#d9c04a", Hatch: "level"},
		{Name: "degraded", Label: "a lesser or a later answer, declared as such", Fill: "#e0913a", Hatch: "dots"},
		{Name: "unverified", Label: "called a success, with nothing in it that is known as a model's", Fill: "#a1785a", Hatch: "rings"},
		{Name: "error", Label: "an error", Fill: "#d64545", Hatch: "back"},
		{Name: "harm", Label: "a bad answer passed off as good, or none ever", Fill: "#8e3fa8", Hatch: "grid"},
		{Name: "unknown", Label: "not known, the drill's own failing", Fill: "#9aa0a6"},
	}
}

// BandOf gives the name of the band that an outcome is drawn in.
func BandOf(outcome string) string {
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
	case "degraded", "deferred":
		return "degraded"
	case "unverified":
		return "unverified"
	case "error":
		return "error"
	case "foreign", "spliced", "truncated", "wrong", "stale", "lost", "hang":
		return "harm"
	}
	return "unknown"
}
