// Package subjects is what the tables of the project know, as text for a terminal: each
// kind of fault, metric, finding, key of the scenario language, shipped scenario and
// traffic profile. A new row of a table is a subject by itself.
//
//	for _, s := range subjects.All() {
//		if s.Called("stall") {
//			s.Write(os.Stdout, 80)
//		}
//	}
package subjects

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scorecard/explain"
)

// A Subject is one thing that can be explained.
type Subject struct {
	Name  string                       // "fault.stall"
	Write func(w io.Writer, width int) // in lines of that many columns
}

// All is everything that the tables tell of, in their order: faults, metrics, findings,
// keys of the language, shipped scenarios, traffic profiles.
func All() []Subject {
	var all []Subject
	for _, k := range faults.Kinds() {
		all = append(all, Subject{"fault." + k.Name, func(w io.Writer, width int) { explainFault(w, k, width) }})
	}
	metrics, findings := explain.Notes()
	for _, m := range metrics {
		all = append(all, Subject{"metric." + m.Name, func(w io.Writer, width int) { explainMetric(w, m, width) }})
	}
	for _, f := range findings {
		all = append(all, Subject{"finding." + f.Code, func(w io.Writer, width int) { explainFinding(w, f, width) }})
	}
	return slices.Concat(all, keySubjects(), scenarioSubjects(), profileSubjects())
}

// Plain is a subject of which there is no more to say than a text.
func Plain(name, text string) Subject {
	return Subject{name, func(w io.Writer, width int) {
		fmt.Fprintf(w, "%s\n%s\n", name, filled(text, "", width))
	}}
}

// Called says whether a word names the subject: in full, or from any of its dots on.
func (s Subject) Called(word string) bool {
	return s.Name == word || strings.HasSuffix(s.Name, "."+word)
}

// filled breaks a text into lines.
func filled(text, indent string, width int) string {
	var lines []string
	line := indent
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width && line != indent {
			lines, line = append(lines, line), indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}
