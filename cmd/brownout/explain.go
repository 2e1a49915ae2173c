package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scorecard/explain"
)

// A subject is one thing that can be explained: "fault.stall".
type subject struct {
	name  string
	write func(w io.Writer, width int)
}

// subjects is everything that can be explained, from the tables that make it so.
func subjects() []subject {
	var all []subject
	for _, k := range faults.Kinds() {
		all = append(all, subject{"fault." + k.Name, func(w io.Writer, width int) { explainFault(w, k, width) }})
	}
	metrics, findings := explain.Notes()
	for _, m := range metrics {
		all = append(all, subject{"metric." + m.Name, func(w io.Writer, width int) { explainMetric(w, m, width) }})
	}
	for _, f := range findings {
		all = append(all, subject{"finding." + f.Code, func(w io.Writer, width int) { explainFinding(w, f, width) }})
	}
	return slices.Concat(all, keySubjects(), scenarioSubjects(), profileSubjects(), codeSubjects())
}

// called says whether a word names a subject: in full, or from any of its dots on.
func (s subject) called(word string) bool {
	return s.name == word || strings.HasSuffix(s.name, "."+word)
}

func newExplain(term *terminal) *cobra.Command {
	var names []string
	for _, s := range subjects() {
		names = append(names, s.name)
	}
	var sdk string
	cmd := &cobra.Command{
		Use:   "explain fault.KIND|metric.NAME|finding.CODE|key.PATH|scenario.NAME|profile.NAME|code.N",
		Short: "Explain a fault, a metric, a finding, a key, a scenario, a traffic profile or an exit code",
		Long: `Explain a kind of fault: what goes on the wire, real incidents with it, what a
good client does, what the official SDKs do, and how a scenario writes it.
Explain a metric: how it is computed, from what, when it is not measured, how it
is scored, and what to do when it is bad. Explain a finding: what it is told by,
and what to change. Explain a key of the scenario language, a shipped scenario, the
shape of a public trace (profile) or an exit code.

A bare word will do while it is unique:  brownout explain stall
Of a key, its end will:                  brownout explain faults.share
The lines to change, with an SDK:        brownout explain hangs --sdk openai-go
All kinds, all metrics:                  brownout list faults, brownout list metrics`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			var found []subject
			var meant []string
			for _, s := range subjects() {
				if s.called(args[0]) {
					found, meant = append(found, s), append(meant, s.name)
				}
			}
			if sdk != "" {
				found, meant = onlyFindings(found, meant)
			}
			switch len(found) {
			case 0:
				return unexplained(args[0], names)
			case 1:
				if sdk != "" {
					return explainWithSDK(term.out, found[0].name, sdk)
				}
				found[0].write(term.out, term.style().Width)
				return mentionSDKs(term.out, found[0].name)
			}
			return &exit{
				code: exitUsage, err: fmt.Errorf("%q is more than one thing", args[0]),
				hint: "say " + someOf(meant),
			}
		},
	}
	cmd.Flags().StringVar(&sdk, "sdk", "", "show the lines to change for a finding in a program on the SDK `NAME` (openai-go, …)")
	return cmd
}

// someOf names what is meant, or the first of many.
func someOf(names []string) string {
	const most = 6
	if len(names) > most {
		return strings.Join(names[:most], " or ") + ", …"
	}
	return strings.Join(names, " or ")
}

// unexplained is a word that is the name of nothing.
func unexplained(word string, known []string) error {
	e := &exit{
		code: exitUsage, err: fmt.Errorf("nothing to explain about %q", word),
		hint: "brownout list faults has all kinds, brownout list metrics all metrics, scenarios/README.md all keys",
	}
	near := schema.Nearest(word, known)
	for _, name := range known {
		parts := strings.Split(name, ".")
		if near == "" && schema.Nearest(word, parts[len(parts)-1:]) != "" {
			near = name
		}
	}
	if near != "" {
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
