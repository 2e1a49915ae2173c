package scenarios_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/library"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// beyond is a mistake that only the decoder finds.
type beyond struct {
	code, why string
	files     string // "": the code is never a schema's to find; else only in these
}

// unsaid are all of those. A file that the editors' schema accepts may have no
// others.
func unsaid() []beyond {
	return []beyond{
		{"extends", "other files are not looked at", ""},
		{"impossible", "what one place means for another, and arithmetic", ""},
		{"no-target", "what an app file brings", ""},
		{"placeholder", "placeholders name what stands elsewhere", ""},
		{"same-address", "two places compared", ""},
		{"same-name", "two places compared", ""},
		{"trace", "what stands in another file", ""},
		{"unknown-journey", "a name that stands elsewhere", ""},
		{"unknown-phase", "a name that stands elsewhere", ""},
		{"unknown-provider", "a name that stands elsewhere", ""},
		{"unset-variable", "the environment", ""},
		{"variable", "text with several variables", ""},
		{"contradiction", "two items of a list, or an upstream or a service of tools with what only mocks of models have", "bar-twice fault-provider-twice tools upstream"},
		{"missing-key", "a command line can bring the command, and a dialect needs a model", "app-no-command app-ready-empty request-dialect-no-model"},
		{"name", "names with a form of their own", "model-name"},
		{"out-of-bounds", "sums, and the size of what is written with a unit", "drill-too-long duration-too-long fault-comes-too-often login-renew-often rate-too-high shape-too-many share-too-big too-many-requests"},
		{
			"wrong-value", "texts with a form of their own, and what variables hold",
			"answer-path app-port-place app-ready-url listen-no-port login-path-relative login-token-path matcher-regexp request-path-relative target-no-url upstream-url variable-wrong",
		},
	}
}

// beyondSchema finds the row of a mistake in a file, -1 for one that a schema
// finds.
func beyondSchema(file, code string) int {
	name := strings.TrimSuffix(path.Base(file), ".yaml")
	return slices.IndexFunc(unsaid(), func(b beyond) bool {
		return b.code == code && (b.files == "" || slices.Contains(strings.Fields(b.files), name))
	})
}

const schemaFile = "library/scenario.v1.schema.json"

// TestEditorSchema holds the file that editors read against the table.
func TestEditorSchema(t *testing.T) {
	made := schema.JSONSchema(scenarios.KeyTable())
	if *update {
		if err := os.WriteFile(schemaFile, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), string(made)); diff != "" {
		t.Errorf("the file is not what the table says; -update writes it (-file +table)\n%s", diff)
	}
}

func compiled(t *testing.T, table schema.Key) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.JSONSchema(table)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	if err := c.AddResource("scenario.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON is a YAML file as an editor's schema sees it, false when it is none.
func asJSON(text []byte) (any, bool) {
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		return nil, false
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, false
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	return doc, err == nil
}

// extended is a file with its parent merged in where it has one: then nothing may be missing any more.
func extended(file string, doc any) any {
	child, _ := doc.(map[string]any)
	parent, _ := child["extends"].(string)
	text, err := fs.ReadFile(os.DirFS("testdata"), path.Join(path.Dir(file), parent))
	base, ok := asJSON(text)
	grand := false
	if m, ok := base.(map[string]any); ok {
		_, grand = m["extends"]
	}
	if err != nil || !ok || grand {
		return doc
	}
	delete(child, "extends")
	return merged(base, doc)
}

// merged puts one value over another: maps merge, null removes, the rest replaces.
func merged(under, over any) any {
	a, isMap := under.(map[string]any)
	b, both := over.(map[string]any)
	if !isMap || !both {
		return over
	}
	for key, v := range b {
		if _, there := a[key]; v == nil && there {
			delete(a, key)
		} else {
			a[key] = merged(a[key], v)
		}
	}
	return a
}

// TestSchemaAcceptsWhatTheDecoderDoes validates every file that is right.
func TestSchemaAcceptsWhatTheDecoderDoes(t *testing.T) {
	s := compiled(t, scenarios.KeyTable())
	files := map[string][]byte{}
	for _, dir := range []string{"ok", "unwise"} {
		for _, file := range pairs(t, dir) {
			text, err := fs.ReadFile(os.DirFS("testdata"), file)
			if err != nil {
				t.Fatal(err)
			}
			files[file] = text
		}
	}
	for _, name := range library.Names() {
		files[name], _ = library.Read(name)
	}
	for file, text := range files {
		doc, ok := asJSON(text)
		if !ok {
			t.Errorf("%s is no YAML", file)
			continue
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestSchemaRefusesWhatTheDecoderDoes validates every file that is wrong: the
// schema refuses it, unless all that is wrong with it is beyond a schema.
func TestSchemaRefusesWhatTheDecoderDoes(t *testing.T) {
	s := compiled(t, scenarios.KeyTable())
	used := map[int]bool{}
	for _, file := range pairs(t, "bad") {
		text, err := fs.ReadFile(os.DirFS("testdata"), file)
		if err != nil {
			t.Fatal(err)
		}
		doc, ok := asJSON(text)
		if !ok || s.Validate(doc) != nil || s.Validate(extended(file, doc)) != nil {
			continue
		}
		_, problems := load(t, file)
		for _, p := range problems {
			if p.File != file {
				continue // the app file, or a parent
			}
			i := beyondSchema(file, p.Code)
			if i < 0 {
				t.Errorf("the schema accepts what is wrong [%s]: %s", p.Code, p)
			}
			used[i] = true
		}
	}
	for i, b := range unsaid() {
		if !used[i] {
			t.Errorf("no file shows that a schema cannot say %s", b.code)
		}
	}
}

// TestAppFileSchema validates app files: part of a scenario, and no more.
func TestAppFileSchema(t *testing.T) {
	s := compiled(t, scenarios.AppKeyTable())
	shipped, err := os.ReadFile("../examples/supportbot/app.drill.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for text, right := range map[string]bool{
		string(shipped): true,
		"providers: {primary: {dialect: openai}}": true,
		"extends: base.yaml\napp: null":           true,
		"providers: {primary: {dialekt: openai}}": false,
		"providers: {primary: {region: us-east}}": false,
		"name: a":                                   false,
		"phases: [{name: a, for: 30s}]\napp: {}":    false,
		"extends: base.yaml\nname: not in app file": false,
	} {
		doc, ok := asJSON([]byte(text))
		if !ok {
			t.Fatalf("no YAML: %s", text)
		}
		if err := s.Validate(doc); (err == nil) != right {
			t.Errorf("want accepted: %v, got %v for\n%s", right, err, text)
		}
	}
}
