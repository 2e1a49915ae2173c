package mockllm

import "encoding/json"

// Decoded is a request's part, as its reader sees it, as JSON again; false: it is of
// another type.
func Decoded[T any](raw []byte) (string, bool) {
	var to T
	ok := decode(space(raw), &to)
	b, _ := json.Marshal(to)
	return string(b), ok
}

// Members and Elements are [Decoded] of the types that have no name outside.
func Members(raw []byte) (string, bool)  { return Decoded[object](raw) }
func Elements(raw []byte) (string, bool) { return Decoded[[]json.RawMessage](raw) }

// Indented lays out JSON.
func Indented(doc []byte, indent string) string { return string(appendIndented(nil, doc, indent)) }
