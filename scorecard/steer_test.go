package scorecard_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// led is a log in which the timeline of a drill stands as its last course, and its setup
// had planned another.
func led(d *synth.Drill) []record.Line {
	lines := d.Whole()
	truth := d.Setup
	planned := truth
	planned.Length /= 2
	planned.Phases, planned.Windows = truth.Phases[:1], nil
	planned.Par = []record.Par{{Phase: "calm", Availability: 1}}
	lines[0].Setup = &planned
	course := func(state int, action string, length record.Seconds, phases []record.Phase, windows []record.Window) record.Line {
		return record.Line{T: synth.Secs(float64(state)), Kind: "course", Course: &record.Course{
			State: state, Actor: "ann", Action: action, Length: length, Phases: phases, Windows: windows,
		}}
	}
	return slices.Insert(lines, 5,
		course(3, "hold", 4*truth.Length, truth.Phases[:2], nil),
		course(4, "release", truth.Length, truth.Phases, truth.Windows),
		course(2, "next", 0, nil, nil))
}

// The judge goes by the course of the highest state, wherever it stands among the lines.
func TestCourse(t *testing.T) {
	for seed := range uint64(randomDrills / 4) {
		d := randomDrill(seed)
		plan, log := synth.Written(d.Whole()), synth.Written(led(d))
		want, got := synth.Judge(t, plan), synth.Judge(t, log)
		if !slices.ContainsFunc(got.Limits, func(s string) bool { return strings.HasPrefix(s, "the timeline was changed 3 times") }) {
			t.Fatalf("seed %d: limits %q", seed, got.Limits)
		}
		var events []string
		for _, e := range got.Events {
			if e.Kind == "course" {
				events = append(events, e.Text)
			}
		}
		if diff := cmp.Diff([]string{"ann: next", "ann: hold", "ann: release"}, events); diff != "" {
			t.Fatalf("seed %d: events (-want +got):\n%s", seed, diff)
		}
		mixed := synth.Written(shaken(rand.New(rand.NewPCG(seed, 18)), led(d)))
		shuffled := synth.Judge(t, mixed)
		plainer(want, plan)
		plainer(got, log)
		plainer(shuffled, mixed)
		if !reflect.DeepEqual(want, got) || !reflect.DeepEqual(want, shuffled) {
			t.Fatalf("seed %d: %s%s", seed, cmp.Diff(want, got), cmp.Diff(want, shuffled))
		}
	}
}

// plainer leaves out of a card what tells of a course, and where its lines stand.
func plainer(card *scorecard.Card, log []byte) {
	card.Limits = slices.DeleteFunc(card.Limits, func(s string) bool { return strings.HasPrefix(s, "the timeline was changed") })
	card.Events = slices.DeleteFunc(card.Events, func(e account.Event) bool { return e.Kind == "course" })
	synth.LessLines(card, log)
}

// A course that cannot have been played is none.
func TestStrangeCourse(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	want := synth.Judge(t, d.Play(synth.Resilient))
	lines := append(d.Whole(), record.Line{Kind: "course", Course: &record.Course{
		State: 9, Length: d.Setup.Length, Phases: []record.Phase{{Name: "back", Start: synth.Secs(9), End: synth.Secs(1)}},
	}})
	got := synth.Judge(t, synth.Written(lines))
	if !reflect.DeepEqual(want.Phases, got.Phases) || !strings.Contains(strings.Join(got.Limits, "\n"), "1 line of the log is none of ours") {
		t.Errorf("phases %v, limits %q", got.Phases, got.Limits)
	}
}

// A drill under way whose phase is held is as long as if it were released now; one that
// ended in the hold was as long as it was.
func TestHeldUnderWay(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Play(synth.Resilient)
	whole := d.Whole()
	truth := d.Setup
	const hold = 3600
	later := func(t record.Seconds) record.Seconds {
		if t > synth.Secs(15) {
			t += synth.Secs(hold)
		}
		return t
	}
	held := record.Course{State: 1, Action: "hold", Length: later(truth.Length), HeldTo: synth.Secs(15 + hold)}
	for _, p := range truth.Phases {
		held.Phases = append(held.Phases, record.Phase{Name: p.Name, Start: later(p.Start), End: later(p.End), Faults: p.Faults})
	}
	upTo := func(until record.Seconds) []record.Line {
		lines := slices.DeleteFunc(slices.Clone(whole), func(l record.Line) bool { return l.T > until || l.End != nil })
		return append(lines, record.Line{T: synth.Secs(15), Kind: "course", Course: &held}, record.Line{T: until, Kind: "phase", Phase: &record.Change{Name: "surge"}})
	}
	for _, now := range []float64{15, 20, 100} {
		card := synth.Judge(t, synth.Written(upTo(synth.Secs(now))))
		if want := truth.Length.Float() + now - 15; card.LengthS != want || card.Timeline.StepS != 1 {
			t.Errorf("held since 15 s, at %v s: %v s long in steps of %v s, want %v s and 1 s", now, card.LengthS, card.Timeline.StepS, want)
		}
		if last := card.Phases[len(card.Phases)-1]; last.End.Float() != card.LengthS || last.End-last.Start != synth.Secs(30) {
			t.Errorf("at %v s: the last phase is from %v to %v", now, last.Start, last.End)
		}
	}
	over := append(upTo(synth.Secs(20)), record.Line{T: synth.Secs(20), Kind: "end", End: &record.End{Reason: "stopped"}})
	if card := synth.Judge(t, synth.Written(over)); card.LengthS != held.Length.Float() {
		t.Errorf("over: %v s long", card.LengthS)
	}
}
