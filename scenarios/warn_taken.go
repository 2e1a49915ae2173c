package scenarios

import (
	"reflect"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/faults"
)

// warnTaken speaks of faults that never befall anybody on a provider, for a fault
// above them takes every request that they match for as long as they are open.
func (b *builder) warnTaken() {
	for i, f := range b.places {
		for _, above := range b.places[:i] {
			if above.phase != f.phase || !above.takesAll(f, b.plan.Phases[f.phase]) {
				continue
			}
			shared := slices.DeleteFunc(slices.Clone(f.fault.Providers), func(p string) bool { return !slices.Contains(above.fault.Providers, p) })
			if len(shared) == 0 {
				continue
			}
			b.problems.Warn(f.draft.At("kind"), "nothing-left", "%s meets no request of %s: %s in line %d takes them all, and a fault has what those above it left",
				f.fault.Kind, strings.Join(shared, ", "), above.fault.Kind, above.draft.At("kind").Line).Hint = "give that one a share, or put it below this one"
			break
		}
	}
}

// takesAll says whether nothing that matches a fault below is left by this one.
func (f faultPlace) takesAll(below faultPlace, phase Phase) bool {
	from, to := f.draft.span(phase)
	open, shut := below.draft.span(phase)
	always := from <= open && shut <= to && f.fault.Cycle == faults.Cycle{} && f.fault.First == 0
	everybody := f.fault.Share == faults.Share{From: 1, To: 1} &&
		(reflect.DeepEqual(f.fault.Match, faults.Match{}) || reflect.DeepEqual(f.fault.Match, below.fault.Match))
	return always && everybody && touches(f.kind, below.kind)
}

// touches says whether a kind has all requests that another can have. What is about
// an answer's text leaves alone what asks for none.
func touches(kind, other faults.Kind) bool {
	about := []string{"stream", "content"}
	switch {
	case kind.Wide() != "", other.Wide() != "", kind.Sparing(), kind.StreamOnly && !other.StreamOnly:
		return false
	case slices.Contains(about, kind.Family):
		return slices.Contains(about, other.Family)
	}
	return !kind.Speech() || other.Speech()
}
