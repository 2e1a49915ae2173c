package scorecard_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// dimension is one side of a card's score.
func dimension(t *testing.T, card *scorecard.Card, name string) scorecard.Dimension {
	t.Helper()
	i := slices.IndexFunc(card.Dimensions, func(d scorecard.Dimension) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("no dimension %q", name)
	}
	return card.Dimensions[i]
}

// everywhere is a surge that both providers are in.
func everywhere(share, best float64) *synth.Drill {
	d := synth.New("baseline 15", "surge 30", "recovery 30")
	d.Fault("surge", "primary", "server_error", share)
	d.Fault("surge", "secondary", "server_error", share)
	d.Setup.Par = []record.Par{{Phase: "surge", N: 300, Availability: best}}
	return d
}

func TestBarsAgainstPar(t *testing.T) {
	for _, tt := range []struct {
		offset float64
		want   scorecard.Verdict
	}{{-0.10, scorecard.Pass}, {-0.02, scorecard.Fail}} {
		d := everywhere(0.5, 0.97)
		d.Bar("availability", "min", tt.offset, "surge")
		d.Setup.Bars[0].Against = "par"
		card := synth.Judge(t, d.Play(func(q *synth.Ask) { // serves nine of ten in the surge
			if q.Due >= 15 && q.Due < 45 && q.U.N%10 == 0 {
				q.Try("primary")
				q.Fail(500)
				return
			}
			q.Setup.Control = true
			q.Try("primary")
			q.Answer()
			q.Setup.Control = false
		}))
		bar := card.Bars[0]
		if bar.Verdict != tt.want || bar.Par == nil || *bar.Par != 0.97 || bar.Threshold != 0.97+tt.offset {
			t.Errorf("par %+.2f: %+v, want %s", tt.offset, bar, tt.want)
		}
	}
}

func TestBarAgainstNoPar(t *testing.T) {
	d := everywhere(0.5, 0.97)
	d.Setup.Par = nil
	d.Bar("availability", "min", -0.02, "surge")
	d.Setup.Bars[0].Against = "par"
	card := synth.Judge(t, d.Play(synth.Resilient))
	if bar := card.Bars[0]; bar.Verdict != scorecard.Inconclusive || !strings.Contains(bar.Reason, "no par") {
		t.Errorf("%s: %q", bar.Verdict, bar.Reason)
	}
}

// Where nobody could have served anybody, an app is scored for how it said so.
func TestTotalOutageIsScoredForHonesty(t *testing.T) {
	grades := map[bool]string{}
	for _, honest := range []bool{true, false} {
		d := everywhere(1, 0)
		d.Bar("harm", "max", 0, "")
		card := synth.Judge(t, d.Play(func(q *synth.Ask) {
			if q.Try("primary").OK {
				q.Answer()
				return
			}
			q.Fail(503)
			if !honest {
				q.U.Raw = true
			}
		}))
		if c := dimension(t, card, "continuity"); c.Exercised || !strings.Contains(c.Reason, "nobody could") {
			t.Errorf("continuity %+v, want it not exercised", c)
		}
		for _, limit := range card.GradeCaps {
			if strings.Contains(limit, "served well in an outage") {
				t.Errorf("held down by %q, which nobody could help", limit)
			}
		}
		grades[honest] = card.Grade
		if d := dimension(t, card, "degradation"); !d.Exercised || (*d.Score > 90) != honest {
			t.Errorf("honest %v: degradation %+v", honest, d)
		}
	}
	if grades[true] == "" || grades[true] >= grades[false] {
		t.Errorf("grades %v: the honest app is not the better one", grades)
	}
}

// Continuity is held against par: an app that reaches it loses nothing.
func TestContinuityAgainstPar(t *testing.T) {
	serve := func(best float64) float64 {
		d := everywhere(0.5, best)
		card := synth.Judge(t, d.Play(func(q *synth.Ask) {
			if q.Try("primary").OK {
				q.Answer()
				return
			}
			q.Fail(503)
		}))
		return *dimension(t, card, "continuity").Score
	}
	if low, high := serve(1), serve(0.55); high < 70 || low > 20 {
		t.Errorf("half served: %.0f points where all could be, %.0f where half could", low, high)
	}
}
