package shape

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// keywords are what a schema says, the schemas within it unread.
type keywords struct {
	keys     map[string]json.RawMessage
	props    []field  // in the order written
	required []string // names
	ref      string   // what it stands in for
}

// field is a key of an object with its value.
type field struct {
	name  string
	value json.RawMessage
}

// read reads the keywords of a schema, of what it refers to, and of all that it is
// besides. What is no schema allows everything.
func (m *maker) read(raw json.RawMessage) keywords {
	m.left -= len(raw) + minRead
	s := one(raw)
	if ref := s.text("$ref"); ref != "" {
		target, ok := m.refs[ref]
		if !ok {
			m.refs[ref] = keywords{} // of what refers to itself only
			target = m.read(m.at(ref))
			m.refs[ref] = target
		}
		if s = s.without("$ref"); len(s.keys) > 0 {
			target = s.and(target)
		}
		s, s.ref = target, ref
	}
	parts := s.list("allOf")
	s = s.without("allOf")
	for _, part := range parts {
		if m.left < 0 || m.depth >= maxDepth {
			break
		}
		m.depth++
		s = s.and(m.read(part))
		m.depth--
	}
	return s
}

// one reads the keywords of a schema itself.
func one(raw json.RawMessage) keywords {
	s := keywords{keys: map[string]json.RawMessage{}}
	for _, f := range fields(raw) {
		s.keys[f.name] = f.value
	}
	s.props = fields(s.keys["properties"])
	_ = json.Unmarshal(s.keys["required"], &s.required) // of OpenAPI 2 it can be a flag
	return s
}

// fields are the keys and values of an object, in order.
func fields(raw json.RawMessage) (all []field) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for dec.More() {
		name, err := dec.Token()
		f := field{}
		if f.name, _ = name.(string); err != nil || dec.Decode(&f.value) != nil {
			return nil
		}
		all = append(all, f)
	}
	return all
}

// at is the part of the schema that a reference points to, if it is of this schema:
// #, #/$defs/name.
func (m *maker) at(ref string) json.RawMessage {
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	at, walked := m.root, ""
	for _, step := range strings.Split(path, "/")[1:] {
		inner, ok := m.inner[walked]
		if !ok {
			inner = children(at)
			m.inner[walked] = inner
		}
		walked += "/" + step
		if plain, err := url.PathUnescape(step); err == nil {
			step = plain
		}
		at = inner[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
	}
	return at
}

// children are the values of an object by their keys, or of a list by their places.
func children(raw json.RawMessage) map[string]json.RawMessage {
	inner := map[string]json.RawMessage{}
	var list []json.RawMessage
	_ = json.Unmarshal(raw, &list)
	for i, v := range list {
		inner[strconv.Itoa(i)] = v
	}
	for _, f := range fields(raw) {
		inner[f.name] = f.value
	}
	return inner
}

// and is what satisfies both. Where both have a keyword, the first one's counts.
func (s keywords) and(t keywords) keywords {
	both := keywords{keys: map[string]json.RawMessage{}, ref: s.ref}
	for _, keys := range []map[string]json.RawMessage{t.keys, s.keys} {
		for k, v := range keys {
			both.keys[k] = v
		}
	}
	both.required = slices.Concat(s.required, t.required)
	both.props = slices.Clone(s.props)
	known := namesOf(s.props)
	for _, f := range t.props {
		if !known[f.name] {
			both.props = append(both.props, f)
		}
	}
	return both
}

func namesOf(all []field) map[string]bool {
	names := map[string]bool{}
	for _, f := range all {
		names[f.name] = true
	}
	return names
}

// without is the schema less some keywords.
func (s keywords) without(names ...string) keywords {
	t := s
	t.keys = map[string]json.RawMessage{}
	for k, v := range s.keys {
		if !slices.Contains(names, k) {
			t.keys[k] = v
		}
	}
	return t
}

// bare says whether a schema is a choice of others and nothing else that matters.
func (s keywords) bare() bool {
	for k := range s.keys {
		switch k {
		case "anyOf", "oneOf", "title", "description", "default", "examples", "discriminator", "nullable",
			"$schema", "$id", "$defs", "definitions", "$comment", "deprecated", "readOnly", "writeOnly":
		default:
			return false
		}
	}
	return true
}

// branches are those of which a value must be one.
func (s keywords) branches() []json.RawMessage {
	if b := s.list("anyOf"); len(b) > 0 {
		return b
	}
	return s.list("oneOf")
}

// list is the value of a keyword that has a list.
func (s keywords) list(name string) (values []json.RawMessage) {
	_ = json.Unmarshal(s.keys[name], &values) // of another type it says nothing
	return values
}

// whole is the value of a keyword that has a number of things; ok is false when
// there is none.
func (s keywords) whole(name string) (n int, ok bool) {
	f, ok := s.float(name)
	return int(min(max(f, 0), 1<<30)), ok
}

// float is the value of a keyword that has a number.
func (s keywords) float(name string) (f float64, ok bool) {
	raw, ok := s.keys[name]
	return f, ok && !isNull(raw) && json.Unmarshal(raw, &f) == nil
}

// text is the value of a keyword that has a text.
func (s keywords) text(name string) (t string) {
	_ = json.Unmarshal(s.keys[name], &t)
	return t
}

// kind is the type of the values. Of several it is string, if that is wished, else
// the first that is not null.
func (s keywords) kind(text bool) string {
	var types []string
	if json.Unmarshal(s.keys["type"], &types) != nil {
		types = []string{s.text("type")}
	}
	for i := range types {
		types[i] = strings.ToLower(types[i]) // OpenAPI's are written in capitals by some
	}
	if text && slices.Contains(types, "string") {
		return "string"
	}
	if sure := slices.DeleteFunc(slices.Clone(types), func(t string) bool { return t == "null" }); len(sure) > 0 {
		types = sure
	}
	if len(types) > 0 && types[0] != "" {
		return types[0]
	}
	return s.implied()
}

// implied is the type of the values of a schema that does not say it.
func (s keywords) implied() string {
	for _, k := range []struct {
		kind  string
		words []string
	}{
		{"object", []string{"properties", "required", "additionalProperties", "minProperties", "patternProperties"}},
		{"array", []string{"items", "prefixItems", "minItems", "maxItems"}},
		{"string", []string{"pattern", "format", "minLength", "maxLength"}},
		{"number", []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}},
	} {
		for _, w := range k.words {
			if _, ok := s.keys[w]; ok {
				return k.kind
			}
		}
	}
	return "string"
}
