package subjects

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/faults"
)

// explainFault writes all that the table of faults says about a kind.
func explainFault(w io.Writer, k faults.Kind, width int) {
	fmt.Fprintf(w, "fault.%s (%s)\n%s\n", k.Name, k.Family, filled(k.Doc, "", width))
	for _, part := range [][2]string{
		{"On the wire", k.Wire}, {"Seen", k.Incidents}, {"A good client", k.Client}, {"The SDKs", k.SDKs},
	} {
		fmt.Fprintf(w, "\n%s\n%s\n", part[0], filled(part[1], "  ", width))
	}
	if len(k.Params) > 0 {
		fmt.Fprintf(w, "\nSettings\n")
		for _, p := range k.Params {
			if p.Refused != "" {
				fmt.Fprintf(w, "  not %s\n%s\n", p.Name, filled(p.Refused+".", "      ", width))
				continue
			}
			fmt.Fprintf(w, "  %s\n%s\n", setting(p), filled(p.Doc, "      ", width))
		}
	}
	fmt.Fprintf(w, "\nIn a scenario\n  - %s\n\nWhom it hits, and when\n", k.Example)
	for _, t := range faults.Targets() {
		if takes(k, t) {
			fmt.Fprintf(w, "  %s\n%s\n      - %s\n", t.Name, filled(t.Doc, "      ", width), t.Example)
		}
	}
}

// setting is a parameter with what it may be.
func setting(p faults.Param) string {
	forms := p.Allowed
	switch p.Type {
	case faults.Factor:
		forms = []string{"4", "{from: 1, to: 4}", "{ttft: 6, gap: 3}"}
	case faults.RetryAfter:
		forms = []string{"5s", "{date: 5s}", "{ms: 1500ms}", "{float: 1500ms}", "{escalate: [1s, 2s, 4s]}", "none"}
	}
	s := p.Name + ": " + string(p.Type)
	if len(forms) > 0 {
		s = p.Name + ": " + strings.Join(forms, " | ")
	}
	if p.Required {
		s += " (required)"
	}
	return s
}

// takes says whether a kind takes a targeting word.
func takes(k faults.Kind, t faults.Target) bool {
	switch t.Name {
	case "share", "ramp":
		return !k.WholeOnly
	case "at":
		return len(k.Places) > 0
	case "after", "until", "cycle":
		return true
	}
	return k.Wide() == ""
}
