package record

import (
	"reflect"
	"strconv"
	"strings"
)

// A layout is how encoding/json writes a struct: its keys, in their order. A log
// of a long drill has a million lines of three kinds, so these are written and read
// by layout, without a second look at the types. Whatever a layout has no answer
// for is left to encoding/json, whose bytes and values ours are.
type layout []column

// column is one field of a layout.
type column struct {
	key       string // as it stands in a line: `"due_s":`
	index     int    // of the field
	form      form
	pointer   bool // to what has the form
	omitEmpty bool
	inner     layout // of formStruct
}

// form is how a value is written.
type form uint8

const (
	formOther   form = iota // as encoding/json has it
	formString              // string
	formInt                 // int, int64
	formBool                // bool
	formSeconds             // Seconds
	formWords               // []string
	formStruct              // a struct of this package
)

// layoutOf derives the layout of a struct from its tags.
func layoutOf(t reflect.Type) layout {
	var l layout
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		c := column{key: strconv.Quote(name) + ":", index: f.Index[0], omitEmpty: options == "omitempty"}
		if name == "" || name == "-" || options != "" && !c.omitEmpty {
			panic("record: no layout knows the tag of " + t.Name() + "." + f.Name)
		}
		of := f.Type
		if c.pointer = of.Kind() == reflect.Pointer; c.pointer {
			of = of.Elem()
		}
		if c.form = formOf(of); c.form == formStruct {
			c.inner = layoutOf(of)
		}
		l = append(l, c)
	}
	return l
}

func formOf(t reflect.Type) form {
	switch t {
	case reflect.TypeFor[string]():
		return formString
	case reflect.TypeFor[int](), reflect.TypeFor[int64]():
		return formInt
	case reflect.TypeFor[bool]():
		return formBool
	case reflect.TypeFor[Seconds]():
		return formSeconds
	case reflect.TypeFor[[]string]():
		return formWords
	case reflect.TypeFor[Answer]():
		return formStruct
	}
	return formOther
}

// codec writes and reads lines of the kinds that there are many of.
type codec struct{ user, attempt, conn layout }

func newCodec() codec {
	return codec{
		user: layoutOf(reflect.TypeFor[User]()), attempt: layoutOf(reflect.TypeFor[Attempt]()), conn: layoutOf(reflect.TypeFor[Conn]()),
	}
}
