package reply

import (
	"bytes"
	"encoding/json"

	"github.com/theory/jsonpath/spec"
)

// A step leads from a JSON value to one that is in it: to the member of that name of
// an object, or to the element at an index, from the end where it is negative, of an
// array.
type step struct {
	name  string
	index int
	array bool
}

// stepsOf are the steps of a path that names one place, nil for any other.
func stepsOf(p *spec.PathQuery) []step {
	var steps []step
	if p.Singular() == nil {
		return nil
	}
	for _, segment := range p.Segments() {
		switch s := segment.Selectors()[0].(type) {
		case spec.Name:
			steps = append(steps, step{name: string(s)})
		case spec.Index:
			steps = append(steps, step{index: int(s), array: true})
		default:
			return nil
		}
	}
	return steps
}

// pick gives the string that steps lead to in valid JSON, "" when none is there. To
// decode all of it took more than all else that is done with a reply.
func pick(data []byte, steps []step) string {
	v := (&scan{data: data}).value()
	for _, s := range steps {
		if v = s.in(v); v == nil {
			return ""
		}
	}
	if v[0] != '"' {
		return ""
	}
	return unquote(v)
}

// in is the value that the step leads to, nil when none is there. Of members of one
// name the last counts, as it does for decoders.
func (s step) in(v []byte) (found []byte) {
	switch {
	case s.array && v[0] == '[':
		n := s.index
		if n < 0 {
			for range elements(v) {
				n++
			}
			if n < 0 {
				return nil
			}
		}
		for e := range elements(v) {
			if n == 0 {
				return e
			}
			n--
		}
	case !s.array && v[0] == '{':
		key := false
		var name []byte
		for e := range elements(v) {
			if key = !key; key {
				name = e
			} else if unquote(name) == s.name {
				found = e
			}
		}
	}
	return found
}

// elements yields the elements of an array, or by turns the names and the values of
// an object.
func elements(v []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		s := scan{data: v, at: 1}
		for s.more() && yield(s.value()) {
		}
	}
}

// unquote is the string that a JSON text stands for.
func unquote(quoted []byte) string {
	for _, c := range quoted {
		if c == '\\' || c >= 0x80 { // which may be no UTF-8
			var s string
			_ = json.Unmarshal(quoted, &s) // it is valid
			return s
		}
	}
	return string(quoted[1 : len(quoted)-1])
}

// A scan goes through JSON that is known to be valid.
type scan struct {
	data []byte
	at   int
}

// more goes to the next value of an array or object, if there is one.
func (s *scan) more() bool {
	for {
		switch s.data[s.at] {
		case ' ', '\t', '\r', '\n', ',', ':':
			s.at++
		case ']', '}':
			return false
		default:
			return true
		}
	}
}

// value goes past a value and gives it, with no space around it.
func (s *scan) value() []byte {
	for bytes.IndexByte([]byte(" \t\r\n"), s.data[s.at]) >= 0 {
		s.at++
	}
	from := s.at
	switch s.data[from] {
	case '"':
		s.text()
	case '{', '[':
		s.nest()
	default: // a number, true, false or null
		if n := bytes.IndexAny(s.data[from:], " \t\r\n,]}"); n >= 0 {
			s.at += n
		} else {
			s.at = len(s.data)
		}
	}
	return s.data[from:s.at]
}

// text goes past a string.
func (s *scan) text() {
	for escaped := true; escaped; { // the quote that it begins with is none that ends it
		s.at += 1 + bytes.IndexByte(s.data[s.at+1:], '"')
		escaped = false
		for n := s.at - 1; s.data[n] == '\\'; n-- {
			escaped = !escaped
		}
	}
	s.at++
}

// nest goes past an array or object.
func (s *scan) nest() {
	for depth := 0; ; {
		switch s.data[s.at] {
		case '"':
			s.text()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if s.at++; depth == 0 {
			return
		}
	}
}
