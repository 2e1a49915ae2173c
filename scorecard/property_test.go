package scorecard_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Lines up to 5 s out of order change nothing, evidence and all.
func TestOrderOfLines(t *testing.T) {
	log := goldenLog()
	want := synth.Judge(t, log)
	wantShown := synth.LessLines(want, log)
	var lines []record.Line
	for e, err := range record.Read(bytes.NewReader(log)) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e.Line)
	}
	for seed := range uint64(5) {
		luck := rand.New(rand.NewPCG(seed, 0))
		moved := make(map[int]float64, len(lines))
		order := make([]int, len(lines))
		for i := range lines {
			order[i], moved[i] = i, lines[i].T.Float()+5*luck.Float64()
		}
		slices.SortFunc(order, func(a, b int) int {
			if moved[a] < moved[b] {
				return -1
			}
			return 1
		})
		shuffled := make([]record.Line, len(lines))
		for i, k := range order {
			shuffled[i] = lines[k]
		}
		again := synth.Written(shuffled)
		got := synth.Judge(t, again)
		gotShown := synth.LessLines(got, again)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		if diff := cmp.Diff(wantShown, gotShown); diff != "" {
			t.Fatalf("seed %d, evidence: %s", seed, diff)
		}
	}
}

// The same log gives the same bytes.
func TestSameBytes(t *testing.T) {
	first, err := json.Marshal(synth.Judge(t, goldenLog()))
	if err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(synth.Judge(t, goldenLog()))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two cards of one log differ")
	}
}

// One more failure never raises the score.
func TestOneMoreFailure(t *testing.T) {
	score := func(card *scorecard.Card) float64 {
		if card.Score == nil {
			return -1
		}
		return *card.Score
	}
	for _, app := range []func(*synth.Ask){synth.Resilient, synth.BreakerAfter(4), synth.Retrying(0.1, 0.3), synth.PrimaryOnly} {
		d := synth.Surge("server_error", 0.9)
		d.Bar("availability", "min", 0.5, "surge")
		d.Play(app)
		before := score(synth.Judge(t, d.Log()))
		luck := rand.New(rand.NewPCG(3, 4))
		for range 6 {
			i := luck.IntN(len(d.Lines))
			for d.Lines[i].User == nil || d.Lines[i].User.Answer == nil {
				i = luck.IntN(len(d.Lines))
			}
			kept := d.Lines[i].User
			broken := *kept
			broken.Status, broken.Told, broken.Answer, broken.First = 500, true, nil, nil
			d.Lines[i].User = &broken
			if after := score(synth.Judge(t, d.Log())); after > before {
				t.Errorf("the score rose from %g to %g when the request due at %g failed", before, after, kept.Due.Float())
			}
			d.Lines[i].User = kept
		}
	}
}

// Less evidence never turns fail into pass: whatever lines are lost, a failed
// drill does not pass.
func TestLessEvidence(t *testing.T) {
	d := synth.Barred()
	d.Play(synth.PrimaryOnly)
	luck := rand.New(rand.NewPCG(5, 6))
	for _, share := range []float64{0.01, 0.03, 0.1, 0.5, 0.9} {
		kept := &synth.Drill{Setup: d.Setup}
		for _, l := range d.Lines {
			if l.Setup != nil || luck.Float64() >= share {
				kept.Lines = append(kept.Lines, l)
			}
		}
		if card := synth.Judge(t, kept.Log()); card.Verdict == scorecard.Pass {
			t.Errorf("the drill passes when %g of its log is lost", share)
		}
	}
}

// No number on any card is NaN, infinite or, for shares, outside 0 to 1.
func soundNumbers(t testing.TB, card *scorecard.Card) {
	t.Helper()
	for _, m := range card.Metrics {
		for _, p := range []*float64{m.Value, m.Low, m.High} {
			if least := leastShare(m.Name); p != nil && m.Unit == "share" && (*p < least || *p > 1) {
				t.Errorf("%s in %q is %g", m.Name, m.Phase, *p)
			}
		}
		if m.Value == nil && m.Reason == "" {
			t.Errorf("%s in %q of %q has neither value nor reason", m.Name, m.Phase, m.Journey)
		}
	}
	for _, d := range append(card.Dimensions, scorecard.Dimension{Name: "all", Score: card.Score}) {
		if d.Score != nil && (*d.Score < 0 || *d.Score > 100) {
			t.Errorf("the score of %s is %g", d.Name, *d.Score)
		}
	}
	finite(t, reflect.ValueOf(card))
}

// leastShare is the least that a share can be: critical_first is the difference of
// two.
func leastShare(metric string) float64 {
	if metric == "critical_first" {
		return -1
	}
	return 0
}

// finite walks a value and complains of floats that are no number.
func finite(t testing.TB, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			finite(t, v.Elem())
		}
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			t.Errorf("the card holds %g", f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				finite(t, v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			finite(t, v.Index(i))
		}
	}
}

func TestSoundNumbers(t *testing.T) {
	for _, p := range synth.PlantedApps() {
		soundNumbers(t, synth.Judge(t, p.Drill().Play(p.App)))
	}
	soundNumbers(t, synth.Judge(t, goldenLog()))
	soundNumbers(t, synth.Judge(t, nil))
}

// FuzzJudge judges logs cut, torn and made up: no panic, no number that is none.
func FuzzJudge(f *testing.F) {
	d := synth.New("calm 4", "surge 3", "after 2")
	d.Journey("chat", 6)
	d.Fault("surge", "primary", "rate_limit", 0.8)
	d.Waits["rate_limit"] = 1
	d.Mark("app_died", 3, "exit status 1")
	log := d.Play(synth.Retrying(0.2))
	f.Add(log)
	f.Add(log[:len(log)/2])
	for seed := range uint64(12) {
		f.Add(randomDrill(seed).Log())
	}
	hole := synth.New("calm 4", "surge 3", "after 2")
	hole.Fault("surge", "primary", "blackhole", 1)
	f.Add(hole.Play(synth.Asking(3, 0.5)))
	f.Add([]byte(`{"kind":"conn","conn":{"provider":"primary","opened_s":-1e8,"struck_s":1e8,"ended_s":1e8,"fault":"hole","unheard":4611686018427387904}}`))
	f.Add([]byte(`{"kind":"setup","setup":{"schema":1,"length_s":1e9,"windows":[{"start_s":1,"end_s":1}],"phases":[{"end_s":1e8}]}}`))
	f.Add([]byte(`{"kind":"user","user":{"n":4611686018427387904,"due_s":1e8,"sent_s":-1e8}}`))
	f.Fuzz(func(t *testing.T, log []byte) {
		card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
		if err != nil {
			return
		}
		soundNumbers(t, card)
		if len(bytes.TrimSpace(log)) == 0 && card.Verdict != scorecard.Inconclusive {
			t.Errorf("an empty log is %v", card.Verdict)
		}
	})
}
