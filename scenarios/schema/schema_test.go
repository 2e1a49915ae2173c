package schema_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// zoo has a field of every type.
type zoo struct {
	schema.Place
	Text, Word, Name string
	Count            int
	Seed             uint64
	Number, Share    float64
	Rate             float64
	Flag             bool
	Maybe            *bool
	Duration         time.Duration
	Wait             any // a time.Duration or a word
	JSON             any
	Values           map[string]any
	Texts            map[string]string
	Inner            inner
	List             []string
	Named            []inner
	Either           either
}

type inner struct {
	schema.Place
	name string
	Word string
	A, B int
}

type either struct{ flat, from float64 }

// language is a table with a row of every type.
func language() schema.Key {
	field := schema.Field[zoo]
	innerKeys := []schema.Key{
		{Name: "word", Type: schema.Word, Words: []string{"one", "two"}, Into: schema.Field(func(i *inner) any { return &i.Word })},
		{Name: "a", Type: schema.Count, Into: schema.Field(func(i *inner) any { return &i.A })},
	}
	only := schema.Key{Name: "b", Type: schema.Count, Required: true, Example: "4", Into: schema.Field(func(i *inner) any { return &i.B })}
	item := schema.Key{
		Name: "inner", Type: schema.Map, Keys: innerKeys, By: "word",
		Cases: []schema.Case{{Word: "one"}, {Word: "two", Keys: []schema.Key{only}}},
	}
	return schema.Key{
		Name: "zoo", Type: schema.Map,
		Rules: []schema.Rule{schema.OneAtMost("text", "word"), schema.OneAtLeast("name", "list"), schema.ExactlyOne("name", "count")},
		Keys: append([]schema.Key{
			{Name: "text", Type: schema.Text, Into: field(func(z *zoo) any { return &z.Text })},
			{Name: "word", Type: schema.Word, Words: []string{"red", "green"}, Later: []string{"blue"}, Into: field(func(z *zoo) any { return &z.Word })},
			{Name: "name", Type: schema.Name, Into: field(func(z *zoo) any { return &z.Name })},
			{Name: "count", Type: schema.Count, Least: "1", Most: "9", Into: field(func(z *zoo) any { return &z.Count })},
			{Name: "seed", Type: schema.Count, Default: "7", Into: field(func(z *zoo) any { return &z.Seed })},
			{Name: "number", Type: schema.Number, Least: "0.5", Into: field(func(z *zoo) any { return &z.Number })},
			{Name: "share", Type: schema.Share, Most: "100%", Into: field(func(z *zoo) any { return &z.Share })},
			{Name: "rate", Type: schema.Rate, Into: field(func(z *zoo) any { return &z.Rate })},
			{Name: "flag", Type: schema.Flag, Into: field(func(z *zoo) any { return &z.Flag })},
			{Name: "maybe", Type: schema.Flag, Into: field(func(z *zoo) any { return &z.Maybe })},
			{Name: "duration", Type: schema.Duration, Least: "1s", Most: "1h", Default: "2s", Into: field(func(z *zoo) any { return &z.Duration })},
			{Name: "wait", Type: schema.Duration, Words: []string{"none"}, Into: field(func(z *zoo) any { return &z.Wait })},
			{Name: "json", Type: schema.JSON, Into: field(func(z *zoo) any { return &z.JSON })},
			{Name: "values", Type: schema.Values, Into: field(func(z *zoo) any { return &z.Values })},
			{Name: "texts", Type: schema.Texts, Into: field(func(z *zoo) any { return &z.Texts })},
			{Name: "inner", Type: schema.Map, Keys: innerKeys, Into: field(func(z *zoo) any { return &z.Inner })},
			{Name: "list", Type: schema.List, Items: 3, Item: &schema.Key{Name: "item", Type: schema.Text}, Into: field(func(z *zoo) any { return schema.Add(&z.List) })},
			{Name: "named", Type: schema.Named, Item: &item, Into: field(func(z *zoo) any {
				return schema.AddNamed(&z.Named, func(i *inner, name string) { i.name = name })
			})},
			{Name: "either", Type: schema.Either, Into: field(func(z *zoo) any { return &z.Either }), Forms: []schema.Key{
				{Type: schema.Number, Into: schema.Field(func(e *either) any { return &e.flat })},
				{Type: schema.Map, Keys: []schema.Key{{Name: "from", Type: schema.Number, Required: true, Into: schema.Field(func(e *either) any { return &e.from })}}},
			}},
		}, schema.NotYet("tomorrow")...),
	}
}

// decode decodes a text and gives its problems, one a line.
func decode(t *testing.T, text string) (zoo, string) {
	t.Helper()
	var problems yamltree.Problems
	root := yamltree.Read("z", []byte(text), &problems)
	if root == nil {
		t.Fatal(problems.Sorted())
	}
	var z zoo
	schema.Decode(language(), root, &z, &problems)
	var lines []string
	for _, d := range problems.Sorted() {
		lines = append(lines, fmt.Sprintf("%d:%d %s", d.Line, d.Col, d.Message))
	}
	return z, strings.Join(lines, "\n")
}

