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
}

// Profiles are the notes of all profiles.
func Profiles() []ProfileNote {
	var all []ProfileNote
	for _, p := range profile.Profiles() {
		n := ProfileNote{
			Name: p.Name, Doc: p.Doc, Source: p.Source, Arrivals: p.Arrival, Day: p.Day,
			Prompts: percentilesOf(p.Lengths.In), Answers: percentilesOf(p.Lengths.Out),
		}
		if p.CV > 0 {
			n.Arrivals += fmt.Sprintf(", the distances with a coefficient of variation of %g", p.CV)
		}
		all = append(all, n)
	}
	return all
}

func percentilesOf(d length.Dist) string {
	if !d.Said() {
		return ""
	}
	return fmt.Sprintf("p50 %d, p95 %d, p99 %d, mean %.0f tokens", d.At(0.5), d.At(0.95), d.At(0.99), d.Mean())
}
