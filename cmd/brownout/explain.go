package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/subjects"
	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

func newExplain(term *terminal) *cobra.Command {
	var names []string
	known := explained()
	for _, s := range known {
		names = append(names, s.Name)
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
			var found []subjects.Subject
			var meant []string
			for _, s := range known {
				if s.Called(args[0]) {
					found, meant = append(found, s), append(meant, s.Name)
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
					return explainWithSDK(term.out, found[0].Name, sdk)
				}
				found[0].Write(term.out, term.style().Width)
				return mentionSDKs(term.out, found[0].Name)
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

// explained is everything that can be explained: what the tables tell, and the exit codes.
func explained() []subjects.Subject {
	all := subjects.All()
	for _, c := range []struct {
		code int
		doc  string
	}{
		{exitOK, "The drill ran and met its bars; of other commands: all is well."},
		{exitTool, "The tool failed, or the app never became ready."},
		{exitUsage, "Wrong usage, or an invalid scenario. Nothing was started."},
		{exitStopped, "Stopped before its end, by a guard rail or by whoever led the drill; the card says which. Its verdict is aborted."},
		{exitInconclusive, "Inconclusive: the drill cannot say, and the card says why; of compare: the runs cannot be compared."},
		{exitMissed, "The drill ran and missed a bar; of demo: not the expected pair; of compare --fail-on regression: one is claimed."},
		{exitInterrupt, "Interrupted by SIGINT. A partial card is written, its verdict is aborted."},
		{exitTerminated, "Ended by SIGTERM. A partial card is written, its verdict is aborted."},
	} {
		all = append(all, subjects.Plain(fmt.Sprintf("code.%d", c.code), c.doc))
	}
	return all
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
	if kind := faults.Meant()[word]; kind != "" {
		near = "fault." + kind
	}
	if near != "" {
		e.hint = "did you mean " + near + "?"
	}
	return e
}
