package main

import (
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// The jobs are YAML, and run what init wrote where
// it wrote it.
func TestJobsOfInit(t *testing.T) {
	for _, c := range ciSystems() {
		for dir, want := range map[string]string{".": "brownout run x.drill.yaml --with app.drill.yaml", "drills/": "brownout run drills/x.drill.yaml --with drills/app.drill.yaml"} {
			job := c.file(dir, "x.drill.yaml", "app.drill.yaml")
			var found yamltree.Problems
			root := yamltree.Read(job.name, []byte(job.text), &found)
			if all := found.Sorted(); len(all) > 0 || root.Kind != yamltree.Map {
				t.Errorf("%s: %v", c.name, all)
			}
			if !strings.Contains(job.text, want) {
				t.Errorf("%s in %s: no %q in\n%s", c.name, dir, want, job.text)
			}
		}
	}
}
