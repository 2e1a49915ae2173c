package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// Ceilings of a whole drill.
const (
	maxLength   = 24 * time.Hour
	maxRequests = 5_000_000 // what a log of some gigabytes holds
	maxWindows  = 1000      // faults, each on each of its providers
	maxBouts    = 5000      // the same, each time that one comes
)

// builder holds a draft against itself and makes the plan of it.
type builder struct {
	draft    *draft
	opts     Options
	problems *yamltree.Problems
	shipped  bool
	replays  map[string]*replay

	plan   Plan
	course course
	places []faultPlace // of the faults of plan.Windows, in file order
}

// faultPlace is a fault of the plan with where it was written.
type faultPlace struct {
	fault *faults.Fault
	draft *faultDraft
	phase int
	kind  faults.Kind
}

// build makes the plan, nil when something is wrong. What one part gets wrong
// does not keep the others from being checked.
func (b *builder) build(root *yamltree.Node) *Plan {
	d := b.draft
	b.plan = Plan{
		Name: d.name, Title: strings.TrimSpace(d.title), About: strings.TrimSpace(d.about), Sources: d.sources, Teaches: d.teaches, Seed: d.seed,
		Target: d.traffic.target, InFlight: d.traffic.inFlight, Fresh: d.traffic.connections == "fresh", H2C: d.traffic.protocol == "h2c", Healthy: d.healthy, SLO: d.slo, Warmup: d.warmup,
	}
	b.providers()
	b.timeline()
	b.course = courseOf(&b.plan)
	b.journeys()
	b.sessions()
	b.watch()
	b.app()
	b.ownPort()
	b.bars()
	b.stops()
	if b.problems.Failed() {
		return nil
	}
	b.warn()
	resolved, err := yamltree.Write(root)
	if err != nil {
		b.problems.Error(root.Pos, "unwritable", "the scenario cannot be written down: %s", err)
		return nil
	}
	sum := sha256.Sum256(resolved)
	b.plan.Resolved, b.plan.Hash = resolved, hex.EncodeToString(sum[:])
	return &b.plan
}

// phaseNames reports phases of the same name. Names of providers and journeys
// are keys, which the file cannot hold twice.
func (b *builder) phaseNames() {
	first := map[string]*phaseDraft{}
	for i := range b.draft.phases {
		p := &b.draft.phases[i]
		if before := first[p.name]; before != nil && p.name != "" {
			b.problems.Error(p.At("name"), "same-name", "a second phase %q; the first stands in line %d, and each needs its own name", p.name, before.At("name").Line)
			continue
		}
		first[p.name] = p
	}
}

// provider finds a provider's draft, nil when there is none.
func (b *builder) provider(name string) *providerDraft {
	for i := range b.draft.providers {
		if b.draft.providers[i].name == name {
			return &b.draft.providers[i]
		}
	}
	return nil
}

// unknown reports a name that nothing in the file has.
func (b *builder) unknown(at yamltree.Pos, what, name string, known []string) {
	d := fmt.Sprintf("no %s %q", what, name)
	if near := schema.Nearest(name, known); near != "" {
		b.problems.Error(at, "unknown-"+what, "%s; did you mean %q?", d, near).Hint = b.roles(what)
		return
	}
	b.problems.Error(at, "unknown-"+what, "%s; there is %s", d, list(known)).Hint = b.roles(what)
}

// roles reminds of whose word the providers and journeys are when an app file
// brings them.
func (b *builder) roles(what string) string {
	if b.opts.AppFile == "" || what == "phase" {
		return ""
	}
	return fmt.Sprintf("the %ss are those of the app file %s", what, b.opts.AppFile)
}
