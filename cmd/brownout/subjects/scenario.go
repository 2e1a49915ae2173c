package subjects

import (
	"fmt"
	"io"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/library"
)

// scenarioSubjects are the shipped scenarios.
func scenarioSubjects() []Subject {
	var all []Subject
	for _, e := range library.List() {
		all = append(all, Subject{"scenario." + e.Name, func(w io.Writer, width int) {
			fmt.Fprintf(w, "scenario.%s (%s)\n%s.\n\n%s\n", e.Name, length(e.Length), e.Title, filled(e.About, "", width))
			fmt.Fprintf(w, "\nMade from\n")
			for _, source := range e.Sources {
				fmt.Fprintln(w, filled(source, "  ", width))
			}
			fmt.Fprintf(w, "\nTo see it, and to run it\n  brownout plan %s\n  brownout run %s --with app.drill.yaml\n", e.Name, e.Name)
		}})
	}
	return all
}

// length is a scenario's, in minutes and seconds.
func length(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
