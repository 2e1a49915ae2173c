package mockllm_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm"
)

// documents are JSON in which everything stands that a fast reader could trip over.
func documents() []string {
	return []string{
		`{}`, `[]`, `null`, `true`, `false`, `0`, `-1.5e+7`, `""`, `"a"`, `"\""`, `"\\"`, `"\\\""`, `"é"`, `"a" `, `"\u00e9"`,
		" {\n} ", " [ ] ", `{"a":1}`, ` { "a" : 1 , "b" : [ 1 , { "c" : "]}" } ] , "d" : "\\" } `,
		`{"a":"x","a":{"b":[]}}`, `{"\u0061":1}`, `{"é":1}`, `{"":0}`, `[1,"2",[3],{"4":5},null,true]`, `[[[[]]],{}]`,
		`{"a":"{\"b\":\"}\"}","c":"\\\\\"]"}`, "{\"a\":\"\xff\"}", `{"model":"m","stream":true,"n":12,"messages":[{"role":"user","content":"hi"}]}`,
	}
}

// TestDecodesAsJSON: what reads requests fast reads them as encoding/json does.
func TestDecodesAsJSON(t *testing.T) {
	for _, doc := range documents() {
		agree[map[string]json.RawMessage](t, doc, mockllm.Members)
		agree[[]json.RawMessage](t, doc, mockllm.Elements)
		agree[string](t, doc, mockllm.Decoded[string])
		agree[bool](t, doc, mockllm.Decoded[bool])
	}
}

// FuzzDecode looks for JSON that the two read differently.
func FuzzDecode(f *testing.F) {
	for _, doc := range documents() {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		if !json.Valid([]byte(doc)) {
			return
		}
		agree[map[string]json.RawMessage](t, doc, mockllm.Members)
		agree[[]json.RawMessage](t, doc, mockllm.Elements)
		agree[string](t, doc, mockllm.Decoded[string])
		agree[bool](t, doc, mockllm.Decoded[bool])
		sameIndent(t, doc)
	})
}

func agree[T any](t *testing.T, doc string, decode func([]byte) (string, bool)) {
	t.Helper()
	var want T
	wanted := json.Unmarshal([]byte(doc), &want) == nil
	text, _ := json.Marshal(want)
	if got, ok := decode([]byte(doc)); ok != wanted || ok && got != string(text) {
		t.Errorf("%q as %T: got %s, %v, want %s, %v", doc, want, got, ok, text, wanted)
	}
}

// TestIndentsAsJSON: what lays out answers fast lays them out as encoding/json does.
func TestIndentsAsJSON(t *testing.T) {
	for _, doc := range documents() {
		sameIndent(t, doc)
	}
}

func sameIndent(t *testing.T, doc string) {
	t.Helper()
	var compact, want bytes.Buffer
	if json.Compact(&compact, []byte(doc)) != nil || json.Indent(&want, compact.Bytes(), "", "  ") != nil {
		t.Fatalf("%q is no JSON", doc)
	}
	if got := mockllm.Indented(compact.Bytes(), "  "); got != want.String() {
		t.Errorf("%q: got\n%s\nwant\n%s", doc, got, &want)
	}
}
