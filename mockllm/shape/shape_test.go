package shape_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/shape"
)

// parcel is a text of 15 letters for whoever has room for it.
func parcel(_, most int) string {
	const text = "it is on its way"
	if most > 0 && most < len(text) {
		return ""
	}
	return text
}

func TestValue(t *testing.T) {
	object := func(properties, more string) string {
		return `{"type":"object","properties":{` + properties + `}` + more + `}`
	}
	const held, not = true, false
	for _, c := range []struct {
		name, schema string
		held         bool
		want         string
	}{
		{"none", ``, held, `{"answer":"it is on its way"}`},
		{"not JSON", `{`, held, `{"answer":"it is on its way"}`},
		{"anything", `{}`, held, `"it is on its way"`},
		{"anything, old", `true`, held, `"it is on its way"`},

		{"the first string", object(`"mood":{"type":"string"},"tone":{"type":"string"}`, `,"required":["tone","mood"]`), held, `{"mood":"it is on its way","tone":"mock"}`},
		{"a telling name", object(`"mood":{"type":"string"},"final_answer":{"type":"string"}`, `,"required":["mood","final_answer"]`), held, `{"mood":"mock","final_answer":"it is on its way"}`},
		{"a telling name in one", object(`"mood":{"type":"string"},"replyText":{"type":"string"}`, `,"required":["mood","replyText"]`), held, `{"mood":"mock","replyText":"it is on its way"}`},
		{"not a telling name", object(`"mood":{"type":"string"},"context":{"type":"string"}`, `,"required":["mood","context"]`), held, `{"mood":"it is on its way","context":"mock"}`},
		{"a string before a list", object(`"answer":{"type":"array","items":{"type":"string"}},"a":{"type":"string"}`, `,"required":["answer","a"]`), held, `{"answer":[],"a":"it is on its way"}`},
		{"what must be there", object(`"reply":{"type":"string"},"mood":{"type":"string"}`, `,"required":["mood"]`), held, `{"mood":"it is on its way"}`},
		{"what may be there", object(`"n":{"type":"integer"},"m":{"type":"integer"},"city":{"type":"string"}`, `,"required":["n"]`), held, `{"n":0,"city":"it is on its way"}`},
		{"nothing may be there", object(``, ``), not, `{}`},
		{"nothing said", `{"type":"object"}`, not, `{}`},
		{"any more may be there", `{"type":"object","additionalProperties":{"type":"string"}}`, held, `{"answer":"it is on its way"}`},
		{"no more may be there", object(`"n":{"type":"number"}`, `,"required":["n"],"additionalProperties":false`), not, `{"n":0}`},
		{"not described", `{"required":["x"]}`, held, `{"x":"it is on its way"}`},
		{"so many at least", object(`"a":{"type":"null"},"b":{"type":"boolean"},"c":{}`, `,"minProperties":2,"required":["b"],"additionalProperties":false`), held, `{"b":false,"c":"it is on its way"}`},
		{"within", object(`"page":`+object(`"steps":{"type":"array","items":`+object(`"text":{"type":"string"}`, `,"required":["text"]`)+`}`, `,"required":["steps"]`), `,"required":["page"]`), held, `{"page":{"steps":[{"text":"it is on its way"}]}}`},

		{"an enum", object(`"a":{"type":"string","enum":["x","y"]},"b":{"const":7}`, `,"required":["a","b"]`), not, `{"a":"x","b":7}`},
		{"an enum that may be null", `{"enum":[null,"x"]}`, not, `"x"`},
		{"a text too long", `{"type":"string","maxLength":10}`, not, `"mock"`},
		{"a text too short", `{"type":"string","minLength":20}`, not, `"mock mock mock mock "`},
		{"no room at all", `{"type":"string","maxLength":0}`, not, `""`},
		{"a pattern", `{"type":"string","pattern":"^[A-Z]{3}-[0-9]+$"}`, not, `"AAA-0"`},
		{"a long pattern", `{"type":"string","pattern":"^x+$","minLength":4}`, not, `"xxxxxxx"`},
		{"a pattern that fits", `{"type":"string","pattern":"^[a-z ]+$"}`, held, `"it is on its way"`},
		{"a pattern of others", `{"type":"string","pattern":"^(?=a).*$"}`, held, `"it is on its way"`},
		{"a format", `{"type":"string","format":"date-time"}`, not, `"2026-01-01T00:00:00Z"`},
		{"no known format", `{"type":"string","format":"markdown"}`, held, `"it is on its way"`},

		{"a list of three", `{"type":"array","items":{"enum":[1,2,3]},"minItems":3,"uniqueItems":true}`, not, `[1,2,3]`},
		{"a list of strings", `{"type":"array","items":{"type":"string"},"minItems":2}`, held, `["it is on its way","mock1"]`},
		{"a list of one more", `{"type":"array","items":{"type":"string"}}`, held, `["it is on its way"]`},
		{"a list of none", `{"type":"array","items":{"type":"string"},"maxItems":0}`, not, `[]`},
		{"a tuple", `{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"items":false}`, held, `[0,"it is on its way"]`},
		{"an old tuple", `{"type":"array","items":[{"type":"integer"},{"type":"boolean"}],"additionalItems":false}`, not, `[0,true]`},

		{"a choice", `{"anyOf":[{"type":"null"},{"type":"integer"},{"type":"string"}]}`, held, `"it is on its way"`},
		{"a choice without", `{"anyOf":[{"type":"null"},{"type":"integer"}]}`, not, `0`},
		{"a choice and more", object(`"kind":{"type":"string","enum":["k"]}`, `,"required":["kind"],"oneOf":[{"properties":{"n":{"type":"integer"}},"required":["n"]},{"properties":{"s":{"type":"string"}},"required":["s"]}]`), held, `{"kind":"k","s":"it is on its way"}`},
		{"several types", `{"type":["null","integer","string"]}`, held, `"it is on its way"`},
		{"all of", `{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"string"}},"required":["b"]}]}`, held, `{"a":0,"b":"it is on its way"}`},
		{"in capitals", `{"type":"OBJECT","properties":{"reply":{"type":"STRING","nullable":true}},"required":["reply"]}`, held, `{"reply":"it is on its way"}`},

		{"a reference", `{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"object","properties":{"s":{"type":"string"}},"required":["s"]}}}`, held, `{"s":"it is on its way"}`},
		{"a tree", object(`"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]},"word":{"type":"string"}`, `,"required":["next","word"]`), held, `{"next":{"next":null,"word":"mock"},"word":"it is on its way"}`},
		{"a list of trees", `{"$defs":{"t":{"type":"object","properties":{"more":{"type":"array","items":{"$ref":"#/$defs/t"}},"n":{"type":"integer"}},"required":["more","n"]}},"$ref":"#/$defs/t"}`, not, `{"more":[],"n":0}`},
		{"a list that can end", `{"$ref":"#/$defs/l","$defs":{"l":{"anyOf":[{"type":"null"},{"type":"object","properties":{"next":{"$ref":"#/$defs/l"},"n":{"type":"integer"}},"required":["next","n"]}]}}}`, not, `{"next":null,"n":0}`},
		{"a list that cannot", object(`"next":{"$ref":"#"}`, `,"required":["next"]`), held, `{"answer":"it is on its way"}`},
		{"an answer that is none", object(`"answer":{"type":"array","items":{"type":"integer"}}`, `,"additionalProperties":{"type":"string"}`), not, `{}`},
		{"halves", `{"type":"array","items":{"type":"integer","multipleOf":0.5},"minItems":2}`, not, `[0,1]`},
		{"too large to count", `{"type":"number","minimum":1e308,"multipleOf":0.1}`, not, "1" + strings.Repeat("0", 308)},
		{"in circles", `{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}`, held, `"it is on its way"`},
		{"nowhere", `{"$ref":"https://example.com/schema"}`, held, `"it is on its way"`},

		{"at least", `{"type":"integer","minimum":3}`, not, `3`},
		{"more than", `{"type":"integer","exclusiveMinimum":3}`, not, `4`},
		{"more than, old", `{"type":"integer","minimum":3,"exclusiveMinimum":true}`, not, `4`},
		{"at most", `{"type":"integer","maximum":-3}`, not, `-3`},
		{"less than", `{"type":"number","exclusiveMaximum":0}`, not, `-1`},
		{"between", `{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}`, not, `0.5`},
		{"a multiple", `{"type":"integer","minimum":10,"multipleOf":7}`, not, `14`},
		{"a multiple of a part", `{"type":"number","minimum":0.25,"multipleOf":0.1}`, not, `0.3`},
		{"either side", `{"type":"number","minimum":-1,"maximum":1}`, not, `0`},
		{"three numbers of two", `{"type":"array","items":{"type":"integer","minimum":1,"maximum":2},"minItems":3}`, not, `[1,2,1]`},
	} {
		got, ok := shape.Value(json.RawMessage(c.schema), parcel)
		if string(got) != c.want || ok != c.held {
			t.Errorf("%s: got %s, %t; want %s, %t", c.name, got, ok, c.want, c.held)
		}
	}
}

