package scenarios

import (
	"fmt"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/profile"
)

// ProfileNote is what there is to say of a profile of traffic: what the key profile of
// a journey does.
type ProfileNote struct {
	Name     string
	Doc      string
	Source   string
	Arrivals string    // in words
	Day      []float64 // factors of the mean rate, over the whole drill; nil: it stays
	Prompts  string    // "p50 1020, p95 4083, p99 4142, mean 1139 tokens"; "": not said
	Answers  string
	// Together is how prompts and answers hang together: of each stretch of prompts,
	// shortest first, how long its answers are, or that they are drawn apart. Empty:
	// lengths are not said.
	Together []string
}

// Profiles are the notes of all profiles.
func Profiles() []ProfileNote {
	var all []ProfileNote
	for _, p := range profile.Profiles() {
		n := ProfileNote{
			Name: p.Name, Doc: p.Doc, Source: p.Source, Arrivals: p.Arrival, Day: p.Day,
			Prompts: percentilesOf(p.Lengths.In), Answers: percentilesOf(p.Lengths.Out),
		}
		if p.Lengths.Said() {
			n.Together = together(p)
		}
		if p.CV > 0 {
			n.Arrivals += fmt.Sprintf(", the distances with a coefficient of variation of %g", p.CV)
		}
		all = append(all, n)
	}
	return all
}

// together says how the lengths of a profile's prompts and answers hang together.
func together(p profile.Profile) []string {
	if len(p.Lengths.ByPrompt) == 0 {
		return []string{fmt.Sprintf("drawn apart from prompts: the trace's rank correlation is %.2f", p.Together)}
	}
	var all []string
	from := 0.0
	for _, s := range p.Lengths.ByPrompt {
		all = append(all, fmt.Sprintf("to prompts of %d to %d tokens: %s", p.Lengths.In.At(from), p.Lengths.In.At(s.To), percentilesOf(s.Out)))
		from = s.To
	}
	return append(all, fmt.Sprintf("over all, the rank correlation is %.2f, and says little of it", p.Together))
}

func percentilesOf(d length.Dist) string {
	if !d.Said() {
		return ""
	}
	return fmt.Sprintf("p50 %d, p95 %d, p99 %d, mean %.0f tokens", d.At(0.5), d.At(0.95), d.At(0.99), d.Mean())
}
