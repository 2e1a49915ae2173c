package account_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// eventTexts gives a card's events as "KIND AT TEXT".
func eventTexts(card *scorecard.Card) []string {
	var got []string
	for _, e := range card.Events {
		got = append(got, fmt.Sprintf("%s %g %s", e.Kind, e.AtS, e.Text))
	}
	return got
}

func TestEvents(t *testing.T) {
	d := synth.Surge("server_error", 1)
	d.Play(func(q *synth.Ask) {
		switch {
		case q.Due < synth.FirstHit+4.05:
			synth.PrimaryOnly(q)
		case q.Due < synth.SurgeTo+3:
			q.Try("secondary")
			q.Answer()
		default:
			synth.Resilient(q)
		}
	})
	d.Mark("app_died", 70, "exit status 1")
	want := []string{
		"outage 15 outage of primary: server_error",
		"failover 19.11 chat failed over from primary after 4.1 s",
		"outage_end 45 end of the outage of primary",
		"failback 48.01 chat was back at primary after 3.01 s",
		"app_died 70 the app died: exit status 1",
	}
	if diff := cmp.Diff(want, eventTexts(synth.Judge(t, d.Log()))); diff != "" {
		t.Error(diff)
	}
}

// Pauses under 10 s do not end an outage, and another provider's faults are
// another outage.
func TestOutages(t *testing.T) {
	for _, tt := range []struct {
		phases, faults []string // faults: "PHASE PROVIDER"
		want           []string
	}{
		{[]string{"calm 15", "a 10", "gap 9", "b 10", "after 20"}, []string{"a primary", "b primary"}, []string{"primary 15-44"}},
		{[]string{"calm 15", "a 10", "gap 10", "b 10", "after 20"}, []string{"a primary", "b primary"}, []string{"primary 15-25", "primary 35-45"}},
		{[]string{"calm 15", "a 10", "b 10", "after 20"}, []string{"a primary", "b primary", "b secondary"}, []string{"primary 15-35", "secondary 25-35"}},
	} {
		d := synth.New(tt.phases...)
		for _, f := range tt.faults {
			phase, provider, _ := strings.Cut(f, " ")
			d.Fault(phase, provider, "server_error", 0.5)
		}
		var got []string
		from := map[string]float64{}
		for _, e := range synth.Judge(t, d.Play(synth.Resilient)).Events {
			provider, _, _ := strings.Cut(e.Text[strings.LastIndex(e.Text, "outage of ")+len("outage of "):], ":")
			switch e.Kind {
			case "outage":
				from[provider] = e.AtS
			case "outage_end":
				got = append(got, fmt.Sprintf("%s %g-%g", provider, from[provider], e.AtS))
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v: %s", tt.phases, diff)
		}
	}
}

// Every request and every attempt stands in the timeline once.
func TestTimelineAddsUp(t *testing.T) {
	d := synth.Surge("server_error", 0.5)
	log := d.Play(synth.Retrying(0.1))
	card := synth.Judge(t, log)
	sums := map[string]float64{}
	for _, s := range card.Timeline.Series {
		if len(s.Values) != 75 {
			t.Errorf("%s %s has %d steps, want 75 of 1 s", s.Group, s.Name, len(s.Values))
		}
		for _, v := range s.Values {
			if v != nil {
				sums[s.Group] += *v
			}
		}
	}
	attempts := 0
	for _, l := range d.Lines {
		if l.Attempt != nil {
			attempts++
		}
	}
	if sums["outcome"] != 750 || sums["answered"] != 750 || sums["arrivals"] != float64(attempts) {
		t.Errorf("sums %v, want 750 outcomes, 750 answered, %d arrivals", sums, attempts)
	}
	if card.Timeline.StepS != 1 {
		t.Errorf("steps of %g s", card.Timeline.StepS)
	}
}

// What was not played has no values: a curve ends where the log does.
func TestTimelineEndsWithTheLog(t *testing.T) {
	d := synth.Surge("server_error", 1)
	d.Play(synth.Resilient)
	var lines []record.Line
	for _, l := range d.Lines {
		if l.T < synth.Secs(30) {
			lines = append(lines, l)
		}
	}
	for _, s := range synth.Judge(t, synth.Written(lines)).Timeline.Series {
		for i, v := range s.Values[31:] {
			if v != nil {
				t.Errorf("%s %s has a value in step %d of a drill that was cut at 30 s", s.Group, s.Name, 31+i)
				break
			}
		}
	}
}

func TestRows(t *testing.T) {
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		if synth.InSurge(q) && q.Due < 25 {
			q.TryWithin("secondary", 0.3)
		}
		synth.Resilient(q)
	}))
	want := []account.ProviderRow{
		{
			Name: "primary", Dialect: "openai", Attempts: 730, Faulted: 300, Answered: 430,
			Statuses: map[string]int{"200": 430, "500": 300}, Faults: map[string]int{"server_error": 300}, Agents: []string{"synth/1"},
		},
		{
			Name: "secondary", Dialect: "anthropic", Attempts: 400, Answered: 300, Left: 100,
			Statuses: map[string]int{"200": 400}, Faults: map[string]int{}, Agents: []string{"synth/1"},
		},
	}
	if diff := cmp.Diff(want, card.Providers); diff != "" {
		t.Error(diff)
	}
	p50, p95, one := 0.5, 0.81, 1.0
	ttft50, ttft95 := 0.2, 0.51
	journeys := []account.JourneyRow{{
		Name: "chat", Priority: "critical", Rate: 10, Offered: 730, Primary: "primary",
		Outcomes: map[string]int{"good": 430, "fallback": 300}, Availability: &one,
		LatencyP50S: &p50, LatencyP95S: &p95, TTFTP50S: &ttft50, TTFTP95S: &ttft95,
	}}
	if diff := cmp.Diff(journeys, card.Journeys); diff != "" {
		t.Error(diff)
	}
}

