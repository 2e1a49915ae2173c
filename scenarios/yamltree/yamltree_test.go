package yamltree_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// read reads a text that must be without problems.
func read(t *testing.T, text string) *yamltree.Node {
	t.Helper()
	var problems yamltree.Problems
	n := yamltree.Read("a.yaml", []byte(text), &problems)
	if all := problems.Sorted(); n == nil || len(all) > 0 {
		t.Fatalf("%q: %v", text, all)
	}
	return n
}

// plain is a text as JSON knows it.
func plain(t *testing.T, n *yamltree.Node) any {
	t.Helper()
	v, err := n.Plain()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestReadRefuses(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 30; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "a.yaml:1:1: the file is empty; a scenario begins with version: 1"},
		{"NUL", "a: 1\x00", "a.yaml:1:5: a control character, U+0000; a scenario is plain text"},
		{"second BOM", "\ufeff\ufeffa: 1\n", "a.yaml:1:1: a byte order mark within the text; a scenario is plain text"},
		{"BOM within", "a: 1\nb: \ufeff2\n", "a.yaml:2:4: a byte order mark within the text; a scenario is plain text"},
		{"CR", "a: 1\r\nb: 2\rc: 3", "a.yaml:2:5: a carriage return within a line; a scenario is plain text"},
		{"CR at the end", "a: 1\r\nb: 2\r", "a.yaml:2:5: a carriage return within a line; a scenario is plain text"},
		{"too big", "a: " + strings.Repeat("x", yamltree.MaxBytes), "a.yaml: bigger than 1 MiB; a scenario is some kilobytes"},
		{"Latin-1", "a: b\nc: \xe9t\xe9\n", "a.yaml:2:4: not UTF-8; a scenario is plain text"},
		{"UTF-16", "\xff\xfea\x00", "a.yaml:1:1: not UTF-8; a scenario is plain text"},
		{"escape sequence", "a: \x1b[31m\n", "a.yaml:1:4: a control character, U+001B; a scenario is plain text"},
		{"tab", "a:\n\tb: 1\n", "a.yaml:2:1: a tab; YAML is indented with spaces"},
		{"two documents", "a: 1\n---\nb: 2\n", "a.yaml:2:1: more than one document; a scenario is one file without a second ---"},
		{"flow brackets", strings.Repeat("[", 100_000), "a.yaml:1:65: nested deeper than 64 levels; a scenario needs ten"},
		{"block lists", strings.Repeat("- ", 100_000), "a.yaml:1:129: nested deeper than 64 levels; a scenario needs ten"},
		{"alias bomb", bomb, "a.yaml:5:9: more than 100000 values, aliases written out; a scenario has hundreds"},
		{"flood", "a: [" + strings.Repeat("1,", 120_000) + "]", "a.yaml:1:4: more than 100000 values, aliases written out; a scenario has hundreds"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var problems yamltree.Problems
			began := time.Now()
			n := yamltree.Read("a.yaml", []byte(test.text), &problems)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
			all := problems.Sorted()
			if n != nil || len(all) != 1 || all[0].String() != test.want {
				t.Errorf("got %v\nwant %s", all, test.want)
			}
			if all[0].Code == "not-text" && all[0].Hint == "" {
				t.Error("no word on how to mend it")
			}
		})
	}
}

