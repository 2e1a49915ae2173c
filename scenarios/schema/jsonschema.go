package schema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// JSONSchema writes a language as a JSON Schema (draft-07) for editors: what it
// refuses the decoder refuses, too. It cannot say what lies between two places of
// a file, nor how big a value with a unit is.
//
// A file that extends another may leave out what its parent says, and take things
// away with null, so there are two forms of whatever merges. patternErrorMessage,
// errorMessage and enumDescriptions are yaml-language-server's; others pass over
// them.
func JSONSchema(k Key) []byte {
	w := jsonWriter{definitions: object{"variable": variable()}}
	doc := object{
		"$schema": "http://json-schema.org/draft-07/schema#", "title": k.Name, "description": k.Doc, "type": "object",
		"if":          object{"required": []string{"extends"}},
		"then":        w.ref("extending_"+k.Name, w.mapping(k, true)),
		"else":        w.ref(k.Name, w.mapping(k, false)),
		"definitions": w.definitions,
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(doc); err != nil {
		panic(fmt.Sprintf("schema: %v", err))
	}
	return b.Bytes()
}

type object = map[string]any

// jsonWriter collects the parts of a schema that stand in several places.
type jsonWriter struct{ definitions object }

// bigPart is the size from which a part is written once and referred to, in bytes
// of JSON.
const bigPart = 300

// key is what may stand behind a key. In a part of a file that extends another,
// null is allowed, for it takes the key away.
func (w jsonWriter) key(owner string, k Key, part bool) any {
	o := w.value(k, part)
	describe(o, k)
	if part {
		o = object{"anyOf": []any{o, object{"type": "null"}}}
		describe(o, Key{Doc: k.Doc})
	}
	if text, err := json.Marshal(o); err != nil || len(text) < bigPart {
		return o
	}
	name := k.Name
	if part {
		name = "extending_" + name
	}
	for _, free := range []string{name, owner + "_" + name} {
		if have, taken := w.definitions[free]; !taken || reflect.DeepEqual(have, o) {
			return w.ref(free, o)
		}
	}
	return o
}

// ref writes a part down under a name.
func (w jsonWriter) ref(name string, o object) object {
	name = strings.ReplaceAll(name, " ", "_")
	w.definitions[name] = o
	return object{"$ref": "#/definitions/" + name}
}

// value is the schema of a row's type, without its words.
func (w jsonWriter) value(k Key, part bool) object {
	switch k.Type {
	case Map:
		return w.mapping(k, part)
	case Named:
		return w.named(k, part)
	case List:
		o := object{"type": "array", "minItems": 1, "items": w.key(k.Name, *k.Item, false)}
		if k.Items > 0 {
			o["maxItems"] = k.Items
		}
		return o
	case Either:
		var forms []any
		for _, form := range k.Forms {
			form.Name, form.Doc = k.Name, cmp.Or(form.Doc, k.Doc)
			o := w.value(form, part)
			describe(o, form)
			forms = append(forms, o)
		}
		return object{"anyOf": forms}
	case Texts:
		return object{"type": "object", "additionalProperties": object{"type": textTypes(part)}}
	case Values:
		return object{"type": "object"}
	case JSON:
		return object{}
	}
	return k.scalar()
}

// textTypes are the values that are taken for text.
func textTypes(part bool) []string {
	types := []string{"string", "number", "boolean"}
	if part {
		types = append(types, "null")
	}
	return types
}

// mapping is a map with fixed keys. Which keys there are besides may depend on one
// of them; each of its words then has a whole of its own, for additionalProperties
// sees only the properties beside it.
func (w jsonWriter) mapping(k Key, part bool) object {
	properties, all := object{}, []any{}
	for _, row := range k.Keys {
		if row.Name == k.By {
			row.meanings = k.cases()
		}
		if row.Refused == "" {
			properties[row.Name] = w.key(k.Name, row, part)
		}
	}
	o := object{"type": "object", "properties": properties}
	if needs := required(k.Keys); len(needs) > 0 && !part {
		o["required"] = needs
	}
	for _, rule := range k.Rules {
		all = append(all, rule.json(part)...)
	}
	for _, c := range k.Cases {
		all = append(all, object{
			"if":   object{"properties": object{k.By: object{"const": c.Word}}, "required": []string{k.By}},
			"then": w.ref(k.Name+"_"+c.Word, w.inCase(k, c, part)),
		})
	}
	if k.By == "" {
		o["additionalProperties"] = false
	}
	if len(all) > 0 {
		o["allOf"] = all
	}
	return o
}

// cases says what the words mean that decide between cases.
func (k Key) cases() (docs []string) {
	for _, c := range k.Cases {
		docs = append(docs, c.Doc)
	}
	return docs
}

// inCase is the whole of a map whose By has a word.
func (w jsonWriter) inCase(k Key, c Case, part bool) object {
	properties := object{}
	for _, row := range k.Keys {
		if row.Refused == "" {
			properties[row.Name] = true
		}
	}
	properties[k.By] = object{"const": c.Word, "description": c.Doc}
	for _, row := range c.Keys {
		if row.Refused == "" {
			properties[row.Name] = w.key(c.Word, row, part)
		}
	}
	o := object{"properties": properties, "additionalProperties": false}
	if needs := required(c.Keys); len(needs) > 0 && !part {
		o["required"] = needs
	}
	return o
}

func required(rows []Key) []string {
	var needs []string
	for _, row := range rows {
		if row.Required && row.Refused == "" {
			needs = append(needs, row.Name)
		}
	}
	return needs
}

func (w jsonWriter) named(k Key, part bool) object {
	o := object{"type": "object", "additionalProperties": w.key(k.Name, *k.Item, part)}
	if k.Check == nil {
		o["propertyNames"] = object{"pattern": name.String(), "patternErrorMessage": row(Name).Allows}
	}
	if !part {
		o["minProperties"] = 1
	}
	if k.Items > 0 {
		o["maxProperties"] = k.Items
	}
	return o
}

// json says a rule about the keys of a map.
func (r Rule) json(part bool) []any {
	var all []any
	if r.Least > 0 && !part {
		var one []any
		for _, key := range r.Keys {
			one = append(one, object{"required": []string{key}})
		}
		all = append(all, object{"anyOf": one})
	}
	if r.Most > 1 {
		return all
	}
	for i, key := range r.Keys {
		for _, other := range r.Keys[i+1:] {
			both := object{"required": []string{key, other}}
			if part { // null takes away what a parent says
				there := object{"not": object{"type": "null"}}
				both["properties"] = object{key: there, other: there}
			}
			all = append(all, object{
				"not":          both,
				"errorMessage": key + " and " + other + " contradict each other",
			})
		}
	}
	return all
}

// fromEnvironment is a part of any pattern: a value may come from a variable.
const fromEnvironment = `\$\{[A-Za-z_]`

func variable() object {
	return object{
		"type": "string", "pattern": fromEnvironment,
		"description": "The value of an environment variable: ${VAR} or ${VAR:-default}.",
	}
}

// scalar is the schema of a single value.
func (k Key) scalar() object {
	number := `\s*[0-9]+(\.[0-9]+)?`
	switch k.Type {
	case Text:
		// Not "type", for then editors would offer true and false.
		return object{"not": object{"type": []string{"object", "array", "null"}}, "errorMessage": "allowed: " + k.allows()}
	case Name:
		return k.pattern(strings.Trim(name.String(), "^$"))
	case Duration:
		return k.pattern(`\s*([0-9]+(\.[0-9]+)?(ms|s|m|h))+\s*`)
	case Share:
		return k.pattern(number + `%\s*`)
	case Rate:
		return k.pattern(number + `/(s|min)\s*`)
	case ParShare:
		return k.pattern(number+`%\s*`, `\s*par(\s*[+-]`+number+`%)?\s*`)
	case ParSpan:
		return k.pattern(`\s*([0-9]+(\.[0-9]+)?(ms|s|m|h))+\s*`, `\s*par(\s*[+-]\s*([0-9]+(\.[0-9]+)?(ms|s|m|h))+)?\s*`)
	}
	return object{"anyOf": []any{k.plain(), object{"$ref": "#/definitions/variable"}}}
}

// pattern is a text that is written in one of several ways.
func (k Key) pattern(ways ...string) object {
	ways = append(ways, k.Words...)
	return object{
		"type": "string", "pattern": "^(" + strings.Join(ways, "|") + ")$|" + fromEnvironment,
		"patternErrorMessage": "allowed: " + k.allows(),
	}
}

// plain is a value that is no text, or one of some words.
func (k Key) plain() object {
	o := object{}
	switch {
	case len(k.Words) > 0:
		var words []any
		for _, word := range k.Words {
			words = append(words, yamlValue(word))
		}
		o["enum"] = words
		if k.meanings != nil {
			o["enumDescriptions"] = k.meanings
		}
		return o
	case k.Type == Flag:
		o["type"] = "boolean"
		return o
	case k.Type == Count:
		o["type"] = "integer"
	default:
		o["type"] = "number"
	}
	o["minimum"] = 0
	if k.Least != "" {
		o["minimum"] = yamlValue(k.Least)
	}
	if k.Most != "" {
		o["maximum"] = yamlValue(k.Most)
	}
	return o
}

// describe adds the words of a row to its schema.
func describe(o object, k Key) {
	if k.Doc != "" {
		o["description"] = k.Doc
	}
	if span := k.span(); span != "" && slices.Contains([]Type{Duration, Share, Rate, ParShare, ParSpan}, k.Type) {
		o["description"] = strings.TrimSpace(k.Doc + " Allowed: " + span + ".")
	}
	if k.Default != "" {
		o["default"] = yamlValue(k.Default)
	}
	if k.Example != "" && !strings.Contains(k.Example, "…") {
		o["examples"] = []any{yamlValue(k.Example)}
	}
}

// yamlValue is what a file's text stands for.
func yamlValue(text string) any {
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		panic(fmt.Sprintf("schema: %q is no YAML: %v", text, err))
	}
	return v
}
