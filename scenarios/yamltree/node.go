// Package yamltree reads a YAML file into a tree in which every value knows its
// place, and collects what is wrong with it. It knows nothing of scenarios: it
// guards against what should not be read at all, follows anchors, merges files
// that extend one another, fills in environment variables and writes the result
// down again.
//
// Start at [Read]:
//
//	var problems yamltree.Problems
//	root := yamltree.Read("a.yaml", []byte("name: [1, 2"), &problems)
//	yamltree.Print(os.Stderr, problems.Sorted())
//	// a.yaml:1:12: not YAML: did not find expected ',' or ']' …
package yamltree

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Kind is the shape of a node.
type Kind int

// The kinds. There are no others: aliases are followed while reading.
const (
	Scalar Kind = iota + 1
	Map
	List
)

func (k Kind) String() string {
	switch k {
	case Scalar:
		return "a value"
	case Map:
		return "a map"
	case List:
		return "a list"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// Tag says what YAML makes of a scalar that stands there as it does.
type Tag string

// The tags of scalars.
const (
	Str   Tag = "text"
	Int   Tag = "a number"
	Float Tag = "a decimal number"
	Bool  Tag = "true or false"
	Null  Tag = "nothing"
)

// Node is a value of a file, with its place. Nodes may be shared: what an alias
// stands for is the very node of its anchor.
type Node struct {
	Kind Kind
	Pos  Pos
	// Text of a scalar, unquoted and with environment variables filled in.
	Text string
	// Written is the text before the variables were filled in. It is what may be
	// shown and stored.
	Written string
	Tag     Tag     // of a scalar
	Quoted  bool    // of a scalar: quoted, or a block of text
	Entries []Entry // of a map, in file order
	Items   []*Node // of a list

	// Filled says that Text came from the environment, and so may look like a
	// number though YAML took it for text.
	Filled bool
	// Broken says that a problem was reported with this value, so that what
	// follows from it need not be.
	Broken bool
	// Refused says that whoever used the value refused it, or what it lacks.
	Refused bool

	style yaml.Style
	size  int // values below it and itself, aliases written out
}

// Entry is one key of a map with its value.
type Entry struct {
	Key   *Node
	Value *Node
}

// Pos is a place in a file: a line and a column from 1, and the column behind
// what stands there. Columns count characters, not bytes.
type Pos struct {
	Source         *Source
	Line, Col, End int
}

// Source is a file that was read.
type Source struct {
	Name  string
	lines [][]rune // columns count characters
	rank  int      // files are reported in the order in which they were read
}

// line gives a line from 1, none beyond the end.
func (s *Source) line(n int) []rune {
	if n < 1 || n > len(s.lines) {
		return nil
	}
	return s.lines[n-1]
}

// snippet gives the text of a line for people; nobody reads one that long.
func (s *Source) snippet(n int) string {
	const most = 2000
	if line := s.line(n); len(line) <= most {
		return string(line)
	}
	return ""
}

// Get is the value of a key, nil when the node is no map or has no such key.
func (n *Node) Get(key string) *Node {
	if e := n.Entry(key); e != nil {
		return e.Value
	}
	return nil
}

// Entry is a key with its value, nil when the node is no map or has no such
// key.
func (n *Node) Entry(key string) *Entry {
	if n == nil {
		return nil
	}
	for i := range n.Entries {
		if n.Entries[i].Key.Text == key {
			return &n.Entries[i]
		}
	}
	return nil
}

// At is the place of the value that a path of keys leads to, or of as much of
// the path as there is: the best place to say that something is wrong there.
func (n *Node) At(path ...string) Pos {
	pos := n.Pos
	for _, key := range path {
		e := n.Entry(key)
		if e == nil {
			break
		}
		pos, n = e.Value.Pos, e.Value
	}
	return pos
}

// Sound says that neither the node nor anything below it is broken or refused,
// so that it can be held against other things.
func (n *Node) Sound() bool {
	if n.Broken || n.Refused {
		return false
	}
	for _, e := range n.Entries {
		if !e.Value.Sound() {
			return false
		}
	}
	for _, item := range n.Items {
		if !item.Sound() {
			return false
		}
	}
	return true
}

// Describe says what a node is, for a message: its text when it has one, never
// a value that came from the environment.
func (n *Node) Describe() string {
	switch {
	case n.Kind == List && len(n.Items) == 0:
		return "an empty list"
	case n.Kind == Map && len(n.Entries) == 0:
		return "an empty map"
	case n.Kind != Scalar:
		return n.Kind.String()
	case n.Tag == Null:
		return "nothing"
	case n.Filled:
		return fmt.Sprintf("%q (filled in from the environment)", shorten(n.Written))
	}
	return fmt.Sprintf("%q", shorten(n.Written))
}

// shorten cuts what would flood a message.
func shorten(s string) string {
	const most = 60
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}

// splitLines splits where YAML sees a line end.
func splitLines(text string) [][]rune {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	var lines [][]rune
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, []rune(line))
	}
	return lines
}
