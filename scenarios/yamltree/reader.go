package yamltree

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// reader turns the parser's nodes into ours.
type reader struct {
	src      *Source
	problems *Problems
	done     map[*yaml.Node]*Node // what an anchor holds, for its aliases
	open     map[*yaml.Node]bool  // anchors being read
	flooded  bool
}

func newReader(src *Source, problems *Problems) *reader {
	return &reader{src: src, problems: problems, done: map[*yaml.Node]*Node{}, open: map[*yaml.Node]bool{}}
}

func (r *reader) document(doc *yaml.Node) *Node {
	if len(doc.Content) != 1 {
		return nil
	}
	root := r.node(doc.Content[0])
	if r.flooded {
		return nil
	}
	return root
}

// node reads one value. What cannot be read is reported and comes out broken.
func (r *reader) node(y *yaml.Node) *Node {
	if y.Kind == yaml.AliasNode {
		return r.alias(y)
	}
	n := &Node{Pos: r.pos(y), style: y.Style, size: 1}
	if y.Style&yaml.TaggedStyle != 0 {
		r.problems.Error(n.Pos, "tag", "the tag %s; a scenario has no tags", shorten(y.Tag))
		n.Broken = true
	}
	if y.Anchor != "" {
		r.open[y] = true
		defer func() {
			delete(r.open, y)
			r.done[y] = n
		}()
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.Kind = Map
		r.entries(n, y)
	case yaml.SequenceNode:
		n.Kind = List
		for _, c := range y.Content {
			n.Items = append(n.Items, r.node(c))
			n.size += n.Items[len(n.Items)-1].size
		}
	default:
		n.Kind = Scalar
		r.scalar(n, y)
	}
	r.bound(n)
	return n
}

func (r *reader) scalar(n *Node, y *yaml.Node) {
	n.Text, n.Written = y.Value, y.Value
	n.Quoted = y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	switch y.Tag {
	case "!!int":
		n.Tag = Int
	case "!!float":
		n.Tag = Float
	case "!!bool":
		n.Tag = Bool
	case "!!null":
		n.Tag = Null
	default:
		n.Tag = Str
	}
}

// alias follows an alias. The node of the anchor is shared, not copied, so that
// a file of aliases to aliases stays as small as it is.
func (r *reader) alias(y *yaml.Node) *Node {
	if n := r.done[y.Alias]; n != nil {
		return n
	}
	n := &Node{Kind: Scalar, Pos: r.pos(y), Tag: Null, Broken: true, size: 1}
	r.problems.Error(n.Pos, "alias-cycle", "the alias *%s stands inside what it stands for; it can only repeat what is complete", shorten(y.Value))
	return n
}

// bound stops an alias bomb: the tree is small in memory, but whoever walks it
// meets each alias anew.
func (r *reader) bound(n *Node) {
	if n.size <= maxValues || r.flooded {
		return
	}
	r.flooded = true
	r.problems.Error(n.Pos, "too-many-values", "more than %d values, aliases written out; a scenario has hundreds", maxValues)
}

// entries reads a map: keys in file order, then what its merge keys (<<) bring.
func (r *reader) entries(n *Node, y *yaml.Node) {
	var merged []*Node
	first := map[string]*Node{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], r.node(y.Content[i+1])
		n.size += 1 + value.size
		if key.Tag == "!!merge" {
			merged = append(merged, r.merged(value)...)
			continue
		}
		k := r.key(key)
		if k == nil {
			continue
		}
		if was := first[k.Text]; was != nil {
			r.problems.Error(k.Pos, "duplicate-key", "the key %q again; it stands in line %d already", shorten(k.Text), was.Pos.Line)
			continue
		}
		first[k.Text] = k
		n.Entries = append(n.Entries, Entry{k, value})
	}
	for _, m := range merged {
		for _, e := range m.Entries {
			if first[e.Key.Text] == nil {
				first[e.Key.Text] = e.Key
				n.Entries = append(n.Entries, e)
			}
		}
	}
}

// merged gives the maps that a merge key names, the first one first.
func (r *reader) merged(value *Node) []*Node {
	maps := []*Node{value}
	if value.Kind == List {
		maps = value.Items
	}
	if slices.ContainsFunc(maps, func(m *Node) bool { return m.Kind != Map }) {
		r.problems.Error(value.Pos, "merge-key", "%s after <<; it takes a map, or a list of maps", value.Describe())
		return nil
	}
	return maps
}

// key reads a key, nil when it is none that we know.
func (r *reader) key(y *yaml.Node) *Node {
	n := &Node{Kind: Scalar, Pos: r.pos(y), Text: y.Value, Written: y.Value, Tag: Str, style: y.Style, size: 1}
	if y.Kind != yaml.ScalarNode || y.Style&yaml.TaggedStyle != 0 || y.Tag == "!!null" {
		r.problems.Error(n.Pos, "key", "a key that is no word; keys are plain words")
		return nil
	}
	return n
}

// pos is where a node stands. The parser tells where it begins; where a scalar
// ends on its line is found in the text.
func (r *reader) pos(y *yaml.Node) Pos {
	pos := Pos{Source: r.src, Line: max(y.Line, 1), Col: max(y.Column, 1)}
	pos.End = pos.Col + 1
	line := []rune(r.src.line(pos.Line))
	if pos.Col > len(line) {
		return pos
	}
	rest := string(line[pos.Col-1:])
	switch {
	case y.Kind == yaml.AliasNode:
		pos.End = pos.Col + 1 + len([]rune(y.Value))
	case y.Kind != yaml.ScalarNode:
	case y.Style&yaml.SingleQuotedStyle != 0:
		pos.End = pos.Col + quotedLength(rest, '\'')
	case y.Style&yaml.DoubleQuotedStyle != 0:
		pos.End = pos.Col + quotedLength(rest, '"')
	case y.Value != "" && strings.HasPrefix(rest, y.Value):
		pos.End = pos.Col + len([]rune(y.Value))
	}
	return pos
}

// quotedLength counts the characters of a quoted scalar on its first line.
func quotedLength(s string, quote rune) int {
	n, escaped := 0, false
	for _, c := range s {
		n++
		switch {
		case n == 1:
		case escaped:
			escaped = false
		case quote == '"' && c == '\\':
			escaped = true
		case c == quote:
			return n
		}
	}
	return n
}
