package problems

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// violation is one entry of a code quality report.
type violation struct {
	Description string   `json:"description"`
	Check       string   `json:"check_name"`
	Fingerprint string   `json:"fingerprint"`
	Severity    string   `json:"severity"`
	Location    location `json:"location"`
}

type location struct {
	Path  string `json:"path"`
	Lines lines  `json:"lines"`
}

type lines struct {
	Begin int `json:"begin"`
}

// writeGitLab writes a code quality report. A fingerprint is made of what is wrong and
// not of the line, so that a problem that has moved is none that is new; those that
// are alike are told apart by their number.
func writeGitLab(w io.Writer, all []yamltree.Diagnostic) error {
	report := []violation{}
	alike := map[string]int{}
	for _, d := range all {
		what := fmt.Sprintf("%s\x00%s\x00%s", file(d), d.Code, d.Message)
		alike[what]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", what, alike[what]))
		severity := "major"
		if d.Severity == yamltree.Warning {
			severity = "minor"
		}
		report = append(report, violation{
			Description: says(d), Check: "brownout/" + d.Code, Fingerprint: hex.EncodeToString(sum[:16]), Severity: severity,
			Location: location{Path: file(d), Lines: lines{Begin: d.Line}},
		})
	}
	return indented(w, report)
}