// TestOrderAndQuotes: properties have the order of the schema, and names need not be
// words.
func TestOrderAndQuotes(t *testing.T) {
	got, _ := shape.Value(json.RawMessage(`{"type":"object","properties":{"z\"<":{"type":"null"},"a":{"type":"null"}},"required":["a","z\"<"]}`), parcel)
	if want := `{"z\"<":null,"a":null}`; string(got) != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

// TestWithoutAText makes the least there can be.
func TestWithoutAText(t *testing.T) {
	got, held := shape.Value(json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"]}`), nil)
	if want := `{"b":"mock"}`; string(got) != want || held {
		t.Errorf("got %s, %t; want %s", got, held, want)
	}
}

// TestTheTextIsToldItsRoom: the bounds are the field's own.
func TestTheTextIsToldItsRoom(t *testing.T) {
	var asked []string
	text := func(least, most int) string {
		asked = append(asked, fmt.Sprint(least, " to ", most))
		return ""
	}
	shape.Value(json.RawMessage(`{"type":"object","properties":{"a":{"type":"string","maxLength":9},"b":{"type":"string","minLength":3}},"required":["a","b"]}`), text)
	if got, want := strings.Join(asked, ", "), "0 to 9, 3 to 0"; got != want {
		t.Errorf("asked for %s; want %s", got, want)
	}
}

// TestNoSchemaIsTooMuch: what a schema demands is bounded, whatever it says. Unbounded,
// most of these would not end.
func TestNoSchemaIsTooMuch(t *testing.T) {
	wide := strings.Builder{}
	for i := range 5000 {
		fmt.Fprintf(&wide, `"p%d":{"$ref":"#"},`, i)
	}
	deep := strings.Repeat(`{"type":"array","minItems":9,"items":`, 3000) + "{}" + strings.Repeat("}", 3000)
	laughs := strings.Builder{}
	for i := range 30 {
		fmt.Fprintf(&laughs, `"d%d":{"type":"object","properties":{"a":{"$ref":"#/$defs/d%d"},"b":{"$ref":"#/$defs/d%d"}},"required":["a","b"]},`, i, i+1, i+1)
	}
	var refs strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&refs, `{"$ref":"#/$defs/%d"},`, i)
	}
	for name, schema := range map[string]string{
		"items":   `{"type":"array","minItems":1000000000,"items":{"type":"string"}}`,
		"letters": `{"type":"string","minLength":1000000000}`,
		"pattern": `{"type":"string","pattern":"^((a{1000}){3}){3}b+c*$","minLength":100000}`,
		"wide":    `{"type":"object","properties":{` + wide.String() + `"z":{"type":"string"}},"required":["p1","p2","p3","z"]}`,
		"deep":    deep,
		"laughs":  `{"$ref":"#/$defs/d0","$defs":{` + laughs.String() + `"d30":{"type":"integer"}}}`,
		"itself":  `{"allOf":[{"$ref":"#"},{"$ref":"#"}],"anyOf":[{"$ref":"#"},{"allOf":[{"$ref":"#"}]}]}`,
		"refs":    `{"anyOf":[` + refs.String() + `{"type":"integer"}]}`,
		"long":    `{"type":"object","description":"` + strings.Repeat("x", 1<<20) + `"}`,
	} {
		got, _ := shape.Value(json.RawMessage(schema), parcel)
		if !json.Valid(got) || len(got) > 1<<20 {
			t.Errorf("%s: %d bytes", name, len(got))
		}
	}
}

