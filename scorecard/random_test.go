package scorecard_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// randomDrills is how many random logs each property is held against.
const randomDrills = 200 / raceFactor

// randomDrill is a drill of one kind and another, played by an app of one kind and
// another: what comes of it nobody planted.
func randomDrill(seed uint64) *synth {
	luck := rand.New(rand.NewPCG(seed, 16))
	phases := []string{fmt.Sprint("calm ", 6+luck.IntN(3))}
	for i := range 1 + luck.IntN(2) {
		phases = append(phases, fmt.Sprintf("surge%d %d", i, 5+luck.IntN(5)))
	}
	d := newSynth(append(phases, fmt.Sprint("after ", 6+luck.IntN(4)))...)
	d.luck = luck
	d.firstOnly = luck.IntN(4) == 0
	d.journey("chat", 4+4*luck.Float64()).Stream = luck.IntN(2) == 0
	if luck.IntN(2) == 0 {
		d.journey("batch", 2+3*luck.Float64()).Priority = "deferrable"
	}
	kinds := []string{
		"rate_limit", "quota_exhausted", "unauthorized", "bad_request", "server_error", "bad_gateway", "gateway_timeout", "overloaded",
		"slow", "hang", "stall", "truncate", "cut", "stream_error", "malformed", "duplicate", "gibberish", "broken_json", "refusal",
		"error_in_200", "refuse", "latency", "blackhole",
	}
	for i := range len(phases) - 1 {
		phase := fmt.Sprint("surge", i)
		d.fault(phase, "primary", kinds[luck.IntN(len(kinds))], []float64{1, luck.Float64()}[luck.IntN(2)])
		if luck.IntN(5) == 0 {
			d.fault(phase, "secondary", kinds[luck.IntN(len(kinds))], luck.Float64())
		}
		d.bar("availability", "min", []float64{0.5, 0.8, 0.95}[luck.IntN(3)], phase)
	}
	d.bar("harm", "max", 0, "")
	d.waits["rate_limit"] = float64(luck.IntN(3))
	turns := luck.IntN(4)
	app := randomApp(luck)
	d.play(func(q *ask) {
		if turns > 0 {
			q.u.Session = fmt.Sprint("session ", q.u.N/turns)
		}
		app(q)
	})
	return d
}

// randomApp tries the primary a few times, then maybe the other, and passes on,
// owns up to or says nothing of what it could not get.
func randomApp(luck *rand.Rand) func(*ask) {
	tries, falls, end := 1+luck.IntN(3), luck.IntN(3) > 0, luck.IntN(4)
	pause, patience := luck.Float64(), []float64{1, 3, 30}[luck.IntN(3)]
	return func(q *ask) {
		for i := range tries {
			q.at += float64(i) * pause * (1 + 0.3*q.luck.Float64())
			if q.tryWithin("primary", patience).ok {
				q.answer()
				return
			}
		}
		switch {
		case falls && q.tryWithin("secondary", patience).ok:
			q.answer()
		case end == 0 && q.last.begun:
			q.half()
		case end == 1:
			q.lesser()
		default:
			q.fail(502)
		}
	}
}

// Lines up to 5 s out of order change nothing on any card, and none has a number
// that is none or a score beyond 0 to 100.
func TestRandomOrder(t *testing.T) {
	graded := 0
	for seed := range uint64(randomDrills) {
		d := randomDrill(seed)
		log := d.log()
		want := judge(t, log)
		soundNumbers(t, want)
		if want.Score != nil {
			graded++
		}
		wantShown := lessLines(want, log)
		shuffled := written(shaken(rand.New(rand.NewPCG(seed, 17)), d.whole()))
		got := judge(t, shuffled)
		gotShown := lessLines(got, shuffled)
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
		before := judge(t, d.log())
		if before.Score == nil {
			continue
		}
		luck := rand.New(rand.NewPCG(seed, 18))
		for _, spoil := range []func(*synth, *rand.Rand) string{anError, aRetry, aHarm} {
			lines := slices.Clone(d.lines)
			what := spoil(d, luck)
			after := judge(t, d.log())
			if after.Score != nil && *after.Score > *before.Score+1e-9 {
				t.Errorf("seed %d: the score rose from %g to %g with %s", seed, *before.Score, *after.Score, what)
				for i, dim := range after.Dimensions {
					t.Logf("%s: %v %s → %v %s", dim.Name, scoreOf(before.Dimensions[i].Score), before.Dimensions[i].Reason, scoreOf(dim.Score), dim.Reason)
				}
			}
			d.lines = lines
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
func (d *synth) pick(luck *rand.Rand, fits func(record.Line) bool) int {
	var found []int
	for i, l := range d.lines {
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
func anError(d *synth, luck *rand.Rand) string {
	i := d.pick(luck, wellServed)
	if i < 0 {
		return "nothing"
	}
	u := *d.lines[i].User
	u.Status, u.Told, u.Answer, u.First = 500, true, nil, nil
	d.lines[i].User = &u
	return fmt.Sprintf("an error for %d, due at %g", u.N, u.Due.Float())
}

// aHarm passes half an answer off as whole.
func aHarm(d *synth, luck *rand.Rand) string {
	i := d.pick(luck, wellServed)
	if i < 0 {
		return "nothing"
	}
	u := *d.lines[i].User
	a := *u.Answer
	a.Complete = false
	u.Answer = &a
	d.lines[i].User = &u
	return fmt.Sprintf("half an answer for %d, due at %g", u.N, u.Due.Float())
}

// aRetry repeats an attempt that was refused, at once.
func aRetry(d *synth, luck *rand.Rand) string {
	i := d.pick(luck, func(l record.Line) bool {
		return l.Attempt != nil && l.Attempt.Status >= 500 && l.Attempt.Left == nil
	})
	if i < 0 {
		return "nothing"
	}
	a := *d.lines[i].Attempt
	took := a.Ended - a.Arrived
	a.Arrived, a.Nth = a.Ended, a.Nth+1
	a.Ended += took
	d.lines = append(d.lines, record.Line{T: a.Ended, Kind: "attempt", Attempt: &a})
	return fmt.Sprintf("a retry of %s at %g", a.Nonce, a.Arrived.Float())
}

// A drill that failed does not pass when a piece of its log is lost, wherever.
func TestRandomLoss(t *testing.T) {
	failed := 0
	for seed := range uint64(randomDrills) {
		d := randomDrill(seed)
		if judge(t, d.log()).Verdict != scorecard.Fail {
			continue
		}
		failed++
		luck := rand.New(rand.NewPCG(seed, 19))
		lines := d.whole()
		for _, tail := range []bool{false, false, true} {
			from := 1 + luck.IntN(len(lines)-2)
			to := from + 1 + luck.IntN(len(lines)-from-1)
			if tail {
				to = len(lines) - 1 // all but the line that says that all is there
			}
			kept := slices.Delete(slices.Clone(lines), from, to)
			if card := judge(t, written(kept)); card.Verdict == scorecard.Pass {
				t.Errorf("seed %d: without lines %d to %d of %d it passes: %s", seed, from+1, to, len(lines), card.Sentence)
			}
		}
	}
	if failed < randomDrills/5 {
		t.Errorf("only %d of %d random drills fail", failed, randomDrills)
	}
}
