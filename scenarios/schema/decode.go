package schema

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// Decode decodes a tree by the rows of a Map into a struct, and reports
// everything that the rows do not allow. What was refused is left as it was.
func Decode(k Key, n *yamltree.Node, into any, problems *yamltree.Problems) {
	d := decoder{problems, k, map[Type]Row{}}
	for _, row := range Types() {
		d.types[row.Type] = row
	}
	d.value(k, n, n.Pos, into)
}

type decoder struct {
	problems *yamltree.Problems
	language Key // the row that everything stands below
	types    map[Type]Row
}

// value decodes what stands behind a key. At is the place of the key, for what
// is missing there.
func (d decoder) value(k Key, n *yamltree.Node, at yamltree.Pos, into any) {
	if n.Broken {
		return
	}
	row := d.types[k.Type]
	if row.Shape != 0 && row.Shape != n.Kind || n.Kind == yamltree.Scalar && n.Tag == yamltree.Null && k.Type != JSON {
		d.refuse(k, n, nil)
		return
	}
	switch k.Type {
	case Either:
		d.either(k, n, at, into)
	case Map:
		d.mapping(k, n, at, into)
	case Named:
		d.named(k, n, into)
	case List:
		if !d.counted(k, n, len(n.Items)) {
			return
		}
		for _, item := range n.Items {
			d.value(*k.Item, item, item.Pos, into.(func(string) any)(""))
		}
	case Texts:
		d.texts(n, into)
	default:
		d.scalar(k, row, n, into)
	}
}

// counted says that there are neither none nor too many.
func (d decoder) counted(k Key, n *yamltree.Node, items int) bool {
	switch {
	case items == 0:
		d.refuse(k, n, fmt.Errorf("at least one %s", k.Item.Name))
	case k.Items > 0 && items > k.Items:
		n.Refused = true
		d.problems.Error(n.Pos, "too-many", "%s holds %d; allowed: at most %d", k.Name, items, k.Items)
	default:
		return true
	}
	return false
}

// either takes the form that has the shape of what stands there.
func (d decoder) either(k Key, n *yamltree.Node, at yamltree.Pos, into any) {
	for _, form := range k.Forms {
		if d.types[form.Type].Shape != n.Kind {
			continue
		}
		form.Name, form.also = k.Name, k.others(form)
		if form.Into != nil {
			into = form.Into(into)
		}
		d.value(form, n, at, into)
		return
	}
	d.refuse(k, n, nil)
}

func (d decoder) named(k Key, n *yamltree.Node, into any) {
	if !d.counted(k, n, len(n.Entries)) {
		return
	}
	for _, e := range n.Entries {
		if err := k.checkName(e.Key.Text); err != nil {
			d.problems.Error(e.Key.Pos, "name", "%s %s; allowed: %v", k.Item.Name, e.Key.Describe(), err)
		}
		// Decoded all the same, so that who refers to it is not refused as well.
		d.value(*k.Item, e.Value, e.Key.Pos, into.(func(string) any)(e.Key.Text))
	}
}

// checkName checks a name of a Named: by the row's own check, or as a Name.
func (k Key) checkName(text string) error {
	if k.Check != nil {
		return k.Check(text)
	}
	if !name.MatchString(text) {
		return errors.New(row(Name).Allows)
	}
	return nil
}

// texts decodes a map of texts.
func (d decoder) texts(n *yamltree.Node, into any) {
	m := make(map[string]string, len(n.Entries))
	for _, e := range n.Entries {
		d.value(Key{Name: e.Key.Describe(), Type: Text}, e.Value, e.Key.Pos, new(string))
		m[e.Key.Text] = e.Value.Text
	}
	store(into, m)
}

// mapping decodes a map with fixed keys.
func (d decoder) mapping(k Key, n *yamltree.Node, at yamltree.Pos, into any) {
	if p, ok := into.(placed); ok {
		p.put(n, at)
	}
	rows, open := k.rows(n)
	meant := map[string]bool{} // keys that are there, only mistyped
	refused := false           // a refused key may stand for what is missing
	for _, e := range n.Entries {
		i := find(rows, e.Key.Text)
		switch {
		case i < 0 && open && k.inSomeCase(e.Key.Text):
		case i < 0:
			meant[d.unknown(k, rows, n, e.Key)] = true
		case rows[i].Refused != "":
			n.Refused = true
			refused = true
			why := rows[i].Refused
			if rows[i].Code == CodeNotInThisVersion {
				why += "; allowed: " + cmp.Or(strings.Join(names(rows), ", "), k.also)
			}
			d.problems.Error(e.Key.Pos, rows[i].Code, "%s: %s", e.Key.Text, why)
		case rows[i].Into != nil:
			d.value(rows[i], e.Value, e.Key.Pos, rows[i].Into(into))
		}
	}
	for _, row := range rows {
		switch {
		case n.Entry(row.Name) != nil:
		case row.Required && !meant[row.Name] && !refused:
			n.Refused = true
			d.missing(k, row, at)
		case row.Default != "":
			d.value(row, row.standIn(), at, row.Into(into))
		}
	}
	for _, rule := range k.Rules {
		if refused || slices.ContainsFunc(rule.Keys, func(key string) bool { return meant[key] }) {
			rule.Least = 0
		}
		d.rule(k, rule, at, n)
	}
}

