package measure_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// attended is an outage of the primary from 15 to 45 of 75 s, with people about.
func attended(marks ...record.Mark) *synth.Drill {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Fault("surge", "primary", "server_error", 1)
	d.Setup.Hears = record.PeopleMarks()
	d.Play(synth.Resilient)
	for _, m := range marks {
		d.Lines = append(d.Lines, record.Line{T: m.At, Kind: "mark", Mark: &m})
	}
	return d
}

func marked(kind string, at float64) record.Mark {
	return record.Mark{Kind: kind, At: synth.Secs(at), Actor: "ana"}
}

func guessed(provider, fault string, at float64) record.Mark {
	return record.Mark{Kind: "diagnosed", At: synth.Secs(at), Provider: provider, Fault: fault}
}

// A bar on each of the six times passes when the mark came in time and fails when
// it came late, before the outage, or not at all.
func TestPeopleTimes(t *testing.T) {
	right := guessed("primary", "server_error", 35)
	for _, tt := range []struct {
		name, metric, phase string
		marks               []record.Mark
		max, want           float64
		verdict             scorecard.Verdict
	}{
		{"in time", "alert_time", "surge", []record.Mark{marked("alert", 27.5)}, 15, 12.5, scorecard.Pass},
		{"late", "alert_time", "surge", []record.Mark{marked("alert", 31)}, 15, 16, scorecard.Fail},
		{"the first counts", "alert_time", "surge", []record.Mark{marked("alert", 40), marked("alert", 20)}, 15, 5, scorecard.Pass},
		{"a false alarm before", "alert_time", "surge", []record.Mark{marked("alert", 14)}, 15, -60, scorecard.Fail},
		{"none", "alert_time", "surge", nil, 15, -60, scorecard.Fail},
		{"none, and none is due", "alert_time", "surge", nil, 90, -60, scorecard.Inconclusive},
		{"another kind", "acknowledged_time", "surge", []record.Mark{marked("alert", 20)}, 15, -60, scorecard.Fail},
		{"taken", "acknowledged_time", "surge", []record.Mark{marked("acknowledged", 20)}, 15, 5, scorecard.Pass},
		{"switched", "degraded_mode_time", "surge", []record.Mark{marked("degraded_mode", 50)}, 40, 35, scorecard.Pass},
		{"told", "status_time", "surge", []record.Mark{marked("status", 45)}, 20, 30, scorecard.Fail},
		{"over", "all_clear_time", "after", []record.Mark{marked("all_clear", 52)}, 10, 7, scorecard.Pass},
		{"over too early", "all_clear_time", "after", []record.Mark{marked("all_clear", 44)}, 10, -30, scorecard.Fail},
		{"right", "diagnosed_time", "surge", []record.Mark{guessed("secondary", "server_error", 18), right}, 25, 20, scorecard.Pass},
		{"wrong kind", "diagnosed_time", "surge", []record.Mark{guessed("primary", "rate_limit", 18)}, 25, -60, scorecard.Fail},
		{"wrong provider", "diagnosed_time", "surge", []record.Mark{guessed("secondary", "server_error", 18)}, 25, -60, scorecard.Fail},
		{"no guess", "diagnosed_time", "surge", []record.Mark{marked("diagnosed", 18)}, 25, -60, scorecard.Fail},
	} {
		d := attended(tt.marks...)
		d.Bar(tt.metric, "max", tt.max, tt.phase)
		card := synth.Judge(t, d.Log())
		m := synth.Measure(t, card, tt.metric, tt.phase, "")
		switch {
		case tt.want < 0 && (m.Value != nil || m.Low == nil || *m.Low != -tt.want):
			t.Errorf("%s: %s is %v, > %v; want > %g s", tt.name, tt.metric, synth.Show(m.Value), synth.Show(m.Low), -tt.want)
		case tt.want >= 0 && (m.Value == nil || *m.Value != tt.want):
			t.Errorf("%s: %s is %v %q, want %g s", tt.name, tt.metric, synth.Show(m.Value), m.Reason, tt.want)
		}
		if bar := card.Bars[0]; bar.Verdict != tt.verdict {
			t.Errorf("%s: the bar is %s (%s), want %s", tt.name, bar.Verdict, bar.Reason, tt.verdict)
		}
	}
}

