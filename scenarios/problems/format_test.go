package problems_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/problems"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

var update = flag.Bool("update", false, "write the files of testdata anew")

// found has one of each kind: with a place, on a file as a whole, unwise, the same
// twice, and one that would like to be a command.
func found() []yamltree.Diagnostic {
	phase := yamltree.Diagnostic{
		File: "./drills/a,b.drill.yaml", Line: 9, Col: 3, End: 8, Code: "missing-key", Severity: yamltree.Error,
		Message: "phase without for; a phase has a length", Snippet: "  - {name: x}",
	}
	again := phase
	again.Line = 12
	return []yamltree.Diagnostic{
		{
			File: "drills/x.drill.yaml", Line: 2, Col: 1, End: 5, Code: "unknown-key", Severity: yamltree.Error,
			Message: `unknown key "nmae"; did you mean "name"?`, Hint: "a scenario has name, title and about: 100% of it", Snippet: "nmae: typo",
		},
		phase, again,
		{File: "missing.yaml", Line: 1, Col: 1, Code: "unreadable", Severity: yamltree.Error, Message: "no such file"},
		{
			File: "drills/x.drill.yaml", Line: 11, Col: 5, End: 9, Code: "few-requests", Severity: yamltree.Warning,
			Message: "too few requests\r\n::error::gotcha", Snippet: "    max: 0.1%",
		},
	}
}

func written(t *testing.T, name string, all []yamltree.Diagnostic) string {
	t.Helper()
	for _, f := range problems.Formats() {
		if f.Name == name {
			var b bytes.Buffer
			if err := f.Write(&b, all); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
	}
	t.Fatalf("no format %s", name)
	return ""
}

// TestGoldens holds every format against its file.
func TestGoldens(t *testing.T) {
	for _, f := range problems.Formats() {
		got, path := written(t, f.Name, found()), "testdata/found."+f.Name
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got), -update accepts it\n%s", f.Name, diff)
		}
	}
}

// TestNothingFound: programs get an empty list, people and GitHub nothing.
func TestNothingFound(t *testing.T) {
	for name, want := range map[string]string{"text": "", "json": "[]\n", "github": "", "gitlab": "[]\n"} {
		if got := written(t, name, nil); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestOneCommandEach: what a file says cannot begin a command of its own.
func TestOneCommandEach(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(written(t, "github", found()), "\n"), "\n")
	if len(lines) != len(found()) {
		t.Errorf("%d lines for %d problems", len(lines), len(found()))
	}
}

// TestFingerprints are all different, and stay when a file grows above them.
func TestFingerprints(t *testing.T) {
	prints := func(all []yamltree.Diagnostic) (list []string) {
		var report []struct{ Fingerprint string }
		if err := json.Unmarshal([]byte(written(t, "gitlab", all)), &report); err != nil {
			t.Fatal(err)
		}
		for _, v := range report {
			list = append(list, v.Fingerprint)
		}
		return list
	}
	moved := found()
	seen := map[string]bool{}
	for i, p := range prints(found()) {
		moved[i].Line += 7
		if seen[p] {
			t.Errorf("two have %s", p)
		}
		seen[p] = true
	}
	if diff := cmp.Diff(prints(found()), prints(moved)); diff != "" {
		t.Error(diff)
	}
}