// rows are the keys that a map knows. When the key that decides between cases
// says nothing usable, the answer is open: the keys of every case may stand.
func (k Key) rows(n *yamltree.Node) (rows []Key, open bool) {
	if k.By == "" {
		return k.Keys, false
	}
	word := n.Get(k.By)
	for _, c := range k.Cases {
		if word != nil && word.Kind == yamltree.Scalar && c.Word == word.Text {
			return append(k.Keys[:len(k.Keys):len(k.Keys)], c.Keys...), false
		}
	}
	return k.Keys, true
}

func (k Key) inSomeCase(key string) bool { return len(k.casesOf(key)) > 0 }

// casesOf are the words whose case knows a key.
func (k Key) casesOf(key string) []string {
	var words []string
	for _, c := range k.Cases {
		if i := find(c.Keys, key); i >= 0 && c.Keys[i].Refused == "" {
			words = append(words, c.Word)
		}
	}
	return words
}

// standIn is the default as a node, decoded like any other so that there is one
// way to write a value.
func (k Key) standIn() *yamltree.Node {
	return &yamltree.Node{
		Kind: yamltree.Scalar, Text: k.Default, Written: k.Default, Tag: yamltree.Str,
		Pos: yamltree.Pos{Source: &yamltree.Source{Name: "default of " + k.Name}},
	}
}

func find(rows []Key, name string) int {
	for i := range rows {
		if rows[i].Name == name {
			return i
		}
	}
	return -1
}

func (d decoder) scalar(k Key, row Row, n *yamltree.Node, into any) {
	word, _, _ := strings.Cut(n.Text, " ")
	switch {
	case k.Type == Duration && slices.Contains(k.Words, n.Text):
		store(into, n.Text)
		return
	case slices.Contains(k.Later, word):
		n.Refused = true
		d.problems.Error(n.Pos, CodeNotInThisVersion, "%s: %s: %s; allowed: %s", k.Name, word, NotInThisVersion, k.allows())
		return
	}
	v, err := row.read(n)
	if err != nil || k.Type == Flag && len(k.Words) > 0 && !slices.Contains(k.Words, n.Text) {
		d.refuse(k, n, err)
		return
	}
	if text, ok := v.(string); ok {
		if !d.word(k, n, text) {
			return
		}
	}
	if allowed := k.outside(v, row); allowed != "" {
		n.Refused = true
		d.problems.Error(n.Pos, "out-of-bounds", "%s is %s; allowed: %s", k.Name, n.Describe(), allowed)
		return
	}
	store(into, v)
}

// word checks a text against the row's words and its check.
func (d decoder) word(k Key, n *yamltree.Node, text string) bool {
	if k.Type == Word && !slices.Contains(k.Words, text) {
		d.notAWord(k, n)
		return false
	}
	if k.Check != nil {
		if err := k.Check(text); err != nil {
			d.refuse(k, n, err)
			return false
		}
	}
	return true
}

// rule reports a map whose keys contradict each other, or say too little.
func (d decoder) rule(k Key, rule Rule, at yamltree.Pos, n *yamltree.Node) {
	var given []string
	for _, e := range n.Entries {
		if slices.Contains(rule.Keys, e.Key.Text) {
			given = append(given, e.Key.Text)
			if len(given) == rule.Most+1 {
				at = e.Key.Pos
			}
		}
	}
	if len(given) >= rule.Least && len(given) <= rule.Most {
		return
	}
	n.Refused = true
	either := strings.Join(rule.Keys, " or ")
	if len(given) > rule.Most {
		d.problems.Error(at, "contradiction", "%s with %s; allowed: %s", k.Name, strings.Join(given, " and "), either)
		return
	}
	d.problems.Error(at, "missing-key", "%s without %s; add one", k.Name, either)
}