// Where nobody could make a mark, none was missed: the bar is inconclusive.
func TestNobodyCouldTell(t *testing.T) {
	d := attended()
	d.Setup.Hears = []string{"status"}
	d.Bar("alert_time", "max", 15, "")
	d.Bar("status_time", "max", 15, "")
	card := synth.Judge(t, d.Log())
	if bar := card.Bars[0]; bar.Verdict != scorecard.Inconclusive || !strings.Contains(bar.Reason, "neither --control nor a watch") {
		t.Errorf("alert_time: %s, %q", bar.Verdict, bar.Reason)
	}
	if bar := card.Bars[1]; bar.Verdict != scorecard.Fail {
		t.Errorf("status_time: %s, %q", bar.Verdict, bar.Reason)
	}
}

// Each outage wants marks of its own; one that begins within another finds the
// alarm up, until it was called over.
func TestPeopleOfTwoOutages(t *testing.T) {
	two := func(marks ...record.Mark) *scorecard.Card {
		d := synth.New("calm 15", "one 20", "quiet 20", "two 20", "both 20", "after 20")
		d.Fault("one", "primary", "server_error", 1)
		d.Fault("two", "primary", "server_error", 1)
		d.Fault("both", "primary", "server_error", 1)
		d.Fault("both", "secondary", "slow", 1)
		d.Setup.Hears = record.PeopleMarks()
		d.Bar("alert_time", "max", 15, "")
		d.Play(synth.Resilient)
		for _, m := range marks {
			d.Lines = append(d.Lines, record.Line{T: m.At, Kind: "mark", Mark: &m})
		}
		return synth.Judge(t, d.Log())
	}
	value := func(card *scorecard.Card, phase string) float64 {
		return synth.Show(synth.Measure(t, card, "alert_time", phase, "").Value)
	}
	card := two(marked("alert", 20), marked("alert", 60))
	for phase, want := range map[string]float64{"one": 5, "two": 5, "both": 0} {
		if got := value(card, phase); got != want {
			t.Errorf("alert_time in %s is %v, want %v", phase, got, want)
		}
	}
	// 57 s is in the second outage, and so is no late alarm of the first.
	card = two(marked("alert", 57), marked("all_clear", 70), marked("alert", 79))
	for phase, want := range map[string]float64{"one": math.NaN(), "two": 2, "both": 4} {
		if got := value(card, phase); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("after an early all-clear alert_time in %s is %v, want %v", phase, got, want)
		}
	}
}

// A mark made later counts at its moment, and the card says that it was.
func TestMarkOfTheMomentBefore(t *testing.T) {
	d := attended(marked("alert", 20))
	d.Lines[len(d.Lines)-1].T = synth.Secs(60)
	card := synth.Judge(t, d.Log())
	if m := synth.Measure(t, card, "alert_time", "surge", ""); synth.Show(m.Value) != 5 {
		t.Errorf("alert_time is %v, want 5", synth.Show(m.Value))
	}
	if limits := strings.Join(card.Limits, "\n"); !strings.Contains(limits, "1 mark was made later for an earlier moment") {
		t.Errorf("limits do not say so:\n%s", limits)
	}
}