// TestReadReports has mistakes after which reading goes on, so that several are
// seen at once.
func TestReadReports(t *testing.T) {
	text := "a: 1\na: 2\nb: !!str 3\n? [x]\n: 4\nc: &c [1, *c]\nd: {<<: 5}\n"
	var problems yamltree.Problems
	if yamltree.Read("a.yaml", []byte(text), &problems) == nil {
		t.Fatal("nothing was read")
	}
	var got []string
	for _, d := range problems.Sorted() {
		got = append(got, d.String())
	}
	want := []string{
		`a.yaml:2:1: the key "a" again; it stands in line 1 already`,
		`a.yaml:3:4: the tag !!str; a scenario has no tags`,
		`a.yaml:4:3: a key that is no word; keys are plain words`,
		`a.yaml:6:11: the alias *c stands inside what it stands for; it can only repeat what is complete`,
		`a.yaml:7:9: "5" after <<; it takes a map, or a list of maps`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPositions(t *testing.T) {
	n := read(t, "plain: word\n'quoted key': \"a \\\" b\" # comment\n日本: {é: 'it''s', list: [1, two words]}\nalias: &x [1]\nagain: *x\n")
	for _, test := range []struct {
		path           []string
		line, col, end int
	}{
		{[]string{"plain"}, 1, 8, 12},
		{[]string{"quoted key"}, 2, 15, 23},
		{[]string{"日本", "é"}, 3, 9, 16},
		{[]string{"日本", "list"}, 3, 24, 25},
		{[]string{"again"}, 4, 11, 12},          // what an alias stands for is where its anchor is
		{[]string{"日本", "nothing"}, 3, 5, 6},    // as much of the path as there is
		{[]string{"nothing", "below"}, 1, 1, 2}, // none of it
	} {
		pos := n.At(test.path...)
		got := []int{pos.Line, pos.Col, pos.End}
		if diff := cmp.Diff([]int{test.line, test.col, test.end}, got); diff != "" {
			t.Errorf("%v: %s", test.path, diff)
		}
	}
}

func TestEndsAndMarks(t *testing.T) {
	want := plain(t, read(t, "a: 1\nb: [x, y]\n"))
	for name, text := range map[string]string{
		"no end": "a: 1\nb: [x, y]", "document mark": "---\na: 1\nb: [x, y]\n",
	} {
		n := read(t, text)
		if diff := cmp.Diff(want, plain(t, n)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if pos := n.At("a"); pos.Col != 4 {
			t.Errorf("%s: a stands in column %d", name, pos.Col)
		}
	}
}

func TestAnchorsAndMergeKeys(t *testing.T) {
	n := read(t, `
base: &base {a: 1, b: 2}
more: &more {b: 3, c: 4}
one: {<<: *base, b: 9}
two: {<<: [*base, *more], d: 5}
same: *base
`)
	want := map[string]any{
		"base": map[string]any{"a": 1, "b": 2},
		"more": map[string]any{"b": 3, "c": 4},
		"one":  map[string]any{"a": 1, "b": 9},
		"two":  map[string]any{"a": 1, "b": 2, "c": 4, "d": 5},
		"same": map[string]any{"a": 1, "b": 2},
	}
	if diff := cmp.Diff(any(want), plain(t, n)); diff != "" {
		t.Error(diff)
	}
}

func TestMerge(t *testing.T) {
	parent := read(t, "name: parent\nlist: [1, 2]\nmap: {a: 1, b: {c: 2, d: 3}}\ngone: x\nleft: y\n")
	child := read(t, "new: 1\nmap: {b: {c: 9, d: null, e: 4}}\nlist: [3]\ngone: null\nabsent: null\n")
	merged := yamltree.Merge(parent, child)
	want := map[string]any{
		"name": "parent", "list": []any{3}, "left": "y", "new": 1,
		"map":    map[string]any{"a": 1, "b": map[string]any{"c": 9, "e": 4}},
		"absent": nil, // removes nothing: whoever reads it shall say so
	}
	if diff := cmp.Diff(any(want), plain(t, merged)); diff != "" {
		t.Error(diff)
	}
	var order []string
	for _, e := range merged.Entries {
		order = append(order, e.Key.Text)
	}
	if diff := cmp.Diff([]string{"name", "list", "map", "left", "new", "absent"}, order); diff != "" {
		t.Error(diff)
	}
	if _, has := plain(t, parent).(map[string]any)["gone"]; !has {
		t.Error("the parent was changed")
	}
}

func TestFill(t *testing.T) {
	lookup := func(name string) (string, bool) {
		v, ok := map[string]string{"A": "uno", "EMPTY": "", "N": "7"}[name]
		return v, ok
	}
	n := read(t, "a: ${A} and ${A}\nb: ${NO:-none}\nc: ${EMPTY:-not empty}\nd: ${EMPTY}\ne: $${A} costs $5\nf: ${N}\ng: \"${NO:-}\"\n${A}: key\n")
	var problems yamltree.Problems
	yamltree.Fill(n, lookup, &problems)
	if all := problems.Sorted(); len(all) > 0 {
		t.Fatal(all)
	}
	want := map[string]any{
		"a": "uno and uno", "b": "none", "c": "not empty", "d": "", "e": "${A} costs $5",
		"f": "7", // text, however it looks
		"g": "", "${A}": "key",
	}
	if diff := cmp.Diff(any(want), plain(t, n)); diff != "" {
		t.Error(diff)
	}
	written, err := yamltree.Write(n)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(written), "uno") || !strings.Contains(string(written), "a: ${A} and ${A}") {
		t.Errorf("a value was written:\n%s", written)
	}
	if strings.Contains(n.Get("a").Describe(), "uno") {
		t.Errorf("a value is shown: %s", n.Get("a").Describe())
	}
}

func TestFillReports(t *testing.T) {
	n := read(t, "a: ${NO}\nb: [&x \"${NO}\", *x]\nc: ${1x}\nd: ${open\n")
	var problems yamltree.Problems
	yamltree.Fill(n, func(string) (string, bool) { return "", false }, &problems)
	var got []string
	for _, d := range problems.Sorted() {
		got = append(got, fmt.Sprintf("%d:%d %s", d.Line, d.Col, d.Code))
	}
	if diff := cmp.Diff([]string{"1:4 unset-variable", "2:8 unset-variable", "3:4 variable", "4:4 variable"}, got); diff != "" {
		t.Error(diff)
	}
	if !n.Get("a").Broken || n.Sound() {
		t.Error("what has no value passes for sound")
	}
}

func TestWriteReadsBack(t *testing.T) {
	text := `a: "5"
b: 'true'
c: 5
d: ~
e: |
  two
  lines
f: {<<: {x: 1}, "y z": [0x10, 1.5, 2020-01-01]}
"no": yes
g: "a: b # c"
h: {c <3"}
i:
`
	n := read(t, text)
	written, err := yamltree.Write(n)
	if err != nil {
		t.Fatal(err)
	}
	again := read(t, string(written))
	if diff := cmp.Diff(plain(t, n), plain(t, again)); diff != "" {
		t.Errorf("%s\nwritten:\n%s", diff, written)
	}
	twice, err := yamltree.Write(again)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), string(twice)); diff != "" {
		t.Error(diff)
	}
}

