package scenarios_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// TestPositionsOfParents extends each file that is wrong, twice over: what is wrong is
// said of the same place.
func TestPositionsOfParents(t *testing.T) {
	files := fstest.MapFS{
		"bad/child.yaml":      {Data: []byte("extends: parents/child.yaml\n")},
		"bad/grandchild.yaml": {Data: []byte("# a comment\n\nextends: ./child.yaml\n")},
	}
	testdata := os.DirFS("testdata")
	err := fs.WalkDir(testdata, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(testdata, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, file := range pairs(t, "bad") {
		opts := optionsOf(t, file)
		opts.FS = files
		_, want := scenarios.Load(file, opts)
		files["bad/child.yaml"] = &fstest.MapFile{Data: []byte("extends: " + strings.TrimPrefix(file, "bad/") + "\n")}
		_, got := scenarios.Load("bad/grandchild.yaml", opts)
		if strings.HasPrefix(want[0].Code, "extends") || atRoot(want) {
			continue // a chain of parents is two longer, what is missing is missing in the child
		}
		compared++
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, by itself and as a parent: %s", file, diff)
		}
	}
	if compared < 150 {
		t.Errorf("only %d were compared", compared)
	}
}

// atRoot says whether a problem is about the file as a whole.
func atRoot(all []scenarios.Diagnostic) bool {
	for _, d := range all {
		if d.Line == 1 && d.Col == 1 {
			return true
		}
	}
	return false
}

// TestPositionsElsewhere has mistakes in app files, in their parents, in what anchors
// hold, and between two files: each is said of the file and the place where it stands.
func TestPositionsElsewhere(t *testing.T) {
	app := "providers: {primary: {dialect: openai}}\ntraffic:\n  target: http://127.0.0.1:9000\n  journeys: {ask: {rate: 5/s, request: {path: /ask, text: \"{{prompt}}\"}}}\n"
	for _, test := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{
			"an app file",
			map[string]string{"x.yaml": drill, "app.yaml": strings.Replace(app, "5/s", "5", 1)},
			[]string{`app.yaml:4:26: rate is "5" without a unit; allowed: a rate, like 20/s or 600/min`},
		},
		{
			"an app file's parent",
			map[string]string{"x.yaml": drill, "app.yaml": "\nextends: base.yaml\n", "base.yaml": strings.Replace(app, "openai", "opnai", 1)},
			[]string{`base.yaml:1:32: dialect is "opnai"; did you mean "openai"?`},
		},
		{
			"a scenario that names what the app file has not",
			map[string]string{"x.yaml": strings.Replace(drill, "provider: primary", "provider: secondary", 1), "app.yaml": app},
			[]string{`x.yaml:9:49: no provider "secondary"; there is primary`},
		},
		{
			"an anchor that two aliases repeat",
			map[string]string{"x.yaml": strings.Replace(drill,
				"{primary: {dialect: openai}, secondary: {dialect: anthropic}}",
				"\n  primary: &one {dialect: openai, regoin: us}\n  secondary: *one\n  third: {<<: *one, dialect: gemini}", 1)},
			[]string{`x.yaml:4:35: unknown key "regoin"; did you mean "region"?`},
		},
		{
			"a child that changes one value of its parent",
			map[string]string{"x.yaml": "extends: base.yaml\ntraffic:\n  journeys:\n    chat: {rate: fast}\n", "base.yaml": drill},
			[]string{`x.yaml:4:18: rate is "fast"; allowed: a rate, like 20/s or 600/min`},
		},
	} {
		opts := scenarios.Options{}
		if test.files["app.yaml"] != "" {
			opts.AppFile = "app.yaml"
		}
		_, problems := loadFiles(opts, test.files)
		var got []string
		for _, p := range problems {
			got = append(got, p.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}
