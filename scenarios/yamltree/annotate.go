package yamltree

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A Default is a key that a map does not have, with what stands in for it, as a
// file would write it.
type Default struct{ Key, Value string }

// Annotate gives the tree as [Write] does, and in comments where what stands in
// each line is from, and what its maps leave to defaults: behind a map that takes one
// line, else in lines of their own below it. What comes out reads as the same tree.
func Annotate(n *Node, left map[*Node][]Default) ([]byte, error) {
	text, err := Write(n)
	if err != nil {
		return nil, err
	}
	written := Read("", text, new(Problems))
	if written == nil {
		return nil, errors.New("what was written cannot be read")
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	a := annotator{left: left, lines: lines, notes: make([]note, len(lines)+1)}
	a.node(n, written, "")
	a.flush(len(lines) + 1)
	return []byte(a.text()), nil
}

// annotator walks a tree and, beside it, what was written of it.
type annotator struct {
	left  map[*Node][]Default
	lines []string
	notes []note   // by line; that of line 0 is what stands below the last
	ended []string // comments on maps that have ended, before the next line that is known
}

// note is what is said of a line.
type note struct {
	above    []string // lines of their own
	from     []string // files, with their lines
	file     string   // the one named last
	defaults []string
	closed   bool // a comment behind the line is not part of a text
}

func (a *annotator) flush(line int) {
	at := &a.notes[line%len(a.notes)]
	at.above, a.ended = append(at.above, a.ended...), nil
}

// node notes what is at and below a node; path leads there from the beginning of
// its line.
func (a *annotator) node(n, written *Node, path string) {
	for i, e := range n.Entries {
		own := written.Entries[i]
		below := path + e.Key.Text
		if a.begins(own.Key.Pos.Line, below, e.Key.Pos, own.Value) {
			below = ""
		} else {
			below += "."
		}
		a.node(e.Value, own.Value, below)
	}
	for i, item := range n.Items {
		a.begins(written.Items[i].Pos.Line, path, item.Pos, written.Items[i])
		a.node(item, written.Items[i], path)
	}
	if n.Kind == Map && len(n.Entries) > 0 {
		a.ends(written, a.left[n], path)
	}
}

// begins notes where something is from, and says whether it is the first of its
// line.
func (a *annotator) begins(line int, path string, from Pos, value *Node) (first bool) {
	at := &a.notes[line]
	if first = len(at.from) == 0; first {
		a.flush(line)
	}
	block := value.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	at.closed = value.Kind != Scalar || block || !strings.Contains(value.Written, "\n")
	if from.Source.Name != at.file {
		place := fmt.Sprintf("%s:%d", from.Source.Name, from.Line)
		if !first && path != "" {
			place = path + " " + place
		}
		at.from, at.file = append(at.from, place), from.Source.Name
	}
	return first
}

// ends notes what a map leaves to defaults.
func (a *annotator) ends(written *Node, left []Default, path string) {
	first := written.Entries[0].Key.Pos
	for _, d := range left {
		if written.style&yaml.FlowStyle != 0 {
			at := &a.notes[first.Line]
			at.defaults = append(at.defaults, path+d.Key+": "+d.Value)
		} else {
			a.ended = append(a.ended, behind(fmt.Sprintf("%*s# %s: %s", first.Col-1, "", d.Key, d.Value), "default"))
		}
	}
}

// behind puts a comment behind a line.
func behind(line, comment string) string { return fmt.Sprintf("%-60s  # %s", line, comment) }

func (a *annotator) text() string {
	var all []string
	for i, line := range a.lines {
		at := a.notes[i+1]
		all = append(all, at.above...)
		comment := strings.Join(at.from, ", ")
		if len(at.defaults) > 0 {
			comment += "; defaults: " + strings.Join(at.defaults, ", ")
		}
		switch {
		case comment == "": // within a text
			all = append(all, line)
		case at.closed:
			all = append(all, behind(line, comment))
		default:
			indent := len(line) - len(strings.TrimLeft(line, " "))
			all = append(all, line[:indent]+"# "+comment, line)
		}
	}
	return strings.Join(append(all, a.notes[0].above...), "\n") + "\n"
}
