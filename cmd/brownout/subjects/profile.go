package subjects

import (
	"cmp"
	"fmt"
	"io"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// profileSubjects are the shapes of public traces.
func profileSubjects() []Subject {
	var all []Subject
	for _, p := range scenarios.Profiles() {
		all = append(all, Subject{"profile." + p.Name, func(w io.Writer, width int) { explainProfile(w, p, width) }})
	}
	return all
}

// explainProfile writes what a profile makes of a journey.
func explainProfile(w io.Writer, p scenarios.ProfileNote, width int) {
	fmt.Fprintf(w, "profile.%s\n%s\n\nSource\n%s\n", p.Name, filled(p.Doc, "", width), filled(p.Source, "  ", width))
	fmt.Fprintf(w, "\nArrivals\n%s\n", filled(p.Arrivals+".", "  ", width))
	if p.Day != nil {
		fmt.Fprintf(w, "\nRate, of its mean, in %d equal parts of the drill\n ", len(p.Day))
		for i, f := range p.Day {
			if i == len(p.Day)/2 {
				fmt.Fprint(w, "\n ")
			}
			fmt.Fprintf(w, " %.2f", f)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\nLengths\n  prompts  %s\n  answers  %s\n", cmp.Or(p.Prompts, "not said"), cmp.Or(p.Answers, "not said"))
	for _, line := range p.Together {
		fmt.Fprintf(w, "    %s\n", line)
	}
	fmt.Fprintf(w, "\nIn a scenario\n  traffic: {journeys: {chat: {rate: 20/s, profile: %s, …}}}\n", p.Name)
}
