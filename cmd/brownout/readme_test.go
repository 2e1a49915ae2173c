package main

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what README.md and the examples show anew")

// ciRuns are the README's commands that .ci/run runs instead of a test: the
// tests themselves, and drills of half a minute and more on the ports that the
// README names.
func ciRuns() []string {
	return []string{
		"go test ./...",
		"go run ./cmd/brownout demo",
		"go run ./cmd/brownout run examples/supportbot/short.drill.yaml --with examples/supportbot/app.drill.yaml",
	}
}

// Every command in a sh block of the README is run, here or by .ci/run.
func TestReadmeCommands(t *testing.T) {
	t.Chdir("../..")
	ci := read(t, ".ci/run")
	var left []string
	for _, command := range commands(read(t, "README.md")) {
		if slices.Contains(ciRuns(), command) {
			left = append(left, command)
			if !strings.Contains(ci, command) {
				t.Errorf(".ci/run does not run %q", command)
			}
			continue
		}
		args, ours := strings.CutPrefix(command, "go run ./cmd/brownout ")
		if !ours {
			t.Errorf("nobody runs %q", command)
			continue
		}
		var stdout, stderr strings.Builder
		if code := run(t.Context(), strings.Fields(args), &stdout, &stderr); code != exitOK {
			t.Errorf("%s: exit code %d\n%s", command, code, stderr.String())
		}
		if stdout.Len() == 0 {
			t.Errorf("%s: no output", command)
		}
	}
	for _, command := range ciRuns() {
		if !slices.Contains(left, command) {
			t.Errorf("the README does not name %q", command)
		}
	}
}

// commands are the lines of the README's sh blocks.
func commands(readme string) []string {
	var list []string
	for i, block := range strings.Split(readme, "```") {
		body, isShell := strings.CutPrefix(block, "sh\n")
		if i%2 == 0 || !isShell {
			continue
		}
		for line := range strings.Lines(body) {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, line)
			}
		}
	}
	return list
}

// The scenario that the README explains is the file that it names.
func TestReadmeScenario(t *testing.T) {
	t.Chdir("../..")
	const mark = "<!-- scenario examples/supportbot/short.drill.yaml -->\n\n"
	readme := read(t, "README.md")
	before, rest, found := strings.Cut(readme, mark)
	if !found {
		t.Fatal("the README shows no scenario")
	}
	block := "```yaml\n" + read(t, "examples/supportbot/short.drill.yaml") + "```\n"
	if *update {
		if old, after, ok := strings.Cut(rest, "```\n"); ok && strings.HasPrefix(old, "```yaml\n") {
			rest = after
		}
		if err := os.WriteFile("README.md", []byte(before+mark+block+rest), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !strings.HasPrefix(rest, block) {
		t.Error("the scenario in the README is not the file's; go test ./cmd/brownout -run Readme -update")
	}
}

// Links in the README lead somewhere.
func TestReadmeLinks(t *testing.T) {
	t.Chdir("../..")
	for _, part := range strings.Split(read(t, "README.md"), "](")[1:] {
		path, _, _ := strings.Cut(part, ")")
		if strings.Contains(path, "://") || strings.HasPrefix(path, "#") {
			continue
		}
		if _, err := os.Stat(filepath.FromSlash(path)); err != nil {
			t.Errorf("link to %s: %v", path, err)
		}
	}
}

// Whoever looks for an example finds each of them in the examples' README.
func TestEveryExampleIsNamed(t *testing.T) {
	t.Chdir("../../examples")
	readme := read(t, "README.md")
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !strings.Contains(readme, "]("+e.Name()+"/README.md)") {
			t.Errorf("%s stands nowhere in examples/README.md", e.Name())
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
