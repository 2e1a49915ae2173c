package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/history"
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
