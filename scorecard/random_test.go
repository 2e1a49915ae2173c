package scorecard_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// randomDrills is how many random logs each property is held against.
const randomDrills = 200 / raceFactor

// randomDrill is a drill of one kind and another, played by an app of one kind and
// another: what comes of it nobody planted.
func randomDrill(seed uint64) *synth.Drill {
	luck := rand.New(rand.NewPCG(seed, 16))
	phases := []string{fmt.Sprint("calm ", 6+luck.IntN(3))}
	for i := range 1 + luck.IntN(2) {
		phases = append(phases, fmt.Sprintf("surge%d %d", i, 5+luck.IntN(5)))
	}
	d := synth.New(append(phases, fmt.Sprint("after ", 6+luck.IntN(4)))...)
	d.Luck = luck
	d.FirstOnly = luck.IntN(4) == 0
	d.Journey("chat", 4+4*luck.Float64()).Stream = luck.IntN(2) == 0
	if luck.IntN(2) == 0 {
		d.Journey("batch", 2+3*luck.Float64()).Priority = "deferrable"
	}
	kinds := []string{
		"rate_limit", "quota_exhausted", "unauthorized", "bad_request", "server_error", "bad_gateway", "gateway_timeout", "overloaded",
		"slow", "hang", "stall", "truncate", "cut", "stream_error", "malformed", "duplicate", "gibberish", "broken_json", "refusal",
		"error_in_200", "refuse", "latency", "blackhole",
	}
	for i := range len(phases) - 1 {
		phase := fmt.Sprint("surge", i)
		d.Fault(phase, "primary", kinds[luck.IntN(len(kinds))], []float64{1, luck.Float64()}[luck.IntN(2)])
		if luck.IntN(5) == 0 {
			d.Fault(phase, "secondary", kinds[luck.IntN(len(kinds))], luck.Float64())
		}
		d.Bar("availability", "min", []float64{0.5, 0.8, 0.95}[luck.IntN(3)], phase)
	}
	d.Bar("harm", "max", 0, "")
	d.Waits["rate_limit"] = float64(luck.IntN(3))
	turns := luck.IntN(4)
	app := randomApp(luck)
	d.Play(func(q *synth.Ask) {
		if turns > 0 {
			q.U.Session = fmt.Sprint("session ", q.U.N/turns)
		}
		app(q)
	})
	return d
}

// randomApp tries the primary a few times, then maybe the other, and passes on,
// owns up to or says nothing of what it could not get.
func randomApp(luck *rand.Rand) func(*synth.Ask) {
	tries, falls, end := 1+luck.IntN(3), luck.IntN(3) > 0, luck.IntN(4)
	pause, patience := luck.Float64(), []float64{1, 3, 30}[luck.IntN(3)]
	return func(q *synth.Ask) {
		for i := range tries {
			q.At += float64(i) * pause * (1 + 0.3*q.Luck.Float64())
			if q.TryWithin("primary", patience).OK {
				q.Answer()
				return
			}
		}
		switch {
		case falls && q.TryWithin("secondary", patience).OK:
			q.Answer()
		case end == 0 && q.Last.Begun:
			q.Half()
		case end == 1:
			q.Lesser()
		default:
			q.Fail(502)
		}
	}
}

// Lines up to 5 s out of order change nothing on any card, and none has a number
// that is none or a score beyond 0 to 100.
func TestRandomOrder(t *testing.T) {
	graded := 0
	for seed := range uint64(randomDrills) {
		d := randomDrill(seed)
		log := d.Log()
		want := synth.Judge(t, log)
		soundNumbers(t, want)
		if want.Score != nil {
			graded++
		}
		wantShown := synth.LessLines(want, log)
		shuffled := synth.Written(shaken(rand.New(rand.NewPCG(seed, 17)), d.Whole()))
		got := synth.Judge(t, shuffled)
		gotShown := synth.LessLines(got, shuffled)
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("seed %d: %s", seed, cmp.Diff(want, got))
		}
		if !slices.Equal(wantShown, gotShown) {
			t.Fatalf("seed %d, evidence: %s", seed, cmp.Diff(wantShown, gotShown))
		}
	}
	if graded < randomDrills/2 {
		t.Errorf("only %d of %d random drills have a score", graded, randomDrills)
	}
}

// shaken moves each line by up to 5 s.
func shaken(luck *rand.Rand, lines []record.Line) []record.Line {
	type moved struct {
		at float64
		record.Line
	}
	all := make([]moved, len(lines))
	for i, l := range lines {
		all[i] = moved{l.T.Float() + 5*luck.Float64(), l}
	}
	slices.SortFunc(all, func(a, b moved) int {
		if a.at < b.at {
			return -1
		}
		return 1
	})
	for i, m := range all {
		lines[i] = m.Line
	}
	return lines
}