func TestDecode(t *testing.T) {
	got, problems := decode(t, `
name: n1
text: 5
seed: 18446744073709551615
number: 1.5
share: 12.5%
rate: 90/min
flag: true
maybe: false
wait: 1m30s
json: {a: [1, 2.5, true, null, "7"]}
values: {a: 1}
texts: {a: 1, b: two, c: true}
inner: {word: one}
list: [x, 2]
named: {p: {word: two, b: 4}, q: {a: 3}}
either: {from: 3}
`)
	if problems != "" {
		t.Fatal(problems)
	}
	no := false
	want := zoo{
		Name: "n1", Text: "5", Seed: 1<<64 - 1, Number: 1.5, Share: 0.125, Rate: 1.5, Flag: true, Maybe: &no,
		Duration: 2 * time.Second, Wait: 90 * time.Second,
		JSON:   map[string]any{"a": []any{1, 2.5, true, nil, "7"}},
		Values: map[string]any{"a": 1}, Texts: map[string]string{"a": "1", "b": "two", "c": "true"},
		Inner: inner{Word: "one"}, List: []string{"x", "2"},
		Named:  []inner{{name: "p", Word: "two", B: 4}, {name: "q", A: 3}},
		Either: either{from: 3},
	}
	ignore := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Place" }, cmp.Ignore())
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(zoo{}, inner{}, either{}), ignore); diff != "" {
		t.Error(diff)
	}
	if pos := got.At("either", "from"); pos.Line != 17 || pos.Col != 16 {
		t.Errorf("either.from stands at %d:%d", pos.Line, pos.Col)
	}
	if pos := got.Inner.At("nothing"); pos.Line != 14 || pos.Col != 1 {
		t.Errorf("what inner lacks belongs at %d:%d", pos.Line, pos.Col)
	}
	if !got.Has("json") || got.Has("word") || !got.Sound() {
		t.Error("Place does not know its map")
	}
	if z, problems := decode(t, "name: x\nwait: none\n"); problems != "" || z.Wait != "none" || z.Seed != 7 {
		t.Errorf("%+v %s", z, problems)
	}
}

