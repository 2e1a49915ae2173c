package schema

import "github.com/seed-76a9de92/brownout/scenarios/yamltree"

// Defaults are, of every map at or below a node that decodes by the row, the keys
// that it leaves to their defaults, in the table's order.
func Defaults(k Key, n *yamltree.Node) map[*yamltree.Node][]yamltree.Default {
	all := map[*yamltree.Node][]yamltree.Default{}
	defaults(k, n, all)
	return all
}

func defaults(k Key, n *yamltree.Node, all map[*yamltree.Node][]yamltree.Default) {
	switch k.Type {
	case Either:
		for _, form := range k.Forms {
			if row(form.Type).Shape == n.Kind {
				defaults(form, n, all)
				return
			}
		}
	case Named:
		for _, e := range n.Entries {
			defaults(*k.Item, e.Value, all)
		}
	case List:
		for _, item := range n.Items {
			defaults(*k.Item, item, all)
		}
	case Map:
		var own []yamltree.Default
		rows, _ := k.rows(n)
		for _, row := range rows {
			if v := n.Get(row.Name); v != nil {
				defaults(row, v, all)
			} else if row.Default != "" {
				own = append(own, yamltree.Default{Key: row.Name, Value: row.Default})
			}
		}
		all[n] = own // what an alias repeats is the same each time
	}
}
