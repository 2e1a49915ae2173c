package scenarios

import (
	"os"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// An Opening is a fault that is opened by hand while a drill is under way.
type Opening struct {
	Fault faults.Fault
	After time.Duration // from now, when it opens
	Until time.Duration // from now, when it closes; 0: with the phase
	Words string        // in short, as a phase says it: "primary: rate_limit 90%"
}

// openedBy stands for a phase in what is opened by hand.
const openedBy = "opened"

// Opening reads one fault in the words of a scenario, YAML or JSON, as if it stood in
// this one. There, after and until count from the phase's beginning; here from now.
// What a fault of the scenario is refused for it is refused for, too; the diagnostics
// give places in data. No environment variable is filled in.
func (p *Plan) Opening(data []byte) (Opening, []Diagnostic) {
	problems := new(yamltree.Problems)
	root := yamltree.Read(p.Name, p.Resolved, problems)
	yamltree.Fill(root, os.LookupEnv, problems)
	phases := yamltree.Read(p.Name, []byte("- {name: "+openedBy+", for: 24h, faults: []}"), problems)
	fault := yamltree.Read("fault", data, problems)
	if fault == nil {
		return Opening{}, problems.Sorted()
	}
	phases.Items[0].Get("faults").Items = []*yamltree.Node{fault}
	played := yamltree.NewEntry(root.Pos, "phases", "", yamltree.Null)
	played.Value = phases
	var d draft
	schema.Decode(KeyTable(), root.Without("bars").With(played), &d, problems)
	b := builder{draft: &d, opts: Options{HaveApp: true, AnyPorts: true}, problems: problems}
	b.providers()
	b.timeline()
	if problems.Failed() || len(b.plan.Windows) == 0 {
		return Opening{}, slices.DeleteFunc(problems.Sorted(), func(d Diagnostic) bool { return d.File != "fault" && d.Severity != Error })
	}
	w := b.plan.Windows[0]
	o := Opening{Fault: *w.Fault, After: w.From, Words: b.plan.Phases[0].Faults[0]}
	if w.To < b.plan.Length {
		o.Until = w.To
	}
	return o, nil
}