// Marks are on the timeline, failed steps among the limits; without marks and bars
// on them a card is silent about people.
func TestMarksOnTheCard(t *testing.T) {
	card := synth.Judge(t, attended(marked("alert", 20),
		record.Mark{Kind: "do", At: synth.Secs(25), Note: "POST /safe-mode: 503, not 200", Failed: true},
		guessed("primary", "server_error", 30)).Log())
	var texts []string
	for _, e := range card.Events {
		if e.Kind == "mark" {
			texts = append(texts, e.Text)
		}
	}
	want := []string{"alert by ana", "do: POST /safe-mode: 503, not 200", "diagnosed primary server_error"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
	if limits := strings.Join(card.Limits, "\n"); !strings.Contains(limits, "at 25 s a step of the scenario failed: POST /safe-mode: 503, not 200") {
		t.Errorf("limits do not tell of the failed step:\n%s", limits)
	}
	for _, m := range synth.Judge(t, attended().Log()).Metrics {
		if strings.HasSuffix(m.Name, "_time") && (strings.HasPrefix(m.Name, "alert") || strings.HasPrefix(m.Name, "status")) {
			t.Errorf("%s is on a card without marks", m.Name)
		}
	}
}

// The order of the lines changes nothing about marks.
func TestMarksInAnyOrder(t *testing.T) {
	d := attended(marked("alert", 20), marked("alert", 20), guessed("primary", "slow", 20), guessed("primary", "server_error", 20),
		marked("all_clear", 50), marked("all_clear", 46), record.Mark{Kind: "do", At: synth.Secs(20), Failed: true, Note: "a"})
	d.Bar("alert_time", "max", 15, "")
	want := synth.Judge(t, d.Log())
	_ = synth.LessLines(want, d.Log())
	for seed := range uint64(5) {
		lines := d.Whole()
		luck := rand.New(rand.NewPCG(seed, 8))
		marks := lines[1 : len(lines)-1]
		luck.Shuffle(len(marks), func(i, k int) { marks[i], marks[k] = marks[k], marks[i] })
		got := synth.Judge(t, synth.Written(lines))
		_ = synth.LessLines(got, synth.Written(lines))
		got.Limits = want.Limits // which count lines far out of order
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

// A diagnosis is held against what was wrong by then, and stands beside what users
// and the app had seen of it.
func TestDiagnoses(t *testing.T) {
	d := attended(
		guessed("primary", "server_error", 10), guessed("secondary", "server_error", 16),
		guessed("primary", "rate_limit", 20), guessed("primary", "server_error", 25),
	)
	d.Lines[len(d.Lines)-1].Mark.Actor = "ana"
	card := synth.Judge(t, d.Log())
	var got []string
	for _, d := range card.Diagnoses {
		got = append(got, d.Verdict)
	}
	if diff := cmp.Diff([]string{"no_outage", "wrong_provider", "wrong_fault", "right"}, got); diff != "" {
		t.Error(diff)
	}
	right := card.Diagnoses[3]
	if right.Actor != "ana" || synth.Show(right.AfterS) != 10 || len(right.Truth) != 1 || right.Truth[0] != "primary server_error" {
		t.Errorf("the right one is %+v", right)
	}
	// Ten requests a second: each got an error of the primary, and its answer of the
	// secondary as quickly as usual but for that error.
	var seen []string
	for _, s := range right.Seen {
		seen = append(seen, s.By+" "+s.What)
	}
	if diff := cmp.Diff([]string{"users first token, median", "the app primary: 500"}, seen); diff != "" {
		t.Fatal(diff)
	}
	if s := right.Seen[1]; s.Value != 100 || *s.FirstS > 0.1 {
		t.Errorf("by 10 s the app had seen %v errors, the first after %v s", s.Value, *s.FirstS)
	}
	if card.Diagnoses[0].AfterS != nil || card.Diagnoses[0].Seen != nil {
		t.Errorf("a guess in the baseline has %+v", card.Diagnoses[0])
	}
}

// Users of an app without a fallback see errors, and a baseline says how usual they
// are.
func TestDiagnosisOfErrors(t *testing.T) {
	d := synth.Surge("server_error", 1)
	d.Play(synth.PrimaryOnly)
	d.Lines = append(d.Lines, record.Line{T: synth.Secs(25), Kind: "mark", Mark: new(guessed("primary", "server_error", 25))})
	errors := synth.Judge(t, d.Log()).Diagnoses[0].Seen[0]
	if errors.What != "errors" || errors.Value != 1 || synth.Show(errors.Usual) != 0 || errors.N < 95 {
		t.Errorf("users saw %+v; want all errors, usually none", errors)
	}
}
