package scorecard_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

func TestPoints(t *testing.T) {
	for _, c := range []struct{ at90, at50 float64 }{{0.01, 0.10}, {3, 30}, {0.0001, 0.01}, {0.25, 2}} {
		for cost, want := range map[float64]float64{c.at90: 90, c.at50: 50, 0: 100, -1: 100, math.Inf(1): 0} {
			if got := scorecard.Points(c.at90, c.at50, cost); math.Abs(got-want) > 1e-6 {
				t.Errorf("cost %v on the curve %v: %v points, want %v", cost, c, got, want)
			}
		}
		last := 100.0
		for cost := 0.0; cost < 10*c.at50; cost += c.at90 / 7 {
			p := scorecard.Points(c.at90, c.at50, cost)
			if p > last {
				t.Fatalf("a higher cost, %v, scores higher: %v after %v", cost, p, last)
			}
			last = p
		}
	}
}

// trial is a drill to grade: one outage, and what was measured in it.
type trial struct {
	available  float64 // in the outage
	metrics    []measure.Measure
	drill      map[string]measure.Measure // whole-drill measures
	last       measure.Measure            // availability in the last 10 s
	hit        int
	metastable bool
	outcomes   map[string]map[string]int
	verdict    scorecard.Verdict
}

func fine() trial {
	return trial{
		available: 0.99,
		drill:     map[string]measure.Measure{"harm": counted(0, 500), "undeclared": ratio(0, 500)},
		last:      ratio(200, 200),
		hit:       50,
		outcomes:  map[string]map[string]int{"surge": {"good": 300}, "calm": {"good": 200, "unknown": 3}},
		verdict:   scorecard.Pass,
		metrics: []measure.Measure{
			{Name: "failover_time", Phase: "surge", Unit: "s", Value: value(3), Low: value(2.5), High: value(3), N: 300, By: "fallback"},
		},
	}
}

func (x trial) card() *scorecard.Card {
	s := setup()
	card := &scorecard.Card{Verdict: x.verdict, Phases: s.Phases, Metrics: x.metrics, Outcomes: x.outcomes}
	e := scorecard.Evidence{
		StreamHit: x.hit, Metastable: x.metastable,
		Outages: []scorecard.OutageAt{{Par: 1, Provider: "primary", Begins: "surge", Availability: counted(x.available, 300)}},
		Measure: func(q scorecard.Query) measure.Measure {
			if q.Last != 0 {
				return x.last
			}
			return x.drill[q.Metric]
		},
	}
	scorecard.GradeCard(card, s, e)
	return card
}

func scores(card *scorecard.Card) map[string]float64 {
	got := map[string]float64{}
	for _, d := range card.Dimensions {
		if d.Exercised {
			got[d.Name] = *d.Score
		}
	}
	return got
}

func TestDimensions(t *testing.T) {
	x := fine()
	x.drill["retry_after_compliance"] = ratio(70, 100)
	x.metrics = append(
		x.metrics,
		measure.Measure{Name: "retry_amplification", Phase: "surge", Unit: "x", Value: value(1.1), N: 300},
		measure.Measure{Name: "retry_amplification", Phase: "spread", Unit: "x", Value: value(2), N: 300},
		measure.Measure{Name: "recovery_lag", Phase: "calm", Unit: "s", Low: value(12), N: 300, Measured: true},
	)
	card := x.card()
	want := map[string]float64{
		"continuity": 90, "failover": 90, "integrity": 100, "degradation": 100,
		"manners":  50, // amplification 2 in the worse phase: 50; compliance 70 %: 50
		"recovery": 0,  // never settled
	}
	if diff := cmp.Diff(want, scores(card)); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	// (3×90 + 2×90 + 2×100 + 100 + 50 + 0) ÷ 10, cost left out
	if card.Score == nil || *card.Score != 80 || card.Grade != "B" {
		t.Errorf("grade %q, score %v, want B and 80", card.Grade, card.Score)
	}
	for _, d := range card.Dimensions {
		if d.Name == "cost" && (d.Exercised || d.Score != nil || d.Reason == "") {
			t.Errorf("cost was not measured, but: %+v", d)
		}
	}
}

