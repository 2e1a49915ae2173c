package scorecard

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A layout is how encoding/json writes a struct: its keys, in their order. A log
// of a long drill has a million lines of two kinds, so these are written and read
// by layout, without a second look at the types. Whatever a layout has no answer
// for is left to encoding/json, whose bytes and values ours are.
type layout []column

// column is one field of a layout.
type column struct {
	key       string // as it stands in a line: `"due_s":`
	index     int    // of the field
	form      form
	omitEmpty bool
	inner     layout // of a form that has one
}

// form is how a value is written.
type form uint8

const (
	formOther   form = iota // as encoding/json has it
	formString              // string
	formInt                 // int, int64
	formBool                // bool
	formSeconds             // Seconds
	formMoment              // *Seconds
	formWords               // []string
	formInner               // pointer to a struct with a layout of its own
)

// layoutOf derives the layout of a struct from its tags.
func layoutOf(t reflect.Type) layout {
	var l layout
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		c := column{key: strconv.Quote(name) + ":", index: i, omitEmpty: options == "omitempty"}
		switch {
		case options != "" && !c.omitEmpty, name == "" || name == "-":
			panic("scorecard: " + t.Name() + "." + f.Name + " has a tag that no layout knows")
		case f.Type == reflect.TypeFor[Seconds]():
			c.form = formSeconds
		case f.Type == reflect.TypeFor[*Seconds]():
			c.form = formMoment
		case f.Type == reflect.TypeFor[string]():
			c.form = formString
		case f.Type == reflect.TypeFor[int]() || f.Type == reflect.TypeFor[int64]():
			c.form = formInt
		case f.Type == reflect.TypeFor[bool]():
			c.form = formBool
		case f.Type == reflect.TypeFor[[]string]():
			c.form = formWords
		case f.Type == reflect.TypeFor[*Answer]():
			c.form, c.inner = formInner, layoutOf(f.Type.Elem())
		}
		l = append(l, c)
	}
	return l
}

// codec writes and reads lines of the two kinds that there are many of.
type codec struct{ user, attempt layout }

func newCodec() codec {
	return codec{user: layoutOf(reflect.TypeFor[User]()), attempt: layoutOf(reflect.TypeFor[Attempt]())}
}

// appendLine appends a line as json.Marshal writes it.
func (c *codec) appendLine(b []byte, l Line) ([]byte, error) {
	var layout layout
	var content reflect.Value
	switch {
	case l.User != nil:
		layout, content = c.user, reflect.ValueOf(l.User).Elem()
	case l.Attempt != nil:
		layout, content = c.attempt, reflect.ValueOf(l.Attempt).Elem()
	default:
		return appendOther(b, l)
	}
	b = append(b, `{"t":`...)
	b = appendSeconds(b, l.T)
	b = append(b, `,"kind":"`...)
	b = append(b, l.Kind...)
	b = append(b, `","`...)
	b = append(b, l.Kind...)
	b = append(b, `":`...)
	b, err := layout.append(b, content)
	return append(b, '}'), err
}

// append appends a struct.
func (l layout) append(b []byte, v reflect.Value) ([]byte, error) {
	b = append(b, '{')
	start := len(b)
	for i := range l {
		c := &l[i]
		f := v.Field(c.index)
		if c.omitEmpty && isEmpty(f) {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, c.key...)
		var err error
		if b, err = c.append(b, f); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// isEmpty is what omitempty takes for empty.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func (c *column) append(b []byte, v reflect.Value) ([]byte, error) {
	switch c.form {
	case formString:
		return appendString(b, v.String())
	case formInt:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case formBool:
		return strconv.AppendBool(b, v.Bool()), nil
	case formSeconds:
		return appendSeconds(b, Seconds(v.Int())), nil
	case formMoment:
		if !v.IsNil() {
			return appendSeconds(b, Seconds(v.Elem().Int())), nil
		}
	case formWords:
		if !v.IsNil() {
			return appendWords(b, v)
		}
	case formInner:
		if !v.IsNil() {
			return c.inner.append(b, v.Elem())
		}
	}
	return appendOther(b, v.Interface())
}

func appendOther(b []byte, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	return append(b, text...), err
}

func appendWords(b []byte, v reflect.Value) ([]byte, error) {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendString(b, v.Index(i).String()); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// appendString leaves to encoding/json what has to be escaped.
func appendString(b []byte, s string) ([]byte, error) {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c >= utf8.RuneSelf, c == '"', c == '\\', c == '<', c == '>', c == '&':
			return appendOther(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"'), nil
}

// appendSeconds writes a decimal number of seconds, to the microsecond.
func appendSeconds(b []byte, s Seconds) []byte {
	us := int64(time.Duration(s).Round(time.Microsecond) / time.Microsecond)
	const exact = 1e15 // of no more digits than a float64 holds
	if us >= exact || us <= -exact {
		return strconv.AppendFloat(b, float64(us)/1e6, 'f', -1, 64)
	}
	if us < 0 {
		b, us = append(b, '-'), -us
	}
	b = strconv.AppendInt(b, us/1e6, 10)
	if us %= 1e6; us == 0 {
		return b
	}
	b = append(b, '.')
	for digit := int64(1e5); us > 0; digit /= 10 {
		b = append(b, '0'+byte(us/digit))
		us %= digit
	}
	return b
}
