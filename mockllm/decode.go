package mockllm

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// object is a JSON object of which only some keys are looked at.
type object map[string]json.RawMessage

// decode is json.Unmarshal of what is a part of valid JSON, and so need not be looked
// through again for mistakes: requests are read level by level. What requests are made
// of it takes apart itself, several times as fast, and without a copy; false is a value
// of another type.
func decode[T any](raw json.RawMessage, to *T) bool {
	ok := false
	switch to := any(to).(type) {
	case *string:
		*to, ok = plainString(raw)
	case *bool:
		*to, ok = string(raw) == "true", kind(raw) == "a boolean"
	case *int:
		if n, err := strconv.Atoi(string(raw)); err == nil {
			*to, ok = n, true
		}
	case *object:
		*to, ok = members(raw)
	case *[]json.RawMessage:
		*to, ok = elements(raw)
	}
	return ok || json.Unmarshal(raw, to) == nil
}

// mistake is what is wrong with a text that should be JSON, if anything is.
func mistake(text []byte) (syntax *json.SyntaxError, wrong bool) {
	if json.Valid(text) {
		return nil, false
	}
	return errors.AsType[*json.SyntaxError](json.Unmarshal(text, new(json.RawMessage)))
}

// plainString is a string without escapes, of ASCII.
func plainString(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	raw = raw[1 : len(raw)-1]
	for _, c := range raw {
		if c == '\\' || c > '~' {
			return "", false
		}
	}
	return string(raw), true
}

// members are an object's, if their names are plain. The last of a name counts.
func members(raw []byte) (object, bool) {
	if kind(raw) != "an object" {
		return nil, false
	}
	all := make(object, 8)
	for rest := space(raw[1:]); rest[0] != '}'; {
		end := valueEnd(rest)
		name, plain := plainString(rest[:end])
		if !plain {
			return nil, false
		}
		rest = space(space(rest[end:])[1:]) // past the colon
		end = valueEnd(rest)
		all[name] = rest[:end:end]
		rest = next(rest[end:])
	}
	return all, true
}

// elements are an array's.
func elements(raw []byte) ([]json.RawMessage, bool) {
	if kind(raw) != "an array" {
		return nil, false
	}
	all := []json.RawMessage{}
	for rest := space(raw[1:]); rest[0] != ']'; {
		end := valueEnd(rest)
		all = append(all, rest[:end:end])
		rest = next(rest[end:])
	}
	return all, true
}

// objects are an array's elements that are objects or null; false: some are not.
func objects(raw json.RawMessage) ([]object, bool) {
	var all []json.RawMessage
	if !decode(raw, &all) {
		return nil, false
	}
	found := make([]object, len(all))
	for i, one := range all {
		if !decode(one, &found[i]) {
			return nil, false
		}
	}
	return found, true
}

// next is what stands after a value: the next one, or the end of what both are in.
func next(rest []byte) []byte {
	rest = space(rest)
	if rest[0] == ',' {
		return space(rest[1:])
	}
	return rest
}

// space is b without the space it begins with.
func space(b []byte) []byte {
	for i, c := range b {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return b[i:]
		}
	}
	return nil
}

// valueEnd is the length of the value that b begins with.
func valueEnd(b []byte) int {
	switch b[0] {
	case '"':
		return stringEnd(b)
	case '{', '[':
	default:
		if end := bytes.IndexAny(b, ",]} \n\r\t"); end >= 0 {
			return end
		}
		return len(b)
	}
	depth := 0
	for i := 0; ; i++ {
		switch b[i] {
		case '"':
			i += stringEnd(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// stringEnd is the length of the string that b begins with.
func stringEnd(b []byte) int {
	for at := 1; ; at++ {
		at += bytes.IndexByte(b[at:], '"')
		escapes := 0
		for b[at-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return at + 1
		}
	}
}
