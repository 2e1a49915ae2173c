package scorecard_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// fatesOf gives what became of each request of a log.
func fatesOf(t *testing.T, log []byte) []scorecard.Fate {
	t.Helper()
	all, err := scorecard.Fates(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatal(err)
	}
	var fates []scorecard.Fate
	for f := range all {
		fates = append(fates, f)
	}
	return fates
}

// What fates say request by request is what the card says in sum.
func TestFatesAddUpToTheCard(t *testing.T) {
	log := goldenLog()
	card := synth.Judge(t, log)
	outcomes := map[string]map[string]int{}
	counts := map[string]int{}
	for _, f := range fatesOf(t, log) {
		if outcomes[f.Phase] == nil {
			outcomes[f.Phase] = map[string]int{}
		}
		outcomes[f.Phase][f.Outcome]++
		for name, yes := range map[string]bool{
			"n": true, "served": f.Served, "usable": f.Usable, "harmed": f.Harmed, "undeclared": f.Undeclared,
		} {
			if yes {
				counts[name]++
			}
		}
	}

	if diff := cmp.Diff(card.Outcomes, outcomes); diff != "" {
		t.Errorf("outcomes (-card +fates):\n%s", diff)
	}
	share := func(name string) float64 { return float64(counts[name]) / float64(counts["n"]) }
	for metric, got := range map[string]float64{
		"availability": share("served"), "usable_share": share("usable"), "undeclared": share("undeclared"),
		"harm": float64(counts["harmed"]),
	} {
		if m := synth.Measure(t, card, metric, "", ""); m.Value == nil || *m.Value != got {
			t.Errorf("%s: %v on the card, %v by fates", metric, m.Value, got)
		}
	}
}

// A request without an answer has the journey's timeout for its times, as quantiles
// take it.
func TestFatesOfTheUnanswered(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Fault("surge", "primary", "server_error", 1)
	log := d.Play(func(q *synth.Ask) {
		if q.Try("primary").OK {
			q.Answer()
		} else {
			q.Fail(502)
		}
	})
	for _, f := range fatesOf(t, log) {
		want := scorecard.Fate{
			N: f.N, Journey: "chat", Phase: "surge", Nonce: f.Nonce, Due: f.Due,
			Outcome: "error", TTFT: synth.Secs(20), Latency: synth.Secs(20),
		}
		if f.Phase == "surge" {
			if diff := cmp.Diff(want, f); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		} else if !f.Answered || f.Latency != synth.Secs(synth.Total) {
			t.Fatalf("%+v", f)
		}
	}
}
