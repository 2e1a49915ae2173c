package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
			if err := appendIndex(dir, history.Line{Run: &run}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	lines, broken, err := readIndex(dir)
	if err != nil || len(broken) > 0 || len(lines) != 40 {
		t.Errorf("%d lines, broken %v, %v", len(lines), broken, err)
	}
}

// An index that cannot be written is told, and undoes no drill.
func TestRunOutsideTheHistory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, history.File), 0o755); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	remember(newTerminal(&said, &said), filepath.Join(dir, "run"), filepath.Join(dir, "run"), &scorecard.Card{})
	if !strings.HasPrefix(said.String(), "the run is not in the history: ") {
		t.Errorf("%q", said.String())
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-10-01": time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC),
		"90d":        now.AddDate(0, 0, -90),
		"12w":        now.AddDate(0, 0, -84),
		"36h":        now.Add(-36 * time.Hour),
		"0d":         now,
	} {
		if got, err := since(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"yesterday", "d", "-3d", "-1h", "2026-13-01", "99999999999999999999d", "9999999d"} {
		if got, err := since(text, now); err == nil {
			t.Errorf("%s is %v", text, got)
		}
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
		if err := appendIndex(base, history.Line{Run: &run}); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"2", "repeat/1"} {
		card := &scorecard.Card{Scenario: record.Scenario{Name: "brief"}, App: "bot", StartedAt: start.AddDate(0, 0, 2)}
		recall(filepath.Join(base, dir), card)
		var got []float64
		for _, p := range card.Past {
			got = append(got, p.Score)
		}
		if diff := cmp.Diff([]float64{61, 72}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dir, diff)
		}
	}
}
