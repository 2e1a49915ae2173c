package scenarios

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// Diagnostic is one thing that is wrong with a scenario, or unwise.
type Diagnostic = yamltree.Diagnostic

// The severities of a [Diagnostic].
const (
	Error   = yamltree.Error
	Warning = yamltree.Warning
)

// Print writes diagnostics for people, with snippet and caret.
func Print(w io.Writer, diagnostics []Diagnostic) error { return yamltree.Print(w, diagnostics) }

// Options are what a scenario is loaded with beside its file. The zero value
// reads files of this machine.
type Options struct {
	// AppFile, if not empty, is a file whose app, providers and traffic replace the
	// scenario's. What the day asks of a provider (tls, limits, capacity) holds for the
	// app's of the same name, unless that says otherwise.
	AppFile string
	// Lookup finds environment variables; nil: this process's.
	Lookup func(name string) (string, bool)
	// AnyPorts gives providers that name no address a free port each, instead of
	// 4100, 4101, ….
	AnyPorts bool
	// Starts says that whoever loads the scenario starts the app, if it has a command.
	// Such an app is told where the mocks are, so that AnyPorts holds for them.
	Starts bool
	// Seed, Target and Command, if set, beat seed, traffic.target and app.command.
	// The seed is part of what was played, so it changes Resolved and Hash.
	Seed    *uint64
	Target  string
	Command []string
	// Shift, if not 0, is the share by which the seed moves the beginnings of phases,
	// at most [MostShift]. It changes Resolved and Hash, too.
	Shift float64
	// Traffic, if not empty, is a recorded trace that journeys replay in place of what
	// they say: FILE, whose lines name the journeys where there are several, or
	// JOURNEY=FILE. It is part of what was played, so it changes Resolved and Hash.
	Traffic string
	// Speedup, if not 0, is how many times as fast traces are replayed, from
	// [LeastSpeedup] to [MostSpeedup]. It changes Resolved and Hash, too.
	Speedup float64
	// HaveApp says that an app is at hand which needs neither target nor command:
	// one that is built in. Without it a scenario that names only roles is refused.
	HaveApp bool
	// FS, if not nil, is where files are read, for tests; names are then as in
	// package fs.
	FS fs.FS
}

// Load reads a scenario: a file, or the name of a shipped one. The plan is nil
// exactly when there is an error among the diagnostics; those of a plan are
// warnings. They are in file order.
func Load(path string, opts Options) (*Plan, []Diagnostic) {
	if opts.Lookup == nil {
		opts.Lookup = os.LookupEnv
	}
	l := loader{opts: opts, files: files{opts.FS}, problems: new(yamltree.Problems), secrets: map[string]string{}}
	l.opts.Lookup = func(name string) (string, bool) {
		v, ok := opts.Lookup(name)
		if ok {
			l.secrets[name] = v
		}
		return v, ok
	}
	plan := l.load(path)
	return plan, l.problems.Sorted()
}

type loader struct {
	opts     Options
	files    files
	problems *yamltree.Problems
	root     *yamltree.Node // of the scenario, resolved
	shifts   []Shift
	replays  map[string]*replay // by name
	secrets  map[string]string  // what variables stood for, by name
}

func (l *loader) load(path string) *Plan {
	at := l.files.named(path)
	root := l.tree(at)
	if root == nil || l.onlyApp(at, root) {
		return nil
	}
	if l.opts.AppFile != "" {
		if root = l.withAppFile(root); root == nil {
			return nil
		}
	}
	if seed := l.opts.Seed; seed != nil {
		root = root.With(yamltree.NewEntry(root.Pos, "seed", strconv.FormatUint(*seed, 10), yamltree.Int))
	}
	yamltree.Fill(root, l.opts.Lookup, l.problems)
	root = l.traced(root)
	if l.opts.Shift > 0 {
		root = l.shifted(root)
	}
	l.root = root
	var d draft
	schema.Decode(KeyTable(), root, &d, l.problems)
	if len(l.opts.Command) > 0 {
		d.app.command = l.opts.Command
	}
	if l.opts.Target != "" {
		d.traffic.target = l.opts.Target
	}
	b := builder{draft: &d, opts: l.opts, problems: l.problems, shipped: at.builtin, replays: l.replays}
	plan := b.build(root)
	if plan != nil {
		plan.Shifts, plan.Secrets = l.shifts, l.secrets
	}
	return plan
}

// tree reads a file with its parents merged in, nil when there is nothing to go
// on with.
func (l *loader) tree(at address) *yamltree.Node {
	data, err := l.files.read(at)
	if err != nil {
		l.problems.File(at.String(), "unreadable", "%s", err).Hint = hintFor(at)
		return nil
	}
	root := l.read(at, data)
	if root == nil {
		return nil
	}
	return l.extend(root, []address{at})
}

func (l *loader) read(at address, data []byte) *yamltree.Node {
	root := yamltree.Read(at.String(), data, l.problems)
	if root != nil && root.Kind != yamltree.Map {
		l.problems.Error(root.Pos, "wrong-value", "the file is %s; a scenario is a map that begins with version: 1", root.Describe())
		return nil
	}
	return root
}

// maxParents is how deep files may extend one another.
const maxParents = 8

// extend merges a file's parents under it. Chain is how we came here, the file
// itself last. Without one of its parents a file is nil: whatever it seems to lack
// may stand there.
func (l *loader) extend(root *yamltree.Node, chain []address) *yamltree.Node {
	e := root.Entry("extends")
	if e == nil {
		return root
	}
	at, err := l.parent(e.Value, chain)
	if err != nil {
		l.problems.Error(e.Value.Pos, "extends", "extends is %s; %s", e.Value.Describe(), err)
		return nil
	}
	data, err := l.files.read(at)
	if err != nil {
		l.problems.Error(e.Value.Pos, "extends", "extends is %s; %s: %s", e.Value.Describe(), at, err).Hint = hintFor(at)
		return nil
	}
	parent := l.read(at, data)
	if parent == nil {
		return nil
	}
	parent = l.extend(parent, append(chain, at))
	if parent == nil {
		return nil
	}
	return yamltree.Merge(parent, root.Without("extends"))
}

// parent says where the parent of the last file of a chain is.
func (l *loader) parent(n *yamltree.Node, chain []address) (address, error) {
	yamltree.Fill(n, l.opts.Lookup, l.problems)
	if n.Kind != yamltree.Scalar || n.Tag != yamltree.Str || n.Text == "" {
		return address{}, fmt.Errorf("allowed: a file, or builtin:NAME")
	}
	at, err := l.files.beside(chain[len(chain)-1], n.Text)
	switch {
	case err != nil:
		return address{}, err
	case slices.Contains(chain, at):
		return address{}, fmt.Errorf("%s extends itself; a file has a chain of parents, not a ring", at)
	case len(chain) > maxParents:
		return address{}, fmt.Errorf("allowed: at most %d parents, one above the other", maxParents)
	}
	return at, nil
}
