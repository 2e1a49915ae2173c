package subjects

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// keySubjects are the keys of the scenario language, by path.
func keySubjects() []Subject {
	notes := map[string][]schema.Note{}
	var paths []string
	for _, n := range schema.Reference(scenarios.KeyTable()) {
		if !slices.Contains(paths, n.Path) {
			paths = append(paths, n.Path)
		}
		notes[n.Path] = append(notes[n.Path], n)
	}
	var all []Subject
	for _, path := range paths {
		all = append(all, Subject{"key." + path, func(w io.Writer, width int) { explainKey(w, notes[path], width) }})
	}
	return all
}

// explainKey writes all that the table of the language says about a key.
func explainKey(w io.Writer, notes []schema.Note, width int) {
	fmt.Fprintf(w, "key.%s\n", notes[0].Path)
	for _, n := range notes {
		if len(notes) > 1 {
			fmt.Fprintf(w, "\n%s\n", filled(n.Beside()+":", "", width))
		}
		fmt.Fprintf(w, "%s\n\nWritten\n%s\n", filled(n.Doc, "", width), filled(n.Allows, "  ", width))
		name := n.Path[strings.LastIndex(n.Path, ".")+1:]
		switch {
		case n.Required:
			fmt.Fprintf(w, "\nRequired\n  %s: %s\n", name, n.Example)
		case n.Example != "":
			fmt.Fprintf(w, "\nFor example\n  %s: %s\n", name, n.Example)
		}
		if n.Default != "" {
			fmt.Fprintf(w, "\nWithout it\n  %s: %s\n", name, n.Default)
		}
		if len(notes) == 1 && n.By != "" {
			fmt.Fprintf(w, "\nHolds\n%s\n", filled(n.Beside(), "  ", width))
		}
	}
}
