package scenarios_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// drill is a scenario without problems.
const drill = `version: 1
name: drill
providers: {primary: {dialect: openai}, secondary: {dialect: anthropic}}
traffic:
  target: http://127.0.0.1:8000
  journeys: {chat: {rate: 20/s, request: {path: /chat, text: "{{prompt}}"}}}
phases:
  - {name: baseline, for: 30s}
  - {name: surge, for: 30s, faults: [{provider: primary, kind: rate_limit, share: 90%}]}
  - {name: recovery, for: 30s}
`

// loadFiles loads x.yaml of some files.
func loadFiles(opts scenarios.Options, texts map[string]string) (*scenarios.Plan, []scenarios.Diagnostic) {
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	opts.FS = files
	if opts.Lookup == nil {
		opts.Lookup = environment
	}
	return scenarios.Load("x.yaml", opts)
}

// mustLoad loads a text that must be without errors.
func mustLoad(t testing.TB, opts scenarios.Options, text string) *scenarios.Plan {
	t.Helper()
	plan, problems := loadFiles(opts, map[string]string{"x.yaml": text})
	if plan == nil {
		t.Fatalf("refused: %v\n%s", problems, text)
	}
	return plan
}

// TestFilesThatAreNone looks at what is refused unread, on a real file system.
func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("big.yaml", strings.Repeat("# comment\n", 200_000))
	write("binary.yaml", "\x7fELF\x00\x00")
	write("old-mac.yaml", "version: 1\rname: drill\r")
	write("latin1.yaml", "name: caf\xe9\n")
	for _, test := range []struct{ name, want string }{
		{"", ": a directory; allowed: a file"},
		{"big.yaml", ": 2000000 bytes; a scenario has at most 1 MiB"},
		{"binary.yaml", ":1:1: a control character, U+007F; a scenario is plain text"},
		{"old-mac.yaml", ":1:11: a carriage return within a line; a scenario is plain text"},
		{"latin1.yaml", ":1:10: not UTF-8; a scenario is plain text"},
		{"nobody.yaml", ": no such file"},
	} {
		path := filepath.Join(dir, test.name)
		plan, problems := scenarios.Load(path, scenarios.Options{})
		if plan != nil || len(problems) != 1 || problems[0].String() != path+test.want {
			t.Errorf("got %v\nwant %s", problems, path+test.want)
		}
	}
	if plan, problems := scenarios.Load(os.DevNull, scenarios.Options{}); plan != nil || !strings.Contains(problems[0].Message, "not a regular file") {
		t.Errorf("%v", problems)
	}
}

func TestShippedByName(t *testing.T) {
	_, problems := scenarios.Load("ai-brownot", scenarios.Options{})
	if len(problems) != 1 || problems[0].Hint != `did you mean the shipped scenario "ai-brownout"?` {
		t.Errorf("a mistyped name: %+v", problems)
	}
	_, problems = scenarios.Load("ai-brownout", scenarios.Options{})
	if len(problems) != 1 || problems[0].Code != "no-app" || !strings.Contains(problems[0].Hint, "--with") {
		t.Errorf("a shipped scenario without an app: %+v", problems)
	}
	if plan, problems := scenarios.Load("ai-brownout", scenarios.Options{Target: "http://127.0.0.1:8000"}); plan == nil || plan.Target != "http://127.0.0.1:8000" {
		t.Errorf("with a target: %+v", problems)
	}
}

// TestExtendsOnDisk has parents that are named from where their child is.
func TestExtendsOnDisk(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"base.yaml":      drill,
		"sub/child.yaml": "extends: ../base.yaml\nname: child\n",
		"absolute.yaml":  "extends: " + filepath.Join(dir, "sub", "child.yaml") + "\nseed: 9\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, problems := scenarios.Load(filepath.Join(dir, "absolute.yaml"), scenarios.Options{})
	if plan == nil {
		t.Fatal(problems)
	}
	if plan.Name != "child" || plan.Seed != 9 || len(plan.Phases) != 3 {
		t.Errorf("name %s, seed %d, %d phases", plan.Name, plan.Seed, len(plan.Phases))
	}
}

