package scenarios

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// withAppFile puts what an app file says in the place of the scenario's; nil when
// it cannot be read.
func (l *loader) withAppFile(root *yamltree.Node) *yamltree.Node {
	app := l.tree(address{path: l.opts.AppFile})
	if app == nil {
		return nil
	}
	yamltree.Fill(app, l.opts.Lookup, l.problems)
	// What is wrong with its parts is found again in their new place, and then
	// reported once.
	schema.Decode(AppKeyTable(), app, new(draft), l.problems)
	for _, key := range []string{"app", "providers", "traffic", "watch"} {
		if e := app.Entry(key); e != nil {
			if key == "providers" {
				e = asked(e, root.Get(key))
			}
			root = root.With(e)
		}
	}
	return root
}

// onlyApp reports a file in which nothing but an app is described where a scenario is
// wanted.
func (l *loader) onlyApp(at address, root *yamltree.Node) bool {
	own := AppKeyTable().Keys
	for _, e := range root.Entries {
		if !slices.ContainsFunc(own, func(k schema.Key) bool { return k.Name == e.Key.Text }) {
			return false
		}
	}
	if root.Get("app") == nil && root.Get("traffic") == nil {
		return false
	}
	l.problems.Error(root.Pos, "missing-key", "scenario without name and phases; add them, or give it as app file to a scenario that has them").Hint = "brownout run smoke --with " + at.String()
	return true
}

// asked are an app file's providers, each with what the scenario asks of the one of
// its name: without it the day would not be the one that is written down. A real
// endpoint is as it is.
func asked(own *yamltree.Entry, of *yamltree.Node) *yamltree.Entry {
	if of == nil || own.Value.Kind != yamltree.Map {
		return own
	}
	providers := own.Value
	for _, e := range own.Value.Entries {
		role := of.Get(e.Key.Text)
		if role == nil || e.Value.Kind != yamltree.Map || e.Value.Get("upstream") != nil {
			continue
		}
		for _, key := range []string{"tls", "limits", "capacity"} {
			if from := role.Entry(key); from != nil && e.Value.Entry(key) == nil {
				e.Value = e.Value.With(from)
			}
		}
		providers = providers.With(&e)
	}
	return &yamltree.Entry{Key: own.Key, Value: providers}
}
