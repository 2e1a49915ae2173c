package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/library"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// keySubjects are the keys of the scenario language, by path.
func keySubjects() []subject {
	notes := map[string][]schema.Note{}
	var paths []string
	for _, n := range schema.Reference(scenarios.KeyTable()) {
		if !slices.Contains(paths, n.Path) {
			paths = append(paths, n.Path)
		}
		notes[n.Path] = append(notes[n.Path], n)
	}
	var all []subject
	for _, path := range paths {
		all = append(all, subject{"key." + path, func(w io.Writer, width int) { explainKey(w, notes[path], width) }})
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

// scenarioSubjects are the shipped scenarios.
func scenarioSubjects() []subject {
	var all []subject
	for _, e := range library.List() {
		all = append(all, subject{"scenario." + e.Name, func(w io.Writer, width int) {
			fmt.Fprintf(w, "scenario.%s (%s)\n%s.\n\n%s\n", e.Name, clock(e.Length), e.Title, filled(e.About, "", width))
			fmt.Fprintf(w, "\nMade from\n")
			for _, source := range e.Sources {
				fmt.Fprintln(w, filled(source, "  ", width))
			}
			fmt.Fprintf(w, "\nTo see it, and to run it\n  brownout plan %s\n  brownout run %s --with app.drill.yaml\n", e.Name, e.Name)
		}})
	}
	return all
}

// codeSubjects are the exit codes.
func codeSubjects() []subject {
	var all []subject
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
		all = append(all, subject{fmt.Sprintf("code.%d", c.code), func(w io.Writer, width int) {
			fmt.Fprintf(w, "code.%d\n%s\n", c.code, filled(c.doc, "", width))
		}})
	}
	return all
}
