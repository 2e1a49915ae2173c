package yamltree

import (
	"slices"

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
	line := r.src.line(pos.Line)
	rest := line[min(pos.Col-1, len(line)):]
	if anchor := []rune("&" + y.Anchor); y.Anchor != "" && begins(rest, anchor) {
		skip := len(anchor)
		for skip < len(rest) && rest[skip] == ' ' {
			skip++
		}
		if skip < len(rest) { // else what is anchored stands on another line
			pos.Col, rest = pos.Col+skip, rest[skip:]
		}
	}
	length := 1
	switch value := []rune(y.Value); {
	case y.Kind == yaml.AliasNode:
		length = 1 + len(value)
	case y.Kind != yaml.ScalarNode:
	case y.Style&yaml.SingleQuotedStyle != 0:
		length = quotedLength(rest, '\'')
	case y.Style&yaml.DoubleQuotedStyle != 0:
		length = quotedLength(rest, '"')
	case begins(rest, value):
		length = len(value)
	}
	pos.End = pos.Col + max(1, length)
	return pos
}

func begins(line, with []rune) bool {
	return len(line) >= len(with) && slices.Equal(line[:len(with)], with)
}

// quotedLength counts the characters of a quoted scalar on its first line.
func quotedLength(line []rune, quote rune) int {
	for i := 1; i < len(line); i++ {
		switch {
		case quote == '"' && line[i] == '\\':
			i++
		case line[i] != quote:
		case quote == '\'' && i+1 < len(line) && line[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(line)
}
