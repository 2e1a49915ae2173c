package control

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// OpenAPI is the document of the table of routes, OpenAPI 3.1.
func (s *Server) OpenAPI() map[string]any {
	paths := hookPaths()
	for _, r := range s.routes {
		item, _ := paths[r.Path].(map[string]any)
		if item == nil {
			item = map[string]any{}
			paths[r.Path] = item
		}
		item[strings.ToLower(r.Method)] = r.operation()
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "brownout control", "version": "1",
			"description": "Leads a drill while it runs. Actions are done one after the other; each answers with the new state.",
		},
		"servers":  []any{map[string]any{"url": "/"}},
		"security": []any{map[string]any{"token": []any{}}},
		"paths":    paths,
		"components": map[string]any{
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}},
			"schemas":         map[string]any{"Problem": schemaOf(reflect.TypeOf(Problem{}))},
		},
	}
}

func (r Route) operation() map[string]any {
	parameters := []any{}
	for _, p := range r.Query {
		parameters = append(parameters, map[string]any{"name": p.Name, "in": "query", "description": p.Doc, "schema": p.Schema})
	}
	if r.Acts {
		parameters = append(parameters, map[string]any{
			"name": "If-Match", "in": "header", "schema": map[string]any{"type": "string"},
			"description": "the ETag of the state that the caller has seen: in another nothing is done",
		})
	}
	if r.Method != "GET" {
		parameters = append(parameters, map[string]any{
			"name": ActorHeader, "in": "header", "schema": map[string]any{"type": "string"},
			"description": "who acts, for the log",
		})
	}
	responses := map[string]any{
		"200":     answer("what was asked for", "application/json", schemaFor(r.Answer)),
		"default": answer("what is wrong", "application/problem+json", map[string]any{"$ref": "#/components/schemas/Problem"}),
	}
	if r.Acts {
		responses["409"] = answer("the drill is in another state by now, or ending", "application/problem+json",
			map[string]any{"$ref": "#/components/schemas/Problem"})
	}
	made := map[string]any{"operationId": r.Name, "description": r.Doc, "parameters": parameters, "responses": responses}
	if r.Body != nil {
		content := map[string]any{}
		for _, kind := range r.kinds() {
			of := schemaFor(r.Body)
			if kind == ndjson { // of which a line is one
				of = schemaOf(reflect.TypeOf(r.Body).Elem())
			}
			content[kind] = map[string]any{"schema": of}
		}
		made["requestBody"] = map[string]any{"content": content}
	}
	return made
}

func answer(text, kind string, schema map[string]any) map[string]any {
	return map[string]any{"description": text, "content": map[string]any{kind: map[string]any{"schema": schema}}}
}

// schemaFor is the schema of a value of which only the type matters.
func schemaFor(v any) map[string]any {
	if v == nil {
		return map[string]any{}
	}
	return schemaOf(reflect.TypeOf(v))
}

// schemaOf is the schema of what encoding/json makes of a type of this package. Of
// others, such as the card, it says that they are objects: their own format has one.
func schemaOf(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[json.RawMessage](), t.Kind() == reflect.Interface:
		return map[string]any{}
	case t.Kind() == reflect.Pointer && t.Elem().Kind() != reflect.Struct:
		return schemaOf(t.Elem())
	case t.Kind() == reflect.Pointer:
		return map[string]any{"type": "object"}
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Map:
		return map[string]any{"type": "object"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Struct:
		return schemaOfStruct(t)
	}
	panic(fmt.Sprintf("control: a document holds a %s", t))
}

func schemaOfStruct(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []any{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		of := schemaOf(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			of["description"] = doc
		}
		properties[name] = of
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