func TestRiddenThroughIsNoFailover(t *testing.T) {
	x := fine()
	x.metrics[0].By = "retry"
	x.metrics[0].Value, x.metrics[0].Low, x.metrics[0].High = value(0), value(0), value(0)
	if score, ok := scores(x.card())["failover"]; ok {
		t.Errorf("retries scored %v in failover", score)
	}
	x.metrics[0] = measure.Measure{Name: "failover_time", Phase: "surge", Unit: "s", Low: value(9), N: 300, Measured: true}
	if score, ok := scores(x.card())["failover"]; !ok || score != 0 {
		t.Errorf("never failed over: %v, %v, want 0", score, ok)
	}
	x.metrics[0].Measured = false
	if score, ok := scores(x.card())["failover"]; ok {
		t.Errorf("too short to tell, but scored %v", score)
	}
}

func TestGradeCaps(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*trial)
		grade string
		text  string
	}{
		{"nothing wrong", func(*trial) {}, "A", ""},
		{"integrity not exercised", func(x *trial) { x.hit = 19 }, "B", "integrity"},
		{"below 90 % in an outage", func(x *trial) { x.available = 0.89 }, "C", "89 % served well"},
		{"below 50 % in an outage", func(x *trial) { x.available = 0.49 }, "D", "49 % served well"},
		{"harm", func(x *trial) { x.drill["harm"] = counted(1, 500) }, "D", "1 user came to harm"},
		{"metastable", func(x *trial) { x.metastable = true }, "D", "metastable"},
		{"few hangs", func(x *trial) {
			x.drill["harm"] = counted(1, 500)
			x.outcomes["surge"]["hang"] = 1
		}, "B", ""},
		{"many hangs", func(x *trial) {
			x.drill["harm"] = counted(4, 500)
			x.outcomes["surge"]["hang"] = 4
		}, "D", "hung in surge"},
		{"harm, and hangs", func(x *trial) {
			x.drill["harm"] = counted(5, 500)
			x.outcomes["surge"]["hang"] = 3
		}, "D", "2 users came to harm, hangs apart (3)"},
		{"not served in the end", func(x *trial) { x.last = ratio(99, 200) }, "F", "last 10 s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := fine()
			c.spoil(&x)
			card := x.card()
			if card.Grade > c.grade && c.text == "" || c.text != "" && card.Grade < c.grade {
				t.Errorf("grade %q (%v), want at most %q", card.Grade, *card.Score, c.grade)
			}
			if got := strings.Join(card.GradeCaps, "\n"); !strings.Contains(got, c.text) || (got == "") != (c.text == "") {
				t.Errorf("caps %q, want %q", got, c.text)
			}
		})
	}
}

func TestNoGrade(t *testing.T) {
	for _, verdict := range []scorecard.Verdict{scorecard.Inconclusive, scorecard.Aborted} {
		x := fine()
		x.verdict = verdict
		if card := x.card(); card.Grade != "" || card.Score != nil {
			t.Errorf("%v, but grade %q", verdict, card.Grade)
		}
	}
	card := &scorecard.Card{Verdict: scorecard.Pass}
	scorecard.GradeCard(card, setup(), scorecard.Evidence{
		Measure: func(scorecard.Query) measure.Measure { return counted(0, 500) },
	})
	if card.Grade != "" || len(card.Dimensions) != 7 {
		t.Errorf("no outage, but grade %q and %d dimensions", card.Grade, len(card.Dimensions))
	}
}

// The measures that a dimension rests on are those that its reason tells of.
func TestDimensionsNameTheirMeasures(t *testing.T) {
	for _, d := range synth.Judge(t, goldenLog()).Dimensions {
		if d.Exercised != (len(d.Rests) > 0) {
			t.Errorf("%s is exercised: %v, and rests on %d measures", d.Name, d.Exercised, len(d.Rests))
		}
		for _, m := range d.Rests {
			if !strings.Contains(d.Reason, strings.ReplaceAll(m.Name, "_", " ")) || !m.Measured || m.Unit == "" {
				t.Errorf("%s rests on %+v, and its reason is %q", d.Name, m, d.Reason)
			}
		}
	}
}
