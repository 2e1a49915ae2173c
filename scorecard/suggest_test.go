package scorecard_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

func TestSuggest(t *testing.T) {
	d := synth.New("baseline 15", "surge 30", "recovery 30")
	d.Fault("surge", "primary", "server_error", 1)
	got := scorecard.Suggest(synth.Judge(t, d.Play(synth.Resilient)))
	want := scorecard.Suggestion{
		From: "the baseline, 130 requests",
		Journeys: []scorecard.SuggestedJourney{{
			Name: "chat", Rate: 10, RateWhy: "100 % served well",
			SlowTTFT: 1, SlowTotal: 1.5, SlowWhy: "three times the p95, 200 ms and 500 ms",
		}},
		Bars: []scorecard.SuggestedBar{
			{
				Bar:  record.Bar{Metric: "availability", Phase: "surge", Op: "min", Threshold: 0.95},
				Unit: "share", Why: "300 requests prove it, 73 are needed",
			},
			{
				Bar:  record.Bar{Metric: "latency_p95", Phase: "recovery", Op: "max", Threshold: 1},
				Unit: "s", Why: "twice the healthy 500 ms: users are served as before",
			},
			{Bar: record.Bar{Metric: "harm", Op: "max"}, Unit: "count", Why: "an honest error is always possible"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A rate that the app does not carry is halved, and bars that it does not meet
// when all is well are not suggested.
func TestSuggestToASickApp(t *testing.T) {
	d := controlled()
	got := scorecard.Suggest(synth.Judge(t, d.Play(func(q *synth.Ask) {
		if q.Luck.Float64() < 0.15 {
			q.Try("primary")
			q.Fail(500)
			return
		}
		synth.Resilient(q)
	})))
	if rate := got.Journeys[0].Rate; rate != 5 {
		t.Errorf("rate %g, want half of the 10/s that it did not carry", rate)
	}
	if bar := got.Bars[0]; bar.Metric != "availability" || bar.Threshold != 0.8 {
		t.Errorf("%s min %g, want what the app serves without any fault, 80 %%", bar.Metric, bar.Threshold)
	}
}

// A stretch too short for a percentile says so and suggests none.
func TestSuggestFromLittle(t *testing.T) {
	d := synth.New("baseline 4", "surge 4")
	d.Fault("surge", "primary", "server_error", 1)
	j := scorecard.Suggest(synth.Judge(t, d.Play(synth.Resilient))).Journeys[0]
	if j.SlowTotal != 0 || j.SlowWhy != "no p95: it needs 60 requests, there were 20" {
		t.Errorf("slow over %g: %s", j.SlowTotal, j.SlowWhy)
	}
}
