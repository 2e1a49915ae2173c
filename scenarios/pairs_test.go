package scenarios_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/seed-76a9de92/brownout/scenarios"
)

var update = flag.Bool("update", false, "write the .out files of testdata anew")

// environment is what the pairs may use.
func environment(name string) (string, bool) {
	v, ok := map[string]string{
		"CHAT_RATE": "600/min", "API_TOKEN": "secret-token", "EMPTY": "", "PORT": "8000",
	}[name]
	return v, ok
}

// pairs are the cases of a folder: NAME.yaml with what comes of it in NAME.out,
// and NAME.app.yaml as its app file if there is one.
func pairs(t testing.TB, dir string) []string {
	t.Helper()
	files, err := fs.Glob(os.DirFS("testdata"), dir+"/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", dir, err)
	}
	var cases []string
	for _, f := range files {
		if !strings.HasSuffix(f, ".app.yaml") {
			cases = append(cases, f)
		}
	}
	return cases
}

// load loads a case.
func load(t testing.TB, file string) (*scenarios.Plan, []scenarios.Diagnostic) {
	t.Helper()
	return scenarios.Load(file, optionsOf(t, file))
}

// optionsOf are those of a case, as its first line says: "# options: any-ports,
// have-app".
func optionsOf(t testing.TB, file string) scenarios.Options {
	t.Helper()
	testdata := os.DirFS("testdata")
	text, err := fs.ReadFile(testdata, file)
	if err != nil {
		t.Fatal(err)
	}
	opts := scenarios.Options{FS: testdata, Lookup: environment}
	first, _, _ := strings.Cut(string(text), "\n")
	if words, ok := strings.CutPrefix(first, "# options: "); ok {
		opts.AnyPorts = strings.Contains(words, "any-ports")
		opts.HaveApp = strings.Contains(words, "have-app")
	}
	app := strings.TrimSuffix(file, ".yaml") + ".app.yaml"
	if _, err := fs.Stat(testdata, app); err == nil {
		opts.AppFile = app
	}
	return opts
}

// compare holds what came of a case against its .out file.
func compare(t *testing.T, file, got string) {
	t.Helper()
	out := path.Join("testdata", strings.TrimSuffix(file, ".yaml")+".out")
	if *update {
		if err := os.WriteFile(out, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got), -update accepts it\n%s", diff)
	}
}

func printed(t *testing.T, problems []scenarios.Diagnostic) string {
	t.Helper()
	var b bytes.Buffer
	if err := scenarios.Print(&b, problems); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOK(t *testing.T) {
	for _, file := range pairs(t, "ok") {
		t.Run(path.Base(file), func(t *testing.T) {
			plan, problems := load(t, file)
			if plan == nil || len(problems) > 0 {
				t.Fatalf("not without problems:\n%s", printed(t, problems))
			}
			compare(t, file, dump(t, plan))
		})
	}
}

// dump shows what is in a plan, without what is empty.
func dump(t *testing.T, plan *scenarios.Plan) string {
	t.Helper()
	shown := *plan
	shown.Resolved, shown.Secrets, shown.Replays = nil, nil, nil
	var n yaml.Node
	if err := n.Encode(shown); err != nil {
		t.Fatal(err)
	}
	prune(&n)
	text, err := yaml.Dump(&n, yaml.WithLineWidth(-1))
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "--- resolved\n" + string(plan.Resolved)
}

// prune drops the keys of empty values.
func prune(n *yaml.Node) {
	for i := 0; i < len(n.Content); {
		c := n.Content[i]
		prune(c)
		empty := c.Kind != yaml.ScalarNode && len(c.Content) == 0 || slices.Contains([]string{"", "0", "0s", "false", "null"}, c.Value) && c.Kind == yaml.ScalarNode
		if n.Kind == yaml.MappingNode && i%2 == 1 && empty {
			n.Content = slices.Delete(n.Content, i-1, i+1)
			i--
			continue
		}
		i++
	}
}

func TestBad(t *testing.T) {
	for _, file := range pairs(t, "bad") {
		t.Run(path.Base(file), func(t *testing.T) {
			plan, problems := load(t, file)
			if plan != nil || len(problems) == 0 {
				t.Fatal("accepted")
			}
			for _, d := range problems {
				checkDiagnostic(t, d)
				if d.Severity != scenarios.Error {
					t.Errorf("a warning beside errors: %s", d)
				}
			}
			compare(t, file, printed(t, problems))
		})
	}
}

func TestUnwise(t *testing.T) {
	for _, file := range pairs(t, "unwise") {
		t.Run(path.Base(file), func(t *testing.T) {
			plan, problems := load(t, file)
			if plan == nil || len(problems) == 0 {
				t.Fatalf("refused, or no warning:\n%s", printed(t, problems))
			}
			for _, d := range problems {
				checkDiagnostic(t, d)
			}
			compare(t, file, printed(t, problems))
		})
	}
}

// checkPlace checks what every problem has.
func checkPlace(t testing.TB, d scenarios.Diagnostic) {
	t.Helper()
	if d.File == "" || d.Line < 1 || d.Col < 1 || d.Code == "" || d.Message == "" || d.Severity == "" {
		t.Errorf("incomplete: %+v", d)
	}
	if d.End != 0 && d.End <= d.Col {
		t.Errorf("ends at %d before it begins at %d: %s", d.End, d.Col, d)
	}
}

// checkDiagnostic checks that a problem has its place, says what was found and
// what is allowed, and has no word of Go.
func checkDiagnostic(t testing.TB, d scenarios.Diagnostic) {
	t.Helper()
	checkPlace(t, d)
	for _, word := range []string{"map[", "interface", "float64", "uint64", "time.Duration", "strconv", "%!", "<nil>", "go-yaml"} {
		if strings.Contains(d.Message+d.Hint, word) {
			t.Errorf("%q in a message: %s", word, d)
		}
	}
	found, allowed, _ := strings.Cut(d.Message, "; ")
	if d.Severity == scenarios.Warning {
		return // says what is unwise, with the arithmetic
	}
	if found == "" || allowed == "" && !strings.Contains(d.Message, "as in") && d.Code != "not-yaml" {
		t.Errorf("says only what was found: %s", d)
	}
}
