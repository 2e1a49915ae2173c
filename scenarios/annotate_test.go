package scenarios_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/library"
)

// TestAnnotate has a scenario of a parent, a child and an app file: each line says
// where it is from, and what is not said is there too.
func TestAnnotate(t *testing.T) {
	files := fstest.MapFS{
		"base.yaml": {Data: []byte(strings.Replace(drill, "name: drill\n", "name: drill\nabout: |\n  Two\n  lines.\nsources: [\"one\\ntwo\"]\n", 1))},
		"x.yaml":    {Data: []byte("extends: base.yaml\n# a comment\nname: child\nproviders: {secondary: {region: us-east}}\n")},
		"app.yaml":  {Data: []byte("traffic:\n  target: http://127.0.0.1:9000\n  journeys:\n    ask:\n      rate: 30/s\n      request: {path: /ask, text: \"{{prompt}} ${API_TOKEN}\"}\n")},
	}
	text, err := scenarios.Annotate("x.yaml", scenarios.Options{FS: files, AppFile: "app.yaml", Lookup: environment})
	if err != nil {
		t.Fatal(err)
	}
	const want = "testdata/annotated.yaml"
	if *update {
		if err := os.WriteFile(want, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), string(text)); diff != "" {
		t.Errorf("(-want +got), -update accepts it\n%s", diff)
	}
}

// TestAnnotatedPlaysAgain loads what is written of every scenario there is: it is the
// same drill.
func TestAnnotatedPlaysAgain(t *testing.T) {
	again := func(name string, opts scenarios.Options) {
		plan, _ := scenarios.Load(name, opts)
		text, err := scenarios.Annotate(name, opts)
		if err != nil {
			t.Fatal(err)
		}
		opts.FS, opts.AppFile = nil, ""
		dir := t.TempDir()
		for _, r := range plan.Replays {
			if err := os.WriteFile(filepath.Join(dir, r.Name), r.Text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(dir, "again.yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, problems := scenarios.Load(path, opts); got == nil || got.Hash != plan.Hash {
			t.Errorf("%s is another drill: %v\n%s", name, problems, text)
		}
	}
	for _, name := range library.Names() {
		again(name, scenarios.Options{HaveApp: true})
	}
	for _, file := range append(pairs(t, "ok"), pairs(t, "unwise")...) {
		again(file, optionsOf(t, file))
	}
	if text, err := scenarios.Annotate("testdata/bad/empty.yaml", scenarios.Options{}); text != nil || err != nil {
		t.Errorf("of a scenario that is none: %q, %v", text, err)
	}
}
