package results_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/history"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Runs that end at once each have their line.
func TestIndexIsWrittenByMany(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			run := history.Run{Dir: fmt.Sprint("run-", i), Sentence: strings.Repeat("long ", 80)}
			if err := results.Append(dir, history.Line{Run: &run}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	h, err := results.History(dir, func(name string, err error) { t.Errorf("%s is left out: %v", name, err) })
	if err != nil || len(h.Broken) > 0 || len(h.Runs) != 40 {
		t.Errorf("%+v, %v", h, err)
	}
}

// A card is told of the runs before it, its own earlier judging left out.
func TestRecall(t *testing.T) {
	base := t.TempDir()
	start := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for i, score := range []float64{61, 72, 83} {
		run := history.Run{
			Dir: strconv.Itoa(i), Scenario: "brief", App: "bot", StartedAt: start.AddDate(0, 0, i), Score: &score,
			Dims: map[string]float64{"continuity": score},
		}
		if err := results.Append(base, history.Line{Run: &run}); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"2", "repeat/1"} {
		card := &scorecard.Card{Scenario: record.Scenario{Name: "brief"}, App: "bot", StartedAt: start.AddDate(0, 0, 2)}
		results.Recall(filepath.Join(base, dir), card)
		var got []float64
		for _, p := range card.Past {
			got = append(got, p.Score)
		}
		if diff := cmp.Diff([]float64{61, 72}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dir, diff)
		}
	}
}