func TestWorst(t *testing.T) {
	n := 0
	card := synth.Judge(t, synth.Surge("server_error", 1).Play(func(q *synth.Ask) {
		if n++; !synth.InSurge(q) {
			synth.Resilient(q)
			return
		}
		switch n % 100 {
		case 0:
			synth.Resilient(q)
			q.Half()
		case 1:
			q.Fail(500)
			q.U.Leak = true
		case 2, 3:
			synth.Resilient(q)
		default:
			q.Try("primary")
			q.At += float64(n%7) / 10
			q.Fail(503)
			q.U.Error = "the app said no"
		}
	}))
	if len(card.Worst) != 50 {
		t.Fatalf("%d worst requests, want 50", len(card.Worst))
	}
	var outcomes []string
	for _, r := range card.Worst[:8] {
		outcomes = append(outcomes, r.Outcome+" "+r.Class)
	}
	want := []string{
		"error leaked", "error leaked", "error leaked", "truncated ", "truncated ", "truncated ", "error clean", "error clean",
	}
	if diff := cmp.Diff(want, outcomes); diff != "" {
		t.Error(diff)
	}
	r := card.Worst[6]
	if r.Error != "the app said no" || len(r.Attempts) != 1 || r.Attempts[0].Fault != "server_error" || *r.LatencyS < 0.6 {
		t.Errorf("the worst error is %+v", r)
	}
}

// The slowest are not the worst over again, and waited longest of the others.
func TestSlowest(t *testing.T) {
	log, err := os.ReadFile("../testdata/golden.log.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	card := synth.Judge(t, log)
	if len(card.Slowest) != 20 {
		t.Fatalf("%d slowest requests, want 20", len(card.Slowest))
	}
	worst := map[int]bool{}
	for _, r := range card.Worst {
		worst[r.N] = true
	}
	last := math.Inf(1)
	for _, r := range card.Slowest {
		if worst[r.N] {
			t.Errorf("request %d is among the worst, too", r.N)
		}
		if r.LatencyS == nil || *r.LatencyS > last {
			t.Fatalf("request %d waited longer than the one before it", r.N)
		}
		last = *r.LatencyS
	}
}