// TestClaimsSurvive: an answer in JSON is found in the JSON's bytes.
func TestClaimsSurvive(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	text := strings.Join(answer.Make("primary", nonce, 20), " ")
	got, held := shape.Value(json.RawMessage(`{"type":"object","properties":{"mood":{"enum":["calm"]},"reply":{"type":"string"}},"required":["mood","reply"]}`),
		func(int, int) string { return text })
	r := answer.Read(string(got))
	if !held || len(r.Pieces) != 1 || !r.Pieces[0].Complete || r.Pieces[0].Nonce != nonce {
		t.Errorf("%s reads as %+v", got, r)
	}
}

func FuzzValue(f *testing.F) {
	f.Add(`{"type":"object","properties":{"a":{"type":"string","pattern":"^[a-f]{2,}$"},"b":{"$ref":"#"}},"required":["a"]}`)
	f.Add(`{"anyOf":[{"type":"array","items":{"$ref":"#"},"minItems":2},{"type":"number","multipleOf":0.1,"minimum":1e308}]}`)
	f.Add(`{"allOf":[{"$ref":"#/$defs/x"}],"$defs":{"x":{"enum":[]}},"type":["null"],"required":["a",1]}`)
	f.Fuzz(func(t *testing.T, schema string) {
		got, held := shape.Value(json.RawMessage(schema), parcel)
		if !json.Valid(got) {
			t.Errorf("not JSON: %q", got)
		}
		if held && !strings.Contains(string(got), parcel(0, 0)) {
			t.Errorf("the text is not in %s", got)
		}
	})
}

func ExampleValue() {
	schema := json.RawMessage(`{"type":"object","properties":{"mood":{"enum":["calm","cross"]},"reply":{"type":"string"}},"required":["mood","reply"]}`)
	value, held := shape.Value(schema, func(least, most int) string { return "It is on its way." })
	fmt.Println(string(value), held)
	// Output: {"mood":"calm","reply":"It is on its way."} true
}
