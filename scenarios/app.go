package scenarios

import (
	"regexp"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// app checks how the app is to be started.
func (b *builder) app() {
	a := &b.draft.app
	if a.Node == nil && len(b.opts.Command) == 0 || a.Node != nil && !a.Sound() {
		return
	}
	if a.Node != nil {
		b.placeholders(a.Node.Get("command"))
		b.placeholders(a.Node.Get("env"))
		b.ready()
	}
	if len(a.command) == 0 && b.opts.Target == "" && !b.opts.HaveApp {
		b.problems.Error(a.Pos, "missing-key", "app without command; add command: [python, app.py]")
	}
	b.plan.App = &App{Command: a.command, Env: a.env, ReadyURL: a.ready.url, ReadyWithin: a.ready.within}
	if a.ready.Node == nil {
		b.plan.App.ReadyWithin = readyWithin
	}
}

// ready refuses a map that says nothing.
func (b *builder) ready() {
	if r := b.draft.app.ready; r.Node != nil && len(r.Node.Entries) == 0 {
		b.problems.Error(r.Pos, "missing-key", "ready without url or within; add one")
	}
}

// placeholder is whatever looks like {{…}}.
var placeholder = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// placeholders checks the {{PROVIDER.url}} below a node.
func (b *builder) placeholders(n *yamltree.Node) {
	if n == nil {
		return
	}
	for _, e := range n.Entries {
		b.placeholders(e.Value)
	}
	for _, item := range n.Items {
		b.placeholders(item)
	}
	var known []string
	for i := range b.draft.providers {
		name := b.draft.providers[i].name
		known = append(known, name+".base_url", name+".url", name+".key")
	}
	for _, m := range placeholder.FindAllStringSubmatch(n.Written, -1) {
		if name, ok := strings.CutSuffix(m[1], ".key"); ok && b.real(name) {
			b.problems.Error(n.Pos, "impossible", "%s has no key to give: it is a real endpoint, by its upstream; allowed: the app's own key for it", name)
			continue
		}
		if name, ok := strings.CutSuffix(m[1], ".key"); ok && b.service(name) {
			b.problems.Error(n.Pos, "impossible", "%s has no key to give; a service of tools takes any, and none", name)
			continue
		}
		if slices.Contains(known, m[1]) {
			continue
		}
		if near := schema.Nearest(strings.TrimSpace(m[1]), known); near != "" {
			b.problems.Error(n.Pos, "placeholder", "unknown placeholder %q; did you mean {{%s}}?", m[0], near)
			continue
		}
		b.problems.Error(n.Pos, "placeholder", "unknown placeholder %q; allowed: {{%s}}", m[0], strings.Join(known, "}}, {{"))
	}
}
