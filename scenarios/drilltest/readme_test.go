package drilltest_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The README's first test is a real one. That it fails as the README says is for
// TestBadApps.
func TestReadme(t *testing.T) {
	readme := read(t, "README.md")
	for _, tt := range []struct{ begins, file string }{
		{"func TestSurvivesABrownout", "testdata/bad/readme_test.go"},
		{"phases:\n", "testdata/bad/brownout.drill.yaml"},
	} {
		if code := block(t, readme, tt.begins); !strings.Contains(read(t, tt.file), code) {
			t.Errorf("%s does not have what the README shows:\n%s", tt.file, code)
		}
	}
	if lines := strings.Count(block(t, readme, "func TestSurvivesABrownout"), "\n"); lines != 5 {
		t.Errorf("the test has %d lines, want 5", lines)
	}
}

// readmeSays are the lines that the README's first test prints, by the README.
func readmeSays(t *testing.T) []string {
	t.Helper()
	var says []string
	for line := range strings.Lines(block(t, read(t, "README.md"), "drilltest: the drill's verdict")) {
		says = append(says, strings.TrimSpace(line))
	}
	return says
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// block is the fenced block of a text that begins so.
func block(t *testing.T, text, begins string) string {
	t.Helper()
	m := regexp.MustCompile("(?s)```[a-z]*\n(" + regexp.QuoteMeta(begins) + ".*?)```").FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("the README has no block that begins with %q", begins)
	}
	return m[1]
}
