// Package shape makes JSON that satisfies a JSON Schema: about the least that does,
// with a text of the caller's in one of its strings.
//
// Start with [Value], the whole of it:
//
//	value, held := shape.Value(schema, func(least, most int) string { return "It is on its way." })
//	// {"reply":"It is on its way.","mood":"calm"}, true
//
// The text goes where an app is likeliest to look for it: into a string whose name
// says that it is one to read (answer, reply, message, …), else into the first that
// takes it, else into one that need not be there. Strings with an enum, a const or a
// known format never take it, those with a pattern if it matches.
//
// Understood are type, enum, const, properties, required, additionalProperties,
// items, prefixItems, the bounds of numbers, texts and lists, multipleOf, pattern,
// format, anyOf, oneOf, allOf, $ref within the schema, and the spellings of OpenAPI.
// What says no more than what may not be (not, if, dependentSchemas, …) is passed
// over. A schema that demands a million of anything gets thousands.
package shape

import (
	"encoding/json"
	"slices"
)

// Text is asked for a text of at least and at most so many characters; most is 0
// where there is no bound. It returns "" when it has none that fits, and may be asked
// more than once.
type Text func(least, most int) string

// The bounds of one value. A schema can be written in a few bytes that nobody has
// the memory to satisfy.
const (
	maxSchema = 1 << 18 // bytes; of a longer one nothing is read
	maxRead   = 1 << 24 // bytes, counting what is read twice
	minRead   = 1 << 10 // what a schema counts at least: so there are 16,384 items at most
	maxDepth  = 40
	maxChars  = 10_000 // of one string
)

// Value makes a value of a schema, in compact JSON, properties in the schema's
// order, and says whether the text is in it. Without a schema, and for one that no
// value satisfies, it is an object with one string, answer.
func Value(schema json.RawMessage, text Text) (value json.RawMessage, held bool) {
	if len(schema) > 0 && len(schema) <= maxSchema && json.Valid(schema) {
		if r := first(schema, text); !r.failed {
			return r.json, r.held
		}
	}
	r := first(json.RawMessage(`{"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"]}`), text)
	return r.json, r.held
}

// first makes a value of a whole schema.
func first(schema json.RawMessage, text Text) result {
	m := &maker{
		root: schema, text: text, left: maxRead,
		made: map[string]int{"#": 1}, refs: map[string]keywords{}, inner: map[string]map[string]json.RawMessage{},
	}
	return m.value(schema, wish{text: text != nil})
}

// maker makes one value.
type maker struct {
	root  json.RawMessage
	text  Text
	left  int                                   // so much may still be read
	depth int                                   // of the schema looked at
	made  map[string]int                        // how many are being made within each other, by their $ref
	refs  map[string]keywords                   // what references refer to
	inner map[string]map[string]json.RawMessage // what is in the schema, by path
}

// wish is what a value is wanted to be, besides right.
type wish struct {
	text bool // to hold the text
	nth  int  // to be another than the others of its list
}

// result is a value, unless it failed: then none was found.
type result struct {
	json   json.RawMessage
	held   bool // the text is in it
	failed bool
}

// value makes a value of a schema that was not looked at yet.
func (m *maker) value(raw json.RawMessage, w wish) result {
	if m.left < 0 || m.depth >= maxDepth {
		return result{failed: true}
	}
	m.depth++
	defer func() { m.depth-- }()
	s := m.read(raw)
	if s.ref == "" {
		return m.of(s, w)
	}
	// Trees end where they can. What has no place for the text has none within itself.
	if m.made[s.ref] > 1 {
		return result{failed: true}
	}
	w.text = w.text && m.made[s.ref] == 0
	m.made[s.ref]++
	defer func() { m.made[s.ref]-- }()
	return m.of(s, w)
}

// of makes a value of a schema.
func (m *maker) of(s keywords, w wish) result {
	if v, ok := s.keys["const"]; ok {
		return result{json: v}
	}
	if values := s.list("enum"); len(values) > 0 {
		if sure := slices.DeleteFunc(slices.Clone(values), isNull); len(sure) > 0 {
			values = sure
		}
		return result{json: values[w.nth%len(values)]}
	}
	if branches := s.branches(); len(branches) > 0 {
		return m.choice(s, branches, w)
	}
	switch s.kind(w.text) {
	case "object":
		return m.object(s, w)
	case "array":
		return m.array(s, w)
	case "integer":
		return result{json: s.number(true, w.nth)}
	case "number":
		return result{json: s.number(false, w.nth)}
	case "boolean":
		return result{json: []json.RawMessage{json.RawMessage("false"), json.RawMessage("true")}[w.nth%2]}
	case "null":
		return result{json: json.RawMessage("null")}
	}
	return m.string(s, w)
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// choice makes a value of the first branch that holds the text, else of the first
// that does not fail. null comes last.
func (m *maker) choice(s keywords, branches []json.RawMessage, w wish) result {
	best := result{failed: true}
	for _, null := range []bool{false, true} {
		for _, b := range branches {
			if m.left < 0 {
				return best
			}
			if (m.read(b).kind(false) == "null") != null {
				continue
			}
			r := m.branch(s, b, w)
			if best.failed || r.held {
				best = r
			}
			if r.held || !best.failed && !w.text {
				return best
			}
		}
	}
	return best
}

// branch makes a value of what all branches have in common, and of one of them.
func (m *maker) branch(s keywords, raw json.RawMessage, w wish) result {
	if s.bare() {
		return m.value(raw, w)
	}
	if m.left < 0 || m.depth >= maxDepth {
		return result{failed: true}
	}
	m.depth++
	defer func() { m.depth-- }()
	return m.of(s.without("anyOf", "oneOf").and(m.read(raw)), w)
}
