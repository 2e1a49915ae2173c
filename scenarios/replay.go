package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/trace"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// Replay is a trace that journeys replay.
type Replay struct {
	// Name is the file's name in Resolved: it is made of the trace's content, so that a
	// hash stands for what is replayed and not for where it lay.
	Name string
	Text []byte `json:"-"` // what was understood of it, which reads to the same
}

// ReplayName is the name of the file of a trace with that hash.
func ReplayName(hash string) string { return "trace-" + hash + ".ndjson" }

// replay is a trace as it was read.
type replay struct {
	Replay
	file     string // that it was read from
	requests []trace.Request
}

func (r *replay) lasts() time.Duration { return r.requests[len(r.requests)-1].At }

// journeys are those that its lines name, "" among them if some name none.
func (r *replay) journeys() []string {
	var names []string
	for _, q := range r.requests {
		if !slices.Contains(names, q.Journey) {
			names = append(names, q.Journey)
		}
	}
	return names
}

func (r *replay) count(journey string) (n int) {
	for _, q := range r.requests {
		if q.Journey == journey {
			n++
		}
	}
	return n
}

// traced is the scenario with each trace read, and named by its content.
func (l *loader) traced(root *yamltree.Node) *yamltree.Node {
	l.replays = map[string]*replay{}
	if l.opts.Traffic != "" {
		root = l.replaced(root)
	}
	if l.opts.Speedup != 0 {
		root = l.spedUp(root)
	}
	return eachJourney(root, func(_ string, j *yamltree.Node) *yamltree.Node {
		n := j.Get("trace")
		if n == nil || n.Kind != yamltree.Scalar || n.Tag != yamltree.Str || l.replays[n.Text] != nil {
			return j
		}
		at, err := l.files.beside(address{path: n.Pos.Source.Name, builtin: strings.HasPrefix(n.Pos.Source.Name, "builtin:")}, n.Text)
		if err == nil && at.builtin {
			err = errors.New("allowed: a file of this machine")
		}
		if err != nil {
			l.problems.Error(n.Pos, "trace", "trace is %s; %s", n.Describe(), err)
			return j
		}
		r, err := l.replay(at)
		if err != nil {
			l.problems.Error(n.Pos, "trace", "trace is %s; %s: %s", n.Describe(), at, err)
		}
		if r == nil {
			return j
		}
		return j.With(yamltree.NewEntry(n.Pos, "trace", r.Name, yamltree.Str))
	})
}

// replay reads a trace; nil when something is wrong with it, which is reported unless
// it is the error.
func (l *loader) replay(at address) (*replay, error) {
	file, err := l.files.openRegular(at.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	t, problems := trace.Read(file)
	for _, p := range problems {
		l.problems.Line(at.path, p.Line, "trace", p.Text).Hint = p.Hint
	}
	if len(problems) > 0 {
		return nil, nil
	}
	r := &replay{Replay{Text: trace.Write(t.Requests)}, at.path, t.Requests}
	sum := sha256.Sum256(r.Text)
	r.Name = ReplayName(hex.EncodeToString(sum[:8]))
	if l.replays[r.Name] == nil {
		l.replays[r.Name] = r
	}
	return l.replays[r.Name], nil
}

// replaced is the scenario with the journeys that [Options.Traffic] is for replaying
// it. Where every journey does, how others come is no longer said.
func (l *loader) replaced(root *yamltree.Node) *yamltree.Node {
	var names []string
	eachJourney(root, func(name string, j *yamltree.Node) *yamltree.Node {
		names = append(names, name)
		return j
	})
	of, path, ok := strings.Cut(l.opts.Traffic, "=")
	if !ok || !slices.Contains(names, of) {
		of, path = "", l.opts.Traffic
	}
	r, err := l.replay(address{path: path})
	if err != nil {
		l.problems.File(path, "trace", "%s", err).Hint = "--traffic takes FILE or JOURNEY=FILE; there is " + list(names)
	}
	if r == nil || len(names) == 0 {
		return root
	}
	who, ok := l.replaying(r, of, names)
	if !ok {
		return root
	}
	root = eachJourney(root, func(name string, j *yamltree.Node) *yamltree.Node {
		if !slices.Contains(who, name) {
			return j
		}
		for _, key := range []string{"rate", "profile", "lengths"} {
			j = j.Without(key)
		}
		return j.With(yamltree.NewEntry(j.Pos, "trace", r.Name, yamltree.Str))
	})
	if len(who) < len(names) {
		return root
	}
	return within(root, []string{"traffic"}, func(t *yamltree.Node) *yamltree.Node { return t.Without("arrival").Without("shape") })
}

// spedUp is the scenario with all that it replays at the speed of [Options.Speedup].
func (l *loader) spedUp(root *yamltree.Node) *yamltree.Node {
	replayed := false
	factor := strconv.FormatFloat(l.opts.Speedup, 'g', -1, 64)
	root = eachJourney(root, func(_ string, j *yamltree.Node) *yamltree.Node {
		if j.Get("trace") == nil {
			return j
		}
		replayed = true
		return j.With(yamltree.NewEntry(j.Pos, "speedup", factor, yamltree.Float))
	})
	if !replayed {
		l.problems.Error(root.Pos, "trace", "a trace is to be replayed %s times as fast, and no journey replays one", factor).Hint = "--traffic brings one, or trace in a journey"
	}
	return root
}

// replaying are the journeys that replay a trace: the one it is for, or those that its
// lines name, or the only one. That nobody can tell is reported.
func (l *loader) replaying(r *replay, of string, names []string) ([]string, bool) {
	if of != "" {
		return []string{of}, true
	}
	named := r.journeys()
	if len(named) == 1 && named[0] == "" {
		if len(names) == 1 {
			return names, true
		}
		l.problems.File(r.file, "trace", "its requests name no journey, and there is %s; the journey has to be named", list(names)).Hint = fmt.Sprintf("--traffic %s=%s, or \"journey\": %q in each line", names[0], r.file, names[0])
		return nil, false
	}
	for _, name := range named {
		switch {
		case name == "":
			l.problems.File(r.file, "trace", "%d of its requests name no journey, and others do; either none does, or each", r.count("")).Hint = fmt.Sprintf("\"journey\": %q in a line names one", names[0])
			return nil, false
		case !slices.Contains(names, name):
			l.problems.File(r.file, "trace", "%d of its requests are of a journey %q; there is %s", r.count(name), name, list(names)).Hint = nearest(name, names)
			return nil, false
		}
	}
	return named, true
}

// nearest asks whether another name was meant; "" when none is near.
func nearest(name string, known []string) string {
	if near := schema.Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// eachJourney is the scenario with each journey changed that is a map.
func eachJourney(root *yamltree.Node, change func(name string, j *yamltree.Node) *yamltree.Node) *yamltree.Node {
	return within(root, []string{"traffic", "journeys"}, func(all *yamltree.Node) *yamltree.Node {
		for _, e := range all.Entries {
			if e.Value.Kind == yamltree.Map {
				e.Value = change(e.Key.Text, e.Value)
				all = all.With(&e)
			}
		}
		return all
	})
}

// within is a map with the map changed that keys lead to, if there is one.
func within(n *yamltree.Node, path []string, change func(*yamltree.Node) *yamltree.Node) *yamltree.Node {
	if n.Kind != yamltree.Map {
		return n
	}
	if len(path) == 0 {
		return change(n)
	}
	e := n.Entry(path[0])
	if e == nil {
		return n
	}
	changed := *e
	changed.Value = within(e.Value, path[1:], change)
	return n.With(&changed)
}
