package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
)

const module = "github.com/seed-76a9de92/brownout"

// arrows is the house: what each part may import of ours, itself and its own
// subfolders aside. The leaves import nothing of ours and not each other.
func arrows() map[string][]string {
	return map[string][]string{
		"mockllm":             {},
		"faults":              {},
		"scorecard":           {},
		"scenarios/traffic":   {},
		"scenarios/library":   {},
		"scenarios/yamltree":  {},
		"scenarios/internal":  {},
		"scenarios":           {"mockllm", "faults", "scorecard", "scenarios/traffic", "scenarios/library", "scenarios/yamltree"},
		"scenarios/preview":   {"scenarios", "scenarios/par", "scenarios/traffic", "faults", "scorecard"},
		"scenarios/problems":  {"scenarios/yamltree"},
		"scenarios/par":       {"scenarios", "scenarios/traffic", "mockllm", "faults", "scorecard"},
		"scenarios/drill":     {"scenarios", "scenarios/par", "scenarios/traffic", "mockllm", "faults", "scorecard"},
		"scenarios/drilltest": {"scenarios/drill", "scenarios", "scenarios/library", "scenarios/internal", "scorecard", "faults"},
		"examples":            {},
		"cmd/brownout":        {"scenarios/drill", "scenarios/preview", "scenarios/problems", "scenarios", "scenarios/library", "scorecard", "faults", "mockllm", "examples"},
	}
}

// guests are the packages of others that may stand in one part only.
func guests() map[string]string {
	return map[string]string{
		"github.com/spf13/cobra":                "cmd/brownout",
		"github.com/vbauerster/mpb":             "cmd/brownout",
		"github.com/Shopify/toxiproxy":          "faults",
		"github.com/rs/zerolog":                 "faults",
		"github.com/prometheus/client_golang":   "scenarios/drill",
		"github.com/theory/jsonpath":            "scenarios/traffic",
		"go.yaml.in/yaml":                       "scenarios",
		"golang.org/x/perf":                     "scorecard",
		"github.com/rogpeppe/go-internal":       "nowhere but tests",
		"github.com/santhosh-tekuri/jsonschema": "nowhere but tests",
	}
}

func TestImportsFollowTheArrows(t *testing.T) {
	rules := arrows()
	for _, line := range golist(t, "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`) {
		words := strings.Fields(line)
		from := part(rules, words[0])
		if from == "" {
			t.Errorf("%s stands in no part of the house", words[0])
			continue
		}
		for _, imp := range words[1:] {
			if to := part(rules, imp); to != "" && to != from && !slices.Contains(rules[from], to) {
				t.Errorf("%s imports %s: no arrow from %s to %s", words[0], imp, from, to)
			}
			for guest, home := range guests() {
				if strings.HasPrefix(imp, guest) && !strings.HasPrefix(from, home) {
					t.Errorf("%s imports %s, which belongs in %s alone", words[0], imp, home)
				}
			}
		}
	}
}

// part is the longest rule that a package of ours falls under.
func part(rules map[string][]string, path string) string {
	rest, ours := strings.CutPrefix(path, module+"/")
	if !ours {
		return ""
	}
	best := ""
	for name := range rules {
		if (rest == name || strings.HasPrefix(rest, name+"/")) && len(name) > len(best) {
			best = name
		}
	}
	return best
}

func golist(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append(append([]string{"list"}, args...), module+"/...")...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func TestTopLevelIsAsDrawn(t *testing.T) {
	allowed := []string{"go.mod", "go.sum", "cmd", "scenarios", "faults", "mockllm", "scorecard", "examples", "README.md", "LICENSE"}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || slices.Contains(allowed, name) || name == results.Dir {
			continue
		}
		t.Errorf("%s stands at the top level", name)
	}
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	for _, line := range golist(t, "-f", `{{.ImportPath}}	{{.Doc}}`) {
		path, doc, _ := strings.Cut(line, "\t")
		if doc == "" {
			t.Errorf("%s has no package comment", path)
		}
	}
}
