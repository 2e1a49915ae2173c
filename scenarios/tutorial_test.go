package scenarios_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// TestTutorial builds the scenario of README.md step by step: it is right, and
// nothing about it is unwise, after each.
func TestTutorial(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tutorial, _ := strings.Cut(string(text), "## Step by step\n")
	tutorial, _, _ = strings.Cut(tutorial, "\n## ")
	blocks := strings.Split(tutorial, "```")
	if len(blocks) < 13 {
		t.Fatalf("the tutorial has %d blocks", len(blocks)/2)
	}
	file, last := map[string]string{}, ""
	for i := 1; i < len(blocks); i += 2 {
		maps.Copy(file, sections(strings.TrimPrefix(blocks[i], "yaml\n")))
		whole := ""
		for _, key := range slices.Sorted(maps.Keys(file)) {
			whole += file[key]
		}
		plan, problems := scenarios.Load("t.yaml", scenarios.Options{FS: fstest.MapFS{"t.yaml": {Data: []byte(whole)}}})
		switch {
		case plan == nil || len(problems) > 0:
			t.Errorf("step %d:\n%s", i/2+1, printed(t, problems))
		case string(plan.Resolved) == last:
			t.Errorf("step %d adds nothing", i/2+1)
		default:
			last = string(plan.Resolved)
		}
	}
}

// sections are a file's top-level keys, each with its lines.
func sections(text string) map[string]string {
	all, key := map[string]string{}, ""
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, " ") {
			key, _, _ = strings.Cut(line, ":")
		}
		all[key] += line
	}
	return all
}
