package yamltree

import (
	"regexp"
	"strings"
)

// reference is ${VAR} or ${VAR:-default}; what else begins with ${ is a
// mistake. A default ends at the first brace.
var reference = regexp.MustCompile(`\$\$\{|\$\{([^}]*)\}?`)

// variable is a name that shells accept.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Fill replaces ${VAR} and ${VAR:-default} in every text below a node; $${
// stands for ${ itself. Written keeps the reference. What is not set is
// reported.
func Fill(n *Node, lookup func(name string) (string, bool), problems *Problems) {
	filler{lookup, problems, map[*Node]bool{}}.fill(n)
}

type filler struct {
	lookup   func(string) (string, bool)
	problems *Problems
	seen     map[*Node]bool // aliases share nodes
}

func (f filler) fill(n *Node) {
	if n == nil || f.seen[n] {
		return
	}
	f.seen[n] = true
	for _, e := range n.Entries {
		f.fill(e.Value)
	}
	for _, item := range n.Items {
		f.fill(item)
	}
	if n.Kind != Scalar || n.Tag != Str || !strings.Contains(n.Written, "${") {
		return
	}
	n.Text = reference.ReplaceAllStringFunc(n.Written, func(ref string) string {
		if ref == "$${" {
			return "${"
		}
		n.Filled = true
		return f.value(n, ref)
	})
}

// value is what one reference stands for.
func (f filler) value(n *Node, ref string) string {
	body, closed := strings.CutSuffix(strings.TrimPrefix(ref, "${"), "}")
	name, fallback, hasFallback := strings.Cut(body, ":-")
	if !closed || !variable.MatchString(name) {
		n.Broken = true
		f.problems.Error(n.Pos, "variable", "%q is no variable; write ${NAME} or ${NAME:-default}, and $${ for ${ itself", shorten(ref))
		return ""
	}
	if v, ok := f.lookup(name); ok && (v != "" || !hasFallback) {
		return v
	}
	if hasFallback {
		return fallback
	}
	n.Broken = true
	f.problems.Error(n.Pos, "unset-variable", "the environment variable %s is not set; set it, or write ${%s:-default}", name, name)
	return ""
}