// One more failure never raises the score, whatever it is and whoever meets it.
func TestRandomFailure(t *testing.T) {
	for seed := range uint64(randomDrills) {
		d := randomDrill(seed)
		before := synth.Judge(t, d.Log())
		if before.Score == nil {
			continue
		}
		luck := rand.New(rand.NewPCG(seed, 18))
		for _, spoil := range []func(*synth.Drill, *rand.Rand) string{anError, aRetry, aHarm} {
			lines := slices.Clone(d.Lines)
			what := spoil(d, luck)
			after := synth.Judge(t, d.Log())
			if after.Score != nil && *after.Score > *before.Score+1e-9 {
				t.Errorf("seed %d: the score rose from %g to %g with %s", seed, *before.Score, *after.Score, what)
				for i, dim := range after.Dimensions {
					t.Logf("%s: %v %s → %v %s", dim.Name, scoreOf(before.Dimensions[i].Score), before.Dimensions[i].Reason, scoreOf(dim.Score), dim.Reason)
				}
			}
			d.Lines = lines
		}
	}
}

func scoreOf(p *float64) string {
	if p == nil {
		return "none"
	}
	return fmt.Sprintf("%.2f", *p)
}

// pick gives the index of a line that fits, -1 when none does.
func pick(d *synth.Drill, luck *rand.Rand, fits func(record.Line) bool) int {
	var found []int
	for i, l := range d.Lines {
		if fits(l) {
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		return -1
	}
	return found[luck.IntN(len(found))]
}

func wellServed(l record.Line) bool {
	return l.User != nil && l.User.Answer != nil && l.User.Answer.Complete && l.User.How == "complete"
}

// anError turns a request that was answered into one that was refused.
func anError(d *synth.Drill, luck *rand.Rand) string {
	i := pick(d, luck, wellServed)
	if i < 0 {
		return "nothing"
	}
	u := *d.Lines[i].User
	u.Status, u.Told, u.Answer, u.First = 500, true, nil, nil
	d.Lines[i].User = &u
	return fmt.Sprintf("an error for %d, due at %g", u.N, u.Due.Float())
}

// aHarm passes half an answer off as whole.
func aHarm(d *synth.Drill, luck *rand.Rand) string {
	i := pick(d, luck, wellServed)
	if i < 0 {
		return "nothing"
	}
	u := *d.Lines[i].User
	a := *u.Answer
	a.Complete = false
	u.Answer = &a
	d.Lines[i].User = &u
	return fmt.Sprintf("half an answer for %d, due at %g", u.N, u.Due.Float())
}

// aRetry repeats an attempt that was refused, at once.
func aRetry(d *synth.Drill, luck *rand.Rand) string {
	i := pick(d, luck, func(l record.Line) bool {
		return l.Attempt != nil && l.Attempt.Status >= 500 && l.Attempt.Left == nil
	})
	if i < 0 {
		return "nothing"
	}
	a := *d.Lines[i].Attempt
	took := a.Ended - a.Arrived
	a.Arrived, a.Nth = a.Ended, a.Nth+1
	a.Ended += took
	d.Lines = append(d.Lines, record.Line{T: a.Ended, Kind: "attempt", Attempt: &a})
	return fmt.Sprintf("a retry of %s at %g", a.Nonce, a.Arrived.Float())
}

// A drill that failed does not pass when a piece of its log is lost, wherever.
func TestRandomLoss(t *testing.T) {
	failed := 0
	for seed := range uint64(randomDrills) {
		d := randomDrill(seed)
		if synth.Judge(t, d.Log()).Verdict != scorecard.Fail {
			continue
		}
		failed++
		luck := rand.New(rand.NewPCG(seed, 19))
		lines := d.Whole()
		for _, tail := range []bool{false, false, true} {
			from := 1 + luck.IntN(len(lines)-2)
			to := from + 1 + luck.IntN(len(lines)-from-1)
			if tail {
				to = len(lines) - 1 // all but the line that says that all is there
			}
			kept := slices.Delete(slices.Clone(lines), from, to)
			if card := synth.Judge(t, synth.Written(kept)); card.Verdict == scorecard.Pass {
				t.Errorf("seed %d: without lines %d to %d of %d it passes: %s", seed, from+1, to, len(lines), card.Sentence)
			}
		}
	}
	if failed < randomDrills/5 {
		t.Errorf("only %d of %d random drills fail", failed, randomDrills)
	}
}