func TestPlainRefusesWhatJSONCannotSay(t *testing.T) {
	for _, text := range []string{"a: .inf", "a: [-.inf]", "a: {b: .nan}"} {
		if v, err := read(t, text).Plain(); err == nil {
			t.Errorf("%s became %v", text, v)
		}
	}
}

// TestOrder has problems of two files: they come by file, then by place, and the
// same one once.
func TestOrder(t *testing.T) {
	var problems yamltree.Problems
	one := yamltree.Read("b.yaml", []byte("x: 1\ny: 2\n"), &problems)
	two := yamltree.Read("a.yaml", []byte("x: 1\n"), &problems)
	problems.Error(two.At("x"), "c", "third")
	problems.Error(one.At("y"), "c", "second")
	problems.Warn(one.At("x"), "c", "first").Hint = "do better"
	problems.Error(one.At("y"), "c", "second")
	problems.File("c.yaml", "c", "fourth")
	var b bytes.Buffer
	if err := yamltree.Print(&b, problems.Sorted()); err != nil {
		t.Fatal(err)
	}
	want := `b.yaml:1:4: warning: first [c]
    1 | x: 1
      |    ^
      do better
b.yaml:2:4: second [c]
    2 | y: 2
      |    ^
a.yaml:1:4: third [c]
    1 | x: 1
      |    ^
c.yaml: fourth [c]
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	if !problems.Failed() {
		t.Error("errors are no failure")
	}
}

// TestPrintIsTame checks that a file cannot steer the terminal and that long
// lines are cut around the caret.
func TestPrintIsTame(t *testing.T) {
	d := yamltree.Diagnostic{
		File: "a\x1b[2J.yaml", Line: 7, Col: 205, End: 210, Code: "c", Severity: yamltree.Error, Message: "found \x1b]0;x\x07; allowed: y",
		Snippet: strings.Repeat("\t", 100) + strings.Repeat("x", 104) + "HERE!" + strings.Repeat("y", 500),
	}
	var b bytes.Buffer
	if err := yamltree.Print(&b, []yamltree.Diagnostic{d}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if strings.ContainsAny(b.String(), "\x1b\x07\t") {
		t.Errorf("control characters in %q", b.String())
	}
	caret := strings.Index(lines[2], "^~~~~")
	shown := []rune(lines[1])
	if caret < 0 || string(shown[caret:caret+5]) != "HERE!" {
		t.Errorf("the caret is not under what is meant:\n%s", b.String())
	}
	if len(shown) > 130 {
		t.Errorf("a line of %d characters", len(shown))
	}
}
