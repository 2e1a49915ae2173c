package yamltree

import "slices"

// Merge lays a child over its parent: maps merge key by key, everything else is
// replaced, and a key with the value null removes the parent's. The order is
// the parent's, what is new comes behind it. Neither is changed.
func Merge(parent, child *Node) *Node {
	if parent == nil || parent.Kind != Map || child.Kind != Map {
		return child
	}
	over := map[string]Entry{}
	for _, e := range child.Entries {
		over[e.Key.Text] = e
	}
	merged := *child
	merged.Entries = nil
	for _, e := range parent.Entries {
		c, given := over[e.Key.Text]
		delete(over, e.Key.Text)
		switch {
		case !given:
			merged.Entries = append(merged.Entries, e)
		case c.Value.isNull():
		default:
			merged.Entries = append(merged.Entries, Entry{c.Key, Merge(e.Value, c.Value)})
		}
	}
	for _, e := range child.Entries {
		if _, left := over[e.Key.Text]; left {
			merged.Entries = append(merged.Entries, e)
		}
	}
	return &merged
}

// With is a map with an entry, in the place of that of the same key or at the
// end.
func (n *Node) With(entry *Entry) *Node {
	changed := *n
	changed.Entries = slices.Clone(n.Entries)
	if e := changed.Entry(entry.Key.Text); e != nil {
		*e = *entry
	} else {
		changed.Entries = append(changed.Entries, *entry)
	}
	return &changed
}

// Without is a map without a key.
func (n *Node) Without(key string) *Node {
	changed := *n
	changed.Entries = slices.DeleteFunc(slices.Clone(n.Entries), func(e Entry) bool { return e.Key.Text == key })
	return &changed
}

func (n *Node) isNull() bool { return n.Kind == Scalar && n.Tag == Null && !n.Broken }

// NewEntry is an entry that stands in no file, for what a flag sets. Its place is
// where the map stands that it is put into.
func NewEntry(at Pos, key, value string, tag Tag) *Entry {
	return &Entry{
		Key:   &Node{Kind: Scalar, Pos: at, Text: key, Written: key, Tag: Str, size: 1},
		Value: &Node{Kind: Scalar, Pos: at, Text: value, Written: value, Tag: tag, size: 1},
	}
}
