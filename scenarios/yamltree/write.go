package yamltree

import "go.yaml.in/yaml/v4"

// Write gives the tree as YAML, in the styles of the files it came from.
// Aliases are written out, comments are gone, and a text with environment
// variables is written with their names, never with their values.
func Write(n *Node) ([]byte, error) {
	return yaml.Dump(n.yaml(), yaml.WithLineWidth(-1))
}

func (n *Node) yaml() *yaml.Node {
	y := &yaml.Node{Style: n.style &^ yaml.TaggedStyle}
	switch n.Kind {
	case Map:
		y.Kind, y.Tag = yaml.MappingNode, "!!map"
		for _, e := range n.Entries {
			y.Content = append(y.Content, e.Key.yaml(), e.Value.yaml())
		}
	case List:
		y.Kind, y.Tag = yaml.SequenceNode, "!!seq"
		for _, item := range n.Items {
			y.Content = append(y.Content, item.yaml())
		}
	default:
		y.Kind, y.Value = yaml.ScalarNode, n.Written
		switch {
		case n.Quoted || n.Tag == Str:
			y.Tag = "!!str" // keeps a quoted number quoted
		case n.Written == "":
			y.Value = "null" // behind a quoted key nothing at all would become an empty text
		}
	}
	return y
}