func TestDecodeRefuses(t *testing.T) {
	const duration = "a duration with its unit, like 350ms, 5s, 1m30s or 2h"
	for text, want := range map[string]string{
		"nmae: x":                         "1:1 unknown key \"nmae\"; did you mean \"name\"?",
		"tomorrow: 1":                     "1:1 tomorrow: not in this version; allowed: count, duration, either, flag, inner, json, list, maybe, name, named, number, rate, seed, share, text, texts, values, wait, word",
		"word: blue":                      "1:7 word: blue: not in this version; allowed: red, green",
		"word: gren":                      "1:7 word is \"gren\"; did you mean \"green\"?",
		"word: [red]":                     "1:7 word is a list; allowed: red, green",
		"text: {}":                        "1:7 text is an empty map; allowed: text",
		"text:":                           "1:6 text is nothing; allowed: text",
		"name: 1a":                        "1:7 name is \"1a\"; allowed: a name: letters, digits, - and _, a letter first, at most 40",
		"count: 0":                        "1:8 count is \"0\"; allowed: 1 to 9",
		"count: 1.0":                      "1:8 count is \"1.0\"; allowed: a whole number",
		"count: 0x10":                     "1:8 count is \"0x10\"; allowed: a whole number",
		"count: \"5\"":                    "1:8 count is \"5\"; allowed: a whole number without quotes",
		"seed: 99999999999999999999":      "1:7 seed is \"99999999999999999999\"; allowed: a whole number below 2^64",
		"number: .5":                      "1:9 number is \".5\"; allowed: a number",
		"number: 0.4":                     "1:9 number is \"0.4\"; allowed: at least 0.5",
		"number: .nan":                    "1:9 number is \".nan\"; allowed: a number",
		"share: 0.4":                      "1:8 share is \"0.4\" without a unit; allowed: a share, like 40% or 0.5%",
		"share: 140%":                     "1:8 share is \"140%\"; allowed: at most 100%",
		"share: -4%":                      "1:8 share is \"-4%\"; allowed: a share, like 40% or 0.5%",
		"rate: 20":                        "1:7 rate is \"20\" without a unit; allowed: a rate, like 20/s or 600/min",
		"rate: 20/h":                      "1:7 rate is \"20/h\"; allowed: a rate, like 20/s or 600/min",
		"flag: yes":                       "1:7 flag is \"yes\"; allowed: true or false",
		"duration: 30":                    "1:11 duration is \"30\" without a unit; allowed: " + duration,
		"duration: 2h":                    "1:11 duration is \"2h\"; allowed: 1s to 1h",
		"duration: 1d":                    "1:11 duration is \"1d\"; allowed: " + duration,
		"duration: 9999999h":              "1:11 duration is \"9999999h\"; allowed: " + duration,
		"wait: nonne":                     "1:7 wait is \"nonne\"; allowed: " + duration + ", or none",
		"json: .inf":                      "1:7 json is \".inf\"; allowed: what JSON can say, so neither .inf nor .nan",
		"values: [1]":                     "1:9 values is a list; allowed: a map of values",
		"texts: {a: [1]}":                 "1:12 \"a\" is a list; allowed: text",
		"list: []":                        "1:7 list is an empty list; allowed: at least one item",
		"list: [a, b, c, d]":              "1:7 list holds 4; allowed: at most 3",
		"named: {a b: {}}":                "1:9 inner \"a b\"; allowed: a name: letters, digits, - and _, a letter first, at most 40",
		"named: {p: {word: two}}":         "1:9 inner without b; add b: 4",
		"named: {p: {word: one, b: 1}}":   "1:24 b belongs to two, not to one; allowed: a, word",
		"named: {p: {word: three, b: 1}}": "1:19 word is \"three\"; allowed: one, two",
		"either: [1]":                     "1:9 either is a list; allowed: a number, or a map of from",
		"either: {}":                      "1:1 either without from; add from",
		"either: x":                       "1:9 either is \"x\"; allowed: a number, or a map of from",
		"text: a\nword: red":              "2:1 zoo with text and word; allowed: text or word",
		"count: 1\nlist: [a]\nname: b":    "3:1 zoo with count and name; allowed: name or count",
	} {
		if !strings.Contains(text, "name: ") && !strings.Contains(text, "count: ") && !strings.HasPrefix(text, "nmae") && !strings.HasPrefix(text, "tomorrow") {
			text += "\nname: x\n"
		}
		if strings.HasPrefix(text, "count: ") && !strings.Contains(text, "list") {
			text += "\nlist: [x]\n"
		}
		if _, got := decode(t, text); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	if _, got := decode(t, "a: 1\ntext: x\n"); !strings.Contains(got, "1:1 zoo without name or list; add one") {
		t.Errorf("nothing said: %s", got)
	}
}

// TestEnvironmentFillsNumbers has values that YAML takes for text.
func TestEnvironmentFillsNumbers(t *testing.T) {
	var problems yamltree.Problems
	root := yamltree.Read("z", []byte("name: x\nseed: ${N}\nnumber: \"${N}.5\"\nflag: ${T}\njson: ${N}\n"), &problems)
	yamltree.Fill(root, func(name string) (string, bool) { return map[string]string{"N": "7", "T": "true"}[name], true }, &problems)
	var z zoo
	schema.Decode(language(), root, &z, &problems)
	if z.Seed != 7 || z.Number != 7.5 || !z.Flag || z.JSON != "7" || problems.Failed() {
		t.Errorf("%+v %v", z, problems.Sorted())
	}
}

func TestUnits(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"350ms": 350 * time.Millisecond, "5s": 5 * time.Second, "1.5s": 1500 * time.Millisecond, "1m30s": 90 * time.Second, "2h": 2 * time.Hour, "0s": 0,
	} {
		if got, err := schema.ParseDuration(text); got != want || err != nil {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]float64{"40%": 0.4, "0.5%": 0.005, "99.9%": 0.999, "100%": 1, "0%": 0, "29%": 0.29} {
		if got, err := schema.ParseShare(text); got != want || err != nil {
			t.Errorf("%s: %v, %v", text, got, err)
		}
		if got := schema.FormatShare(want); got != text {
			t.Errorf("%v is written %s", want, got)
		}
	}
	for text, want := range map[string]float64{"20/s": 20, "600/min": 10, "0.5/s": 0.5, "90/min": 1.5} {
		if got, err := schema.ParseRate(text); got != want || err != nil {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5", "-5s", "+5s", "s", "5 s", "5S", "1d", "5us", "1e3s", ".5s", "5.s", "∞s"} {
		if got, err := schema.ParseDuration(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
	for _, text := range []string{"", "%", "40", "-1%", "1e2%", "40 %", "NaN%", "0x1p1%"} {
		if got, err := schema.ParseShare(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
	for _, text := range []string{"", "20", "20/", "/s", "20/h", "20/S", "-1/s", "inf/s", "1/s/s"} {
		if got, err := schema.ParseRate(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

// TestFormatDuration writes what ParseDuration reads.
func TestFormatDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "1m": time.Minute, "10m": 10 * time.Minute, "1h": time.Hour, "1h30m": 90 * time.Minute, "24h": 24 * time.Hour,
		"1h0m5s": time.Hour + 5*time.Second, "350ms": 350 * time.Millisecond, "1.5s": 1500 * time.Millisecond, "10s": 10 * time.Second,
	} {
		got := schema.FormatDuration(d)
		if back, err := schema.ParseDuration(got); got != want || back != d || err != nil {
			t.Errorf("%s is written %s, which is read %s (%v)", want, got, back, err)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"rate_limit", "server_error", "share", "for", "faults"}
	for word, want := range map[string]string{
		"rate_limt": "rate_limit", "rat_limti": "rate_limit", "serve_error": "server_error", "shrae": "share", "fro": "for", "fault": "faults",
		"zebra": "", "": "", "fo": "for", "x": "", "share_of_all": "",
	} {
		if got := schema.Nearest(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
