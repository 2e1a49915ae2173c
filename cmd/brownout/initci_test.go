package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// The jobs are YAML, and run what init wrote where it wrote it.
func TestJobsOfInit(t *testing.T) {
	wants := map[string]string{
		"github": "with: {scenario: drills/x.drill.yaml, with: drills/app.drill.yaml}",
		"gitlab": "brownout run drills/x.drill.yaml --with drills/app.drill.yaml",
	}
	for _, c := range ciSystems() {
		for dir, at := range map[string]string{".": "", "drills/": "drills/"} {
			job := c.file(dir, "x.drill.yaml", "app.drill.yaml")
			var found yamltree.Problems
			root := yamltree.Read(job.name, []byte(job.text), &found)
			if all := found.Sorted(); len(all) > 0 || root.Kind != yamltree.Map {
				t.Errorf("%s: %v", c.name, all)
			}
			if want := strings.ReplaceAll(wants[c.name], "drills/", at); !strings.Contains(job.text, want) {
				t.Errorf("%s in %s: no %q in\n%s", c.name, dir, want, job.text)
			}
		}
	}
}

// The examples of pipelines are what init writes.
func TestExamplesAreInitsJobs(t *testing.T) {
	for name, path := range map[string]string{"github": "ci-github/brownout.yml", "gitlab": "ci-gitlab/.gitlab-ci.yml"} {
		path = filepath.Join("../../examples", path)
		for _, c := range ciSystems() {
			if c.name != name {
				continue
			}
			want := c.job("smoke", "app.drill.yaml")
			if *update {
				if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("%s (-update writes it anew; -want +got):\n%s", path, diff)
			}
		}
	}
}
