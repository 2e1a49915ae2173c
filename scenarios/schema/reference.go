package schema

import (
	"reflect"
	"slices"
	"strings"
)

// Note is what a reference says about one key.
type Note struct {
	Path     string // "phases.faults.share"; items and names are passed over
	Doc      string
	Allows   string // what may be written: "a share, like 40% or 0.5%; 0% to 100%"
	Default  string // as a file would write it; "": none
	Example  string // "": none
	Required bool
	// By is the key, "kind", whose word decides whether there is this key; Of are
	// the words with which there is, Not those without.
	By      string
	Of, Not []string
}

// Beside says with which words there is the key, "" for always.
func (n Note) Beside() string {
	switch {
	case n.By == "":
		return ""
	case len(n.Not) == 0:
		return "with every " + n.By
	case len(n.Not) < len(n.Of):
		return "with every " + n.By + " but " + strings.Join(n.Not, ", ")
	}
	return "with " + n.By + ": " + strings.Join(n.Of, ", ")
}

// Reference is all that may be written, in the order of the table. A key that
// means different things beside different words has a note for each.
func Reference(k Key) []Note {
	var r reference
	r.mapping(k, "", choice{})
	for i := range r.notes {
		n := &r.notes[i]
		for _, word := range r.words[n.By] {
			if !slices.Contains(n.Of, word) {
				n.Not = append(n.Not, word)
			}
		}
	}
	return r.notes
}

type reference struct {
	notes []Note
	words map[string][]string // of each key that decides
}

// choice is the word beside which a key stands.
type choice struct{ by, word string }

func (r *reference) mapping(k Key, path string, c choice) {
	for _, row := range k.Keys {
		r.row(row, path, c)
	}
	for _, one := range k.Cases {
		if r.words == nil {
			r.words = map[string][]string{}
		}
		r.words[k.By] = append(r.words[k.By], one.Word)
		for _, row := range one.Keys {
			r.row(row, path, choice{k.By, one.Word})
		}
	}
}

func (r *reference) row(k Key, path string, c choice) {
	if k.Refused != "" {
		return
	}
	if path != "" {
		path += "."
	}
	path += k.Name
	r.add(Note{
		Path: path, Doc: k.Doc, Allows: k.written(), Default: k.Default, Example: k.Example, Required: k.Required, By: c.by,
	}, c.word)
	r.below(k, path, c)
}

// below goes on to the keys behind a key.
func (r *reference) below(k Key, path string, c choice) {
	switch k.Type {
	case Map:
		r.mapping(k, path, c)
	case List, Named:
		r.below(*k.Item, path, c)
	case Either:
		for _, form := range k.Forms {
			r.below(form, path, c)
		}
	}
}

// add adds a note, or the word to the note that says the same.
func (r *reference) add(n Note, word string) {
	for i := range r.notes {
		have := r.notes[i]
		have.Of = nil
		if word != "" && reflect.DeepEqual(have, n) {
			r.notes[i].Of = append(r.notes[i].Of, word)
			return
		}
	}
	if word != "" {
		n.Of = []string{word}
	}
	r.notes = append(r.notes, n)
}

// written says what may stand behind a key, bounds included.
func (k Key) written() string {
	s := k.allows()
	switch k.Type {
	case Either:
		k = k.Forms[0]
	case List, Named:
		k = *k.Item
	}
	if span := k.span(); span != "" {
		s += "; " + span
	}
	return s
}