func TestExtendsMerges(t *testing.T) {
	plan, problems := loadFiles(scenarios.Options{}, map[string]string{
		"base.yaml": drill,
		"mid.yaml":  "extends: base.yaml\nproviders: {secondary: null, third: {dialect: openai}}\nabout: a\ntitle: t\n",
		"x.yaml":    "extends: ./mid.yaml\nabout: null\ntraffic: {journeys: {chat: {rate: 5/s}}}\n",
	})
	if plan == nil {
		t.Fatal(problems)
	}
	var names []string
	for _, p := range plan.Providers {
		names = append(names, p.Name)
	}
	if diff := cmp.Diff([]string{"primary", "third"}, names); diff != "" {
		t.Error(diff)
	}
	if plan.About != "" || plan.Title != "t" || plan.Journeys[0].Rate != 5 || plan.Journeys[0].Request.Text == "" {
		t.Errorf("about %q, title %q, journey %+v", plan.About, plan.Title, plan.Journeys[0])
	}
}

// TestExtendsShipped gives a shipped scenario an app of one's own.
func TestExtendsShipped(t *testing.T) {
	plan := mustLoad(t, scenarios.Options{}, "extends: builtin:ai-brownout\nname: mine\ntraffic: {target: \"http://127.0.0.1:8000\"}\n")
	if plan.Name != "mine" || plan.Target == "" || len(plan.Phases) < 5 || strings.Contains(string(plan.Resolved), "extends") {
		t.Errorf("%s with %d phases:\n%s", plan.Name, len(plan.Phases), plan.Resolved)
	}
	shipped, _ := scenarios.Load("ai-brownout", scenarios.Options{HaveApp: true})
	if diff := cmp.Diff(shipped.Windows, plan.Windows); diff != "" {
		t.Error(diff)
	}
}

// TestEightParents is as deep as it goes; nine are a pair in testdata.
func TestEightParents(t *testing.T) {
	files := map[string]string{"x.yaml": "extends: p1.yaml\n", "p8.yaml": drill}
	for i := range 7 {
		files["p"+string(rune('1'+i))+".yaml"] = "extends: p" + string(rune('2'+i)) + ".yaml\n"
	}
	if plan, problems := loadFiles(scenarios.Options{}, files); plan == nil {
		t.Error(problems)
	}
}

func TestAppFile(t *testing.T) {
	app := `version: 1
app: {command: [./bot], env: {URL: "{{primary.base_url}}"}}
providers: {primary: {dialect: anthropic, listen: 127.0.0.1:9001}, secondary: {dialect: openai}}
traffic: {target: "http://127.0.0.1:9000", journeys: {ask: {rate: 30/s, request: {path: /ask, text: "{{prompt}}"}}}}
`
	plan, problems := loadFiles(scenarios.Options{AppFile: "app.yaml"}, map[string]string{"x.yaml": drill, "app.yaml": app})
	if plan == nil {
		t.Fatal(problems)
	}
	got := []any{plan.Name, plan.Target, plan.Journeys[0].Name, len(plan.Journeys), plan.Providers[0].Spec.Dialect, plan.Providers[0].Listen, plan.App.Command[0], len(plan.Phases)}
	want := []any{"drill", "http://127.0.0.1:9000", "ask", 1, "anthropic", "127.0.0.1:9001", "./bot", 3}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, problems = loadFiles(scenarios.Options{AppFile: "none.yaml"}, map[string]string{"x.yaml": drill})
	if len(problems) != 1 || problems[0].String() != "none.yaml: no such file" {
		t.Errorf("a missing app file: %v", problems)
	}
}

