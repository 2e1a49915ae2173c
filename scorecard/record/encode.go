package record

import (
	"encoding/json"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

// appendLine appends a line as json.Marshal writes it.
func (c *codec) appendLine(b []byte, l Line) ([]byte, error) {
	var layout layout
	var content reflect.Value
	switch {
	case l.User != nil:
		layout, content = c.user, reflect.ValueOf(l.User).Elem()
	case l.Attempt != nil:
		layout, content = c.attempt, reflect.ValueOf(l.Attempt).Elem()
	case l.Conn != nil:
		layout, content = c.conn, reflect.ValueOf(l.Conn).Elem()
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
	if c.pointer || c.form == formWords {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
	}
	if c.pointer {
		v = v.Elem()
	}
	switch c.form {
	case formString:
		return appendString(b, v.String())
	case formInt:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case formBool:
		return strconv.AppendBool(b, v.Bool()), nil
	case formSeconds:
		return appendSeconds(b, Seconds(v.Int())), nil
	case formWords:
		return appendWords(b, v)
	case formStruct:
		return c.inner.append(b, v)
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
