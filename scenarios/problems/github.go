package problems

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// writeGitHub writes a workflow command for each problem. GitHub reads them off what
// a step prints, and shows ten errors and ten warnings of each step.
func writeGitHub(to io.Writer, all []yamltree.Diagnostic) error {
	w := bufio.NewWriter(to)
	for _, d := range all {
		place := fmt.Sprintf("file=%s,line=%d", property(file(d)), d.Line)
		if d.End > 0 {
			place += fmt.Sprintf(",col=%d,endColumn=%d", d.Col, d.End)
		}
		fmt.Fprintf(w, "::%s %s,title=%s::%s\n", d.Severity, place, property("brownout: "+d.Code), escaped(says(d)))
	}
	return w.Flush()
}

// escaped keeps a text from ending a command, and from being one.
func escaped(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// property is a text as the value of a command's property.
func property(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escaped(text))
}
