package reply

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/theory/jsonpath"
)

// Rule says where the model's text is in the app's reply. The framing follows
// the reply's Content-Type, so a rule may name both JSON and SSE: the one for
// the framing that came holds. Where none is named for it, all JSON strings
// count, in order, of the body or of the data lines; of a stream of plain text
// its data; of any other body the body.
//
// Strings found at the same place of successive events are one text, joined
// without separator, and different places are joined by a line feed. So
// {"id":"7","delta":"ba"} and {"id":"7","delta":"be"} make "77\nbabe": the
// text is found whatever stands around it. But the first id then counts as the
// first content token too; name a path where the events hold more than text.
type Rule struct {
	JSON string // JSONPath (RFC 9535) into a JSON body or each NDJSON line
	SSE  string // JSONPath into each SSE data line
	Text bool   // the body itself, or the SSE data as it stands
}

// Check reports the first thing that keeps the rule from finding anything.
func (r Rule) Check() error {
	_, err := newFinder(r)
	return err
}

// finder is a rule made ready.
type finder struct {
	json, sse *query // nil: not named
	text      bool
}

// query is a path and whether it names one place.
type query struct {
	*jsonpath.Path
	single bool
	steps  []step // of a single place below the root
}

func newQuery(expr string) (*query, error) {
	if expr == "" {
		return nil, nil
	}
	p, err := path(expr)
	if err != nil {
		return nil, err
	}
	return &query{p, p.Query().Singular() != nil, stepsOf(p.Query())}, nil
}

func newFinder(r Rule) (f finder, err error) {
	if r.Text && (r.JSON != "" || r.SSE != "") {
		return f, errors.New("text is the whole body; no path goes with it")
	}
	f.text = r.Text
	if f.json, err = newQuery(r.JSON); err != nil {
		return f, err
	}
	f.sse, err = newQuery(r.SSE)
	return f, err
}

// find gives the texts of a unit to add, each with the place it was found at.
// The error says that the unit is no JSON where the rule needs it; plain text
// in SSE data is none.
func (f finder) find(u *unit, add func(place, text string)) error {
	q := f.json
	if u.event != "" {
		q = f.sse
	}
	switch {
	case f.text:
		add("", string(u.data))
	case q != nil && q.steps != nil && json.Valid(u.data):
		if s := pick(u.data, q.steps); s != "" {
			add("", s)
		}
	case q != nil:
		v, err := u.value()
		if err != nil {
			return err
		}
		q.strings(v, add)
	case json.Valid(u.data):
		eachString(u.data, add)
	case u.event == "":
		_, err := u.value()
		return err
	case string(u.data) != "[DONE]": // what ends OpenAI's streams, and those of many apps after them
		add("", string(u.data))
	}
	return nil
}

// strings gives the strings that the path finds. A single place needs no name.
func (q *query) strings(v any, add func(place, text string)) {
	if q.single {
		for _, n := range q.Select(v) {
			if s, ok := n.(string); ok {
				add("", s)
			}
		}
		return
	}
	for _, n := range q.SelectLocated(v) {
		if s, ok := n.Node.(string); ok {
			add(n.Path.String(), s)
		}
	}
}

// first gives the first string or number that the path finds in a unit, "" when
// there is none.
func (q *query) first(u *unit) string {
	v, err := u.value()
	if err != nil {
		return ""
	}
	return q.word(v)
}

// Find gives the first string or number that a JSONPath finds in a decoded value, ""
// when there is none, or the path is none.
func Find(expr string, v any) string {
	q, err := newQuery(expr)
	if err != nil || q == nil {
		return ""
	}
	return q.word(v)
}

func (q *query) word(v any) string {
	for _, n := range q.Select(v) {
		switch n := n.(type) {
		case string:
			return n
		case float64:
			return strconv.FormatFloat(n, 'f', -1, 64)
		}
	}
	return ""
}

// eachString gives the strings of valid JSON, object keys left out, in the order
// of the text. A decoded document has lost that order.
func eachString(data []byte, add func(place, text string)) {
	type level struct {
		key   string
		keyed bool // key is that of the value to come
		array bool
		index int
	}
	var in []level
	place := func() string {
		var b strings.Builder
		for _, l := range in {
			b.WriteByte(0)
			if l.array {
				b.WriteString(strconv.Itoa(l.index))
			} else {
				b.WriteString(l.key)
			}
		}
		return b.String()
	}
	d := json.NewDecoder(bytes.NewReader(data))
	for t, err := d.Token(); err == nil; t, err = d.Token() {
		top := len(in) - 1
		switch t := t.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				in = append(in, level{array: t == '['})
				continue
			}
			in = in[:top]
		case string:
			if top >= 0 && !in[top].array && !in[top].keyed {
				in[top].key, in[top].keyed = t, true
				continue
			}
			add(place(), t)
		}
		if len(in) > 0 { // a value of the innermost level has ended
			in[len(in)-1].keyed = false
			in[len(in)-1].index++
		}
	}
}
