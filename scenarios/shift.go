package scenarios

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// MostShift is the largest share by which phases can be moved: more would leave some
// of them nothing.
const MostShift = 0.4

// shiftStep is what moved moments are rounded to.
const shiftStep = 100 * time.Millisecond

// Shift is a phase that begins at another time than its scenario says.
type Shift struct {
	Phase    string
	From, To time.Duration // as written, and as it is
}

// shifted is the scenario with the beginnings of its phases moved by the seed, each
// within ± share of the shorter of the two phases that it parts; the drill's own
// beginning and end stay. What a phase needs, for its faults and steps come and go
// after so long, it keeps. A scenario that is wrong stays as it is.
func (l *loader) shifted(root *yamltree.Node) *yamltree.Node {
	var d draft
	schema.Decode(KeyTable(), root, &d, new(yamltree.Problems))
	list := root.Get("phases")
	if len(d.phases) < 2 || list == nil || !list.Sound() || len(list.Items) != len(d.phases) {
		return root
	}
	moved := *list
	moved.Items = slices.Clone(list.Items)
	var at, before time.Duration // of the phase as written; how far its beginning was moved
	for i, p := range d.phases {
		after := time.Duration(0)
		if i+1 < len(d.phases) {
			earlier, later := room(&d.phases[i], &d.phases[i+1], l.opts.Shift)
			after = move(d.seed, i+1, earlier, later)
		}
		if before != 0 {
			l.shifts = append(l.shifts, Shift{Phase: p.name, From: at, To: at + before})
		}
		if length := p.length - before + after; length != p.length {
			moved.Items[i] = list.Items[i].With(yamltree.NewEntry(list.Items[i].Pos, "for", schema.FormatDuration(length), yamltree.Str))
		}
		at, before = at+p.length, after
	}
	e := *root.Entry("phases")
	e.Value = &moved
	return root.With(&e)
}

// room is how far the moment between two phases can be moved, either way. Each gives
// at most half of what it can spare, for its other end may be moved, too.
func room(a, b *phaseDraft, share float64) (earlier, later time.Duration) {
	most := time.Duration(share * float64(min(a.length, b.length)))
	return min(most, (a.length-a.needs())/2), min(most, (b.length-b.needs())/2)
}

// needs is how long a phase has to be for all that stands in it.
func (p *phaseDraft) needs() time.Duration {
	least := p.length / 5
	for _, f := range p.faults {
		least = max(least, f.until, f.after+shiftStep, f.ramp)
	}
	for _, s := range p.steps {
		least = max(least, s.after+shiftStep)
	}
	return min(least, p.length)
}

// move draws how far the beginning of the n-th phase is moved.
func move(seed uint64, n int, earlier, later time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte("shift")) // cannot fail
	luck := rand.New(rand.NewPCG(seed, h.Sum64()+uint64(n)))
	by := 2*luck.Float64() - 1
	if by < 0 {
		return -time.Duration(-by * float64(earlier)).Truncate(shiftStep)
	}
	return time.Duration(by * float64(later)).Truncate(shiftStep)
}
