// Package problems writes down what is wrong with scenarios: for people, for
// programs, and for those who show it beside the line of a change.
//
// Start at [Formats]:
//
//	plan, found := scenarios.Load("support.drill.yaml", scenarios.Options{})
//	for _, f := range problems.Formats() {
//		f.Write(os.Stdout, found)
//	}
package problems

import (
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// Format is one row of the table of formats.
type Format struct {
	Name  string
	Doc   string // what it is for, in a few words
	Write func(io.Writer, []yamltree.Diagnostic) error
}

// Formats is the table of formats.
func Formats() []Format {
	return []Format{
		{"text", "for people, with snippet and caret", yamltree.Print},
		{"json", "a list of problems", writeJSON},
		{"github", "workflow commands, which GitHub shows beside the line", writeGitHub},
		{"gitlab", "a code quality report, which GitLab shows in merge requests", writeGitLab},
	}
}

func writeJSON(w io.Writer, all []yamltree.Diagnostic) error {
	if all == nil {
		all = []yamltree.Diagnostic{}
	}
	return indented(w, all)
}

func indented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// file is a file's name as those that know the repository name it.
func file(d yamltree.Diagnostic) string { return filepath.ToSlash(filepath.Clean(d.File)) }

// says is what was found, what is allowed, and what to do about it, in one line.
func says(d yamltree.Diagnostic) string {
	text := d.Message
	if d.Hint != "" {
		text += " (" + d.Hint + ")"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}