// What a day asks of a provider holds for the app's, unless that says otherwise.
func TestAppFileKeepsWhatIsAsked(t *testing.T) {
	asks := strings.Replace(drill, "primary: {dialect: openai", "primary: {tls: true, limits: {requests: 1000/min}, capacity: {concurrency: 60}, dialect: openai", 1)
	app := "version: 1\nproviders: {primary: {dialect: anthropic, limits: {requests: 50/min}}, other: {dialect: openai}}\n"
	plan, problems := loadFiles(scenarios.Options{AppFile: "app.yaml"}, map[string]string{"x.yaml": asks, "app.yaml": app})
	if plan == nil {
		t.Fatal(problems)
	}
	p := plan.Providers[0]
	got := []any{p.Spec.Dialect, p.TLS, p.Spec.Limits.Requests, p.Spec.Capacity.Concurrency, plan.Providers[1].TLS}
	if diff := cmp.Diff([]any{"anthropic", true, 50, 60, false}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFlagsBeatTheFile(t *testing.T) {
	text := drill + "app: {command: [python], env: {A: b}, ready: {url: \"http://127.0.0.1:1/\"}}\nseed: 3\n"
	seed := uint64(1 << 63)
	plan := mustLoad(t, scenarios.Options{Seed: &seed, Target: "http://127.0.0.1:1", Command: []string{"go", "run", "."}}, text)
	if plan.Seed != seed || plan.Target != "http://127.0.0.1:1" {
		t.Errorf("seed %d, target %s", plan.Seed, plan.Target)
	}
	want := &scenarios.App{Command: []string{"go", "run", "."}, Env: map[string]string{"A": "b"}, ReadyURL: "http://127.0.0.1:1/", ReadyWithin: 30 * time.Second}
	if diff := cmp.Diff(want, plan.App); diff != "" {
		t.Error(diff)
	}
	plain := mustLoad(t, scenarios.Options{}, text)
	if plan.Hash == plain.Hash || !strings.Contains(string(plan.Resolved), "seed: 9223372036854775808") {
		t.Error("the seed is not part of what was played")
	}
	if strings.Contains(string(plan.Resolved), "go") || strings.Contains(string(plan.Resolved), "http://127.0.0.1:1\n") {
		t.Error("where it was played is part of the scenario")
	}
	if alone := mustLoad(t, scenarios.Options{Command: []string{"bot"}}, drill); alone.App == nil || alone.App.ReadyWithin != 30*time.Second {
		t.Errorf("a command without app: %+v", alone.App)
	}
}

func TestPorts(t *testing.T) {
	text := strings.Replace(drill, "providers: {primary: {dialect: openai}, secondary: {dialect: anthropic}}",
		`providers: {primary: {dialect: openai}, given: {dialect: openai, listen: "127.0.0.1:4102"}, secondary: {dialect: openai}, last: {dialect: openai}}`, 1)
	listen := func(opts scenarios.Options) []string {
		var all []string
		for _, p := range mustLoad(t, opts, text).Providers {
			all = append(all, p.Listen)
		}
		return all
	}
	// 4102 would be secondary's; it moves on past everybody else's.
	want := []string{"127.0.0.1:4100", "127.0.0.1:4102", "127.0.0.1:4106", "127.0.0.1:4103"}
	if diff := cmp.Diff(want, listen(scenarios.Options{})); diff != "" {
		t.Error(diff)
	}
	want = []string{"127.0.0.1:0", "127.0.0.1:4102", "127.0.0.1:0", "127.0.0.1:0"}
	if diff := cmp.Diff(want, listen(scenarios.Options{AnyPorts: true})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, listen(scenarios.Options{Starts: true, Command: []string{"bot"}})); diff != "" {
		t.Error(diff)
	}
	// There is nothing to start, and so nobody who could be told.
	want = []string{"127.0.0.1:4100", "127.0.0.1:4102", "127.0.0.1:4106", "127.0.0.1:4103"}
	if diff := cmp.Diff(want, listen(scenarios.Options{Starts: true})); diff != "" {
		t.Error(diff)
	}
}

// TestSecretsStayOut has values of the environment in the plan, and nowhere
// else: neither in what is stored nor in what is printed.
func TestSecretsStayOut(t *testing.T) {
	text := strings.Replace(drill, "text: \"{{prompt}}\"", "text: \"{{prompt}}\", header: {Authorization: \"Bearer ${API_TOKEN}\"}", 1)
	plan := mustLoad(t, scenarios.Options{}, text)
	if plan.Journeys[0].Request.Header["Authorization"] != "Bearer secret-token" {
		t.Errorf("header %v", plan.Journeys[0].Request.Header)
	}
	if strings.Contains(string(plan.Resolved), "secret") || !strings.Contains(string(plan.Resolved), "Bearer ${API_TOKEN}") {
		t.Errorf("resolved:\n%s", plan.Resolved)
	}
	_, problems := loadFiles(scenarios.Options{}, map[string]string{
		"x.yaml": strings.Replace(text, "http://127.0.0.1:8000", "${API_TOKEN}", 1) + "warmup: ${API_TOKEN}\nseed: ${API_TOKEN}\nbars: [{metric: \"${API_TOKEN}\"}]\n",
	})
	if out := printed(t, problems); strings.Contains(out, "secret") || len(problems) != 4 {
		t.Errorf("printed:\n%s", out)
	}
}

// TestOKFilesPlayAgain loads what each case resolved to: it is the same drill.
func TestOKFilesPlayAgain(t *testing.T) {
	for _, file := range append(pairs(t, "ok"), pairs(t, "unwise")...) {
		plan, _ := load(t, file)
		files := map[string]string{"x.yaml": string(plan.Resolved)}
		for _, r := range plan.Replays {
			files[r.Name] = string(r.Text)
		}
		again, problems := loadFiles(scenarios.Options{Lookup: environment}, files)
		if again == nil {
			t.Errorf("%s: what it resolved to is refused: %v\n%s", file, problems, plan.Resolved)
			continue
		}
		if diff := cmp.Diff(plan, again); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

// TestHostileFilesAreQuick loads large and tangled files. What takes a time that
// grows with the square of the size takes minutes here.
func TestHostileFilesAreQuick(t *testing.T) {
	fill := func(head, line, tail string) string {
		return head + strings.Repeat(line, (1<<17-len(head)-len(tail))/len(line)) + tail
	}
	bar := "  - {metric: availability, phase: nobody, min: 95%}\n"
	fault := "      - {provider: primary, kind: hang, after: 1ms, share: 10%}\n"
	withFault := strings.Replace(drill, "[{provider: primary, kind: rate_limit, share: 90%}]", "[{provider: primary, kind: rate_limit}, {provider: primary, kind: rate_limit, after: 10s, until: 20s}]", 1)
	phases := withFault
	for i := range 400 {
		phases += "  - {name: p" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + ", for: 20s, faults: [{provider: primary, kind: hang, until: 1s}, {provider: secondary, kind: hang, until: 1s}]}\n"
	}
	bars := "bars:\n"
	for i := range 90 {
		bars += fmt.Sprintf("  - {metric: availability, min: 9.%d%%}\n  - {metric: failover_time, max: 1.%ds}\n", i+1, i+1)
	}
	for name, text := range map[string]string{
		"unknown keys":  fill(drill, "k: 1\n", ""),
		"bars":          fill(drill+"bars:\n", bar, ""),
		"faults":        fill(strings.TrimSuffix(drill, "  - {name: recovery, for: 30s}\n")+"  - name: many\n    for: 10s\n    faults:\n", fault, ""),
		"phases × bars": phases + bars,
		"providers":     fill(strings.Replace(drill, "providers: ", "providers2: ", 1)+"providers:\n", "  primary: {dialect: x}\n", ""),
		"env":           fill(drill+"about: \"", "${API_TOKEN}", "\""),
		"placeholders":  fill(drill+"app: {command: [\"", "{{a.b}}", "\"]}\n"),
		"one long key":  fill(drill, "k", ": 1\n"),
		"nested maps":   drill + "a: " + strings.Repeat("{a: ", 60) + strings.Repeat("}", 60) + "\n",
		"comments":      fill(drill, "# c\n", ""),
		"quotes":        fill(drill+"sources: [", "\"\",", "x]\n"),
		"merge keys":    fill(drill+"m: &m {a: 1}\nn:\n", "  - {<<: *m}\n", ""),
	} {
		began := time.Now()
		_, problems := loadFiles(scenarios.Options{}, map[string]string{"x.yaml": text})
		printed(t, problems)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: %s", name, took)
		}
		if len(problems) > 1001 {
			t.Errorf("%s: %d problems", name, len(problems))
		}
	}
}

// TestEveryBadPairIsNamed checks that the corpus is as large as it is meant to
// be, at least 80 that make one mistake each, and that each has its .out.
func TestEveryBadPairIsNamed(t *testing.T) {
	single := 0
	for _, file := range pairs(t, "bad") {
		if _, problems := load(t, file); len(problems) == 1 {
			single++
		}
	}
	if single < 80 {
		t.Errorf("only %d pairs have one mistake each", single)
	}
	outs, err := fs.Glob(os.DirFS("testdata"), "*/*.out")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, dir := range []string{"ok", "bad", "unwise"} {
		for _, file := range pairs(t, dir) {
			want[strings.TrimSuffix(file, ".yaml")+".out"] = true
		}
	}
	got := map[string]bool{}
	for _, out := range outs {
		got[out] = true
	}
	if !maps.Equal(want, got) {
		t.Error(cmp.Diff(want, got))
	}
}
