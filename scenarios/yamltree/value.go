package yamltree

import (
	"errors"
	"math"

	"go.yaml.in/yaml/v4"
)

// Plain gives a value as JSON knows it: map[string]any, []any, string, int,
// uint64, float64, bool or nil. What came from the environment is always text.
func (n *Node) Plain() (any, error) {
	switch n.Kind {
	case Map:
		m := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			v, err := e.Value.Plain()
			if err != nil {
				return nil, err
			}
			m[e.Key.Text] = v
		}
		return m, nil
	case List:
		l := make([]any, 0, len(n.Items))
		for _, item := range n.Items {
			v, err := item.Plain()
			if err != nil {
				return nil, err
			}
			l = append(l, v)
		}
		return l, nil
	}
	return n.plainScalar()
}

func (n *Node) plainScalar() (any, error) {
	if n.Tag == Str || n.Filled {
		return n.Text, nil
	}
	var v any
	if err := (&yaml.Node{Kind: yaml.ScalarNode, Value: n.Text}).Decode(&v); err != nil {
		return nil, errors.New("what JSON can say")
	}
	if f, ok := v.(float64); ok && (math.IsInf(f, 0) || math.IsNaN(f)) {
		return nil, errors.New("what JSON can say, so neither .inf nor .nan")
	}
	return v, nil
}
