package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// refuse reports a value that its row does not allow. Why is errNoUnit, errForm
// or nil when the type's own words say it best, else what is allowed.
func (d decoder) refuse(k Key, n *yamltree.Node, why error) {
	n.Refused = true
	allowed := k.allows()
	code := "wrong-value"
	switch {
	case errors.Is(why, errNoUnit):
		d.problems.Error(n.Pos, "no-unit", "%s is %s without a unit; allowed: %s", k.Name, n.Describe(), allowed)
		return
	case n.Quoted && slices.Contains([]Type{Count, Number, Flag}, k.Type):
		allowed += " without quotes"
	case why != nil && !errors.Is(why, errForm):
		allowed = why.Error()
	case n.Kind == yamltree.Scalar && n.Tag == yamltree.Null:
		code = "no-value"
	}
	d.problems.Error(n.Pos, code, "%s is %s; allowed: %s", k.Name, n.Describe(), allowed)
}

// allows says what may stand behind a key.
func (k Key) allows() string {
	switch {
	case k.Type == Either:
		var forms []string
		for _, f := range k.Forms {
			if f.Type != Map || len(f.known()) > 0 {
				forms = append(forms, f.allows())
			}
		}
		return strings.Join(forms, ", or ")
	case k.also != "":
		also := k.also
		k.also = ""
		return k.allows() + ", or " + also
	case k.Type == Word, k.Type == Flag && len(k.Words) > 0:
		return strings.Join(k.Words, ", ")
	case k.Type == Map && len(k.Keys) <= 4:
		return "a map of " + strings.Join(k.known(), ", ")
	case k.Type == List, k.Type == Named:
		return row(k.Type).Allows + ", each " + k.Item.allows()
	case len(k.Words) > 0:
		return row(k.Type).Allows + ", or " + strings.Join(k.Words, ", ")
	}
	return row(k.Type).Allows
}

// others says what may stand there besides a form.
func (k Key) others(form Key) string {
	k.Forms = slices.DeleteFunc(slices.Clone(k.Forms), func(f Key) bool { return f.Type == form.Type })
	return k.allows()
}

// known are the names of the keys that a map takes, sorted.
func (k Key) known() []string { return names(k.Keys) }

func names(rows []Key) []string {
	var known []string
	for _, row := range rows {
		if row.Refused == "" {
			known = append(known, row.Name)
		}
	}
	slices.Sort(known)
	return known
}

// lineful is how long a list may be that stands in a problem's own line; a longer one
// is its hint, which is wrapped.
const lineful = 160

func (d decoder) notAWord(k Key, n *yamltree.Node) {
	n.Refused = true
	allowed := k.allows()
	near := Nearest(n.Text, append(slices.Clone(k.Words), k.Later...))
	if meant := k.Meant[strings.ReplaceAll(strings.ToLower(n.Text), "-", "_")]; meant != "" {
		near = meant
	}
	if near != "" {
		d.problems.Error(n.Pos, "unknown-word", "%s is %s; did you mean %q?", k.Name, n.Describe(), near).Hint = "allowed: " + allowed
		return
	}
	if len(allowed) > lineful {
		d.problems.Error(n.Pos, "unknown-word", "%s is %s; allowed is one of %d words", k.Name, n.Describe(), len(k.Words)).Hint = "allowed: " + allowed
		return
	}
	d.problems.Error(n.Pos, "unknown-word", "%s is %s; allowed: %s", k.Name, n.Describe(), allowed)
}

// unknown reports a key that a map does not know, and gives the one that was
// probably meant.
func (d decoder) unknown(k Key, rows []Key, n, key *yamltree.Node) string {
	n.Refused = true
	allowed := strings.Join(names(rows), ", ")
	if words := k.casesOf(key.Text); len(words) > 0 {
		d.problems.Error(key.Pos, "unknown-key", "%s belongs to %s, not to %s; allowed: %s",
			key.Text, strings.Join(words, ", "), n.Get(k.By).Text, allowed)
		return key.Text
	}
	if near := Nearest(key.Text, names(rows)); near != "" {
		d.problems.Error(key.Pos, "unknown-key", "unknown key %s; did you mean %q?", key.Describe(), near).Hint = fmt.Sprintf("allowed in %s: %s", k.Name, allowed)
		return near
	}
	elsewhere := ""
	if owners := ownersOf(d.language, key.Text); len(owners) > 0 && len(owners) <= 3 {
		elsewhere = "; it is a key of " + strings.Join(owners, ", ")
	}
	d.problems.Error(key.Pos, "unknown-key", "unknown key %s%s; allowed in %s: %s", key.Describe(), elsewhere, k.Name, allowed)
	return key.Text
}

// ownersOf are the maps of a language that know a key.
func ownersOf(k Key, key string) (owners []string) {
	add := func(names ...string) {
		for _, name := range names {
			if !slices.Contains(owners, name) {
				owners = append(owners, name)
			}
		}
	}
	rows := k.Keys
	for _, c := range k.Cases {
		rows = append(rows[:len(rows):len(rows)], c.Keys...)
	}
	for _, row := range rows {
		if row.Name == key && row.Refused == "" {
			add(k.Name)
		}
		add(ownersOf(row, key)...)
	}
	for _, form := range k.Forms {
		form.Name = k.Name
		add(ownersOf(form, key)...)
	}
	if k.Item != nil {
		add(ownersOf(*k.Item, key)...)
	}
	return owners
}

func (d decoder) missing(k, row Key, at yamltree.Pos) {
	example := row.Name
	if row.Example != "" {
		example += ": " + row.Example
	}
	d.problems.Error(at, "missing-key", "%s without %s; add %s", k.Name, row.Name, example)
}

// outside says what the bounds of a row allow when a value of its type is beyond
// them.
func (k Key) outside(v any, row Row) string {
	least, most := k.bound(k.Least, row), k.bound(k.Most, row)
	f, ok := size(v)
	if !ok || (least == nil || f >= *least) && (most == nil || f <= *most) {
		return ""
	}
	return k.span()
}

// span says in words which values the bounds of a row allow, "" for all.
func (k Key) span() string {
	switch {
	case k.Least == k.Most:
		return k.Least
	case k.Most == "":
		return "at least " + k.Least
	case k.Least == "":
		return "at most " + k.Most
	}
	return k.Least + " to " + k.Most
}

// bound reads a bound as it reads a value; nil is none.
func (k Key) bound(written string, row Row) *float64 {
	if written == "" {
		return nil
	}
	v, err := row.read(&yamltree.Node{Kind: yamltree.Scalar, Text: written, Tag: yamltree.Str})
	if err != nil {
		panic(fmt.Sprintf("schema: the bound %q of %s is no %s", written, k.Name, k.Type))
	}
	f, _ := size(v)
	return &f
}
