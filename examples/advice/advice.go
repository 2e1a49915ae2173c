// Package advice has, for the findings of a card and the official SDKs, the change
// that makes the finding go: a few lines of a program as they are before and after
// it, and what the card found when both were drilled. It owns the programs (folders
// go, python and node), the drills that they are put through, and the record of what
// these showed (folder proofs), from which [All] and the README are made.
package advice

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// A Proof is a change that was drilled.
type Proof struct {
	Finding string `json:"finding"`
	SDK     string `json:"sdk"`     // "openai-go"
	Version string `json:"version"` // of the SDK
	Date    string `json:"date"`    // of the drills, 2026-11-22
	Program string `json:"program"` // its file, from the root of the repository
	Before  Side   `json:"before"`
	After   Side   `json:"after"`
}

// A Side is a program in one of its two states.
type Side struct {
	Code     string   `json:"code"`     // the lines that change
	Findings []string `json:"findings"` // codes, as on the card
}

// Holds says why a change proves nothing: nil when the finding was there before it
// and is not after it, and no other has come.
func (p Proof) Holds() error {
	if !slices.Contains(p.Before.Findings, p.Finding) {
		return fmt.Errorf("%s with %s: not found before the change, but %q", p.Finding, p.SDK, p.Before.Findings)
	}
	if slices.Contains(p.After.Findings, p.Finding) {
		return fmt.Errorf("%s with %s: still found after the change", p.Finding, p.SDK)
	}
	for _, code := range p.After.Findings {
		if !slices.Contains(p.Before.Findings, code) {
			return fmt.Errorf("%s with %s: the change brought %s", p.Finding, p.SDK, code)
		}
	}
	return nil
}

//go:embed proofs
var proofs embed.FS

// All gives every change, by finding and then by SDK.
func All() ([]Proof, error) {
	files, err := fs.Glob(proofs, "proofs/*.json")
	if err != nil {
		return nil, err
	}
	var all []Proof
	for _, name := range files {
		b, err := proofs.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var some []Proof
		if err := json.Unmarshal(b, &some); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Proof) int {
		return cmp.Or(cmp.Compare(a.Finding, b.Finding), cmp.Compare(a.SDK, b.SDK))
	})
	return all, nil
}

// Snippet gives the lines of a program that are marked so, without their common
// indentation; with "# " for "// " in Python:
//
//	// [hangs after]
//	…
//	// [end]
func Snippet(program, finding, side string) (string, error) {
	var lines []string
	inside := false
	for line := range strings.Lines(program) {
		mark := strings.TrimLeft(strings.TrimSpace(line), "/# ")
		switch {
		case mark == "["+finding+" "+side+"]":
			inside = true
		case inside && mark == "[end]":
			return dedent(lines), nil
		case inside:
			lines = append(lines, line)
		}
	}
	return "", fmt.Errorf("the program has no lines marked [%s %s] … [end]", finding, side)
}

// dedent takes from lines the blanks that the first of them begins with.
func dedent(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	indent := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " \t"))]
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimPrefix(line, indent))
	}
	return b.String()
}
