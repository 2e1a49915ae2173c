package shape

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// free is the schema of anything.
const free = "{}"

// object makes an object of the properties that must be there, and of the one more
// that holds the text if none of those does.
func (m *maker) object(s keywords, w wish) result {
	o := building{m: m, w: w, made: map[string]json.RawMessage{}}
	must, may := m.properties(s)
	for _, f := range must {
		o.put(f)
	}
	for _, f := range may {
		o.try(f)
	}
	rest, open := s.keys["additionalProperties"]
	if open && string(rest) != "false" && !namesOf(s.props)["answer"] {
		o.try(field{"answer", rest})
	}
	least, _ := s.whole("minProperties")
	for _, f := range may {
		if _, ok := o.made[f.name]; !ok && len(o.made) < least {
			o.put(f)
		}
	}
	return result{write(s.props, o.made), o.held, o.failed}
}

// building is an object half made.
type building struct {
	m      *maker
	w      wish
	made   map[string]json.RawMessage
	held   bool
	failed bool
}

// put adds a property.
func (o *building) put(f field) {
	if o.failed {
		return
	}
	r := o.m.value(f.value, wish{text: o.w.text && !o.held, nth: o.w.nth})
	o.made[f.name], o.held, o.failed = r.json, o.held || r.held, r.failed
}

// try adds a property if it holds the text, and that is still to be held.
func (o *building) try(f field) {
	if !o.w.text || o.held || o.failed {
		return
	}
	if r := o.m.value(f.value, wish{text: true}); r.held && !r.failed {
		o.made[f.name], o.held = r.json, true
	}
}

// properties are those of an object that must be there and those that may, each in
// the order in which they are likeliest to be read as text.
func (m *maker) properties(s keywords) (must, may []field) {
	all, known, required := slices.Clone(s.props), namesOf(s.props), map[string]bool{}
	for _, name := range s.required {
		if required[name] = true; !known[name] {
			known[name] = true
			all = append(all, field{name, json.RawMessage(free)})
		}
	}
	ranks := map[string]int{}
	for _, f := range all {
		if m.left < 0 {
			break
		}
		if ranks[f.name] = telling(f.name); !m.plain(f.value) {
			ranks[f.name] += len(names()) + 1
		}
	}
	slices.SortStableFunc(all, func(f, g field) int { return ranks[f.name] - ranks[g.name] })
	for _, f := range all {
		if required[f.name] {
			must = append(must, f)
		} else {
			may = append(may, f)
		}
	}
	return must, may
}

// plain says whether values of a schema can be strings.
func (m *maker) plain(raw json.RawMessage) bool {
	s := m.read(raw)
	if branches := s.branches(); len(branches) > 0 {
		return slices.ContainsFunc(branches, func(b json.RawMessage) bool { return m.read(b).kind(true) == "string" })
	}
	return s.kind(true) == "string"
}

// write writes an object: the properties first that the schema has, in its order.
func write(order []field, made map[string]json.RawMessage) json.RawMessage {
	out := []byte{'{'}
	put := func(name string) {
		v, ok := made[name]
		if !ok {
			return
		}
		delete(made, name)
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, quote(name)...), ':'), v...)
	}
	for _, f := range order {
		put(f.name)
	}
	var rest []string
	for name := range made {
		rest = append(rest, name)
	}
	slices.Sort(rest)
	for _, name := range rest {
		put(name)
	}
	return append(out, '}')
}

// names are what strings are called that are meant to be read, the likeliest first.
func names() []string {
	return []string{
		"answer", "reply", "response", "message", "text", "content", "summary", "output", "result", "draft",
		"body", "translation", "description", "explanation", "comment", "reason", "note", "title", "query",
	}
}

// telling is the place of a property's name, or of its last word, among [names].
func telling(name string) int {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == ' ' })
	if len(words) == 0 {
		return len(names())
	}
	last := words[len(words)-1]
	if i := strings.LastIndexFunc(last, unicode.IsUpper); i > 0 {
		last = last[i:] // finalAnswer
	}
	if i := slices.Index(names(), strings.ToLower(last)); i >= 0 {
		return i
	}
	return len(names())
}

// array makes a list of as many items as there must be, and of one more if it holds
// the text.
func (m *maker) array(s keywords, w wish) result {
	fixed, item := s.list("prefixItems"), s.keys["items"]
	if len(fixed) == 0 {
		if tuple := s.list("items"); len(tuple) > 0 { // as it was until 2019
			fixed, item = tuple, s.keys["additionalItems"]
		}
	}
	if len(item) == 0 {
		item = json.RawMessage(free)
	}
	least, _ := s.whole("minItems")
	most, bounded := s.whole("maxItems")
	all := result{json: json.RawMessage{'['}}
	n := 0
	add := func(r result) {
		if n++; n > 1 {
			all.json = append(all.json, ',')
		}
		all.json, all.held, all.failed = append(all.json, r.json...), all.held || r.held, all.failed || r.failed
	}
	for n < max(least, len(fixed)) && !all.failed {
		from := item
		if n < len(fixed) {
			from = fixed[n]
		}
		add(m.value(from, wish{text: w.text && !all.held, nth: n}))
	}
	if w.text && !all.held && (!bounded || n < most) && string(item) != "false" {
		if r := m.value(item, wish{text: true}); r.held && !r.failed {
			add(r)
		}
	}
	all.json = append(all.json, ']')
	return all
}
