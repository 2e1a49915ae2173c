package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

func newExplain(term *terminal) *cobra.Command {
	var names []string
	for _, k := range faults.Kinds() {
		names = append(names, "fault."+k.Name)
	}
	return &cobra.Command{
		Use:   "explain fault.KIND",
		Short: "Explain a kind of fault: what it does, where it was seen, what to do about it",
		Long: `Explain a kind of fault: what goes on the wire, real incidents with it, what a
good client does, what the official SDKs do, and how a scenario writes it.

A bare word will do:  brownout explain stall
All kinds:            brownout list faults`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			name := strings.TrimPrefix(args[0], "fault.")
			kinds := faults.Kinds()
			i := slices.IndexFunc(kinds, func(k faults.Kind) bool { return k.Name == name })
			if i < 0 {
				return unexplained(args[0], names)
			}
			explainFault(term.out, kinds[i], term.style().Width)
			return nil
		},
	}
}

// unexplained is a word that is no kind of fault.
func unexplained(word string, known []string) error {
	e := &exit{code: exitUsage, err: fmt.Errorf("nothing to explain about %q", word), hint: "brownout list faults has all kinds"}
	if near := schema.Nearest("fault."+strings.TrimPrefix(word, "fault."), known); near != "" {
		e.hint = "did you mean " + near + "?"
	}
	return e
}

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
