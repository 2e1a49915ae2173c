package scenarios

import (
	"errors"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// PortWord stands for a port of its own in the command, the environment and the ready
// URL of an app that is started, and in the target: a free one that each drill finds.
const PortWord = "{{port}}"

// app checks how the app is to be started.
func (b *builder) app() {
	a := &b.draft.app
	if a.Node == nil && len(b.opts.Command) == 0 || a.Node != nil && !a.Sound() {
		return
	}
	if a.Node != nil {
		known := b.addresses()
		b.placeholders(a.Node.Get("command"), known)
		b.placeholders(a.Node.Get("env"), known)
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

// ownPort refuses a port that nobody tells the app.
func (b *builder) ownPort() {
	a := &b.draft.app
	told := slices.Concat(a.command, slices.Collect(maps.Values(a.env)))
	if slices.ContainsFunc(told, func(s string) bool { return strings.Contains(s, PortWord) }) {
		return
	}
	for _, where := range []struct {
		key  string
		text string
		at   yamltree.Pos
	}{
		{"app.ready.url", a.ready.url, a.ready.At("url")},
		{"traffic.target", b.plan.Target, b.draft.traffic.At("target")},
	} {
		if strings.Contains(where.text, PortWord) {
			b.problems.Error(where.at, "placeholder", "%s has %s, a free port for an app that brownout starts, and neither app.command nor app.env tells it to the app; add it there, like --port %[2]s", where.key, PortWord)
		}
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

// addresses are the placeholders that an app's command and environment know.
func (b *builder) addresses() []string {
	var known []string
	for i := range b.draft.providers {
		name := b.draft.providers[i].name
		known = append(known, name+".base_url", name+".url", name+".key")
	}
	return append(known, strings.Trim(PortWord, "{}"))
}

// placeholders checks the {{PROVIDER.url}} below a node.
func (b *builder) placeholders(n *yamltree.Node, known []string) {
	if n == nil {
		return
	}
	for _, e := range n.Entries {
		b.placeholders(e.Value, known)
	}
	for _, item := range n.Items {
		b.placeholders(item, known)
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

// checkAppURL wants what can be requested once an app has its port.
func checkAppURL(text string) error {
	const some = "65535"
	filled := strings.Replace(text, PortWord, some, 1)
	u, err := url.Parse(filled)
	if checkURL(filled) != nil || err != nil || filled != text && u.Port() != some {
		return errors.New("an address like http://127.0.0.1:8000, or http://127.0.0.1:" + PortWord + " with a free port for an app that brownout starts")
	}
	return nil
}
