//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// TestReportIsTheSameFromTheCardAlone in every format: as it was judged, once more, and
// without the log.
func TestReportIsTheSameFromTheCardAlone(t *testing.T) {
	log, err := os.ReadFile("../../scorecard/testdata/golden.log.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	logFile := filepath.Join(dir, "log.jsonl")
	if err := os.WriteFile(logFile, log, 0o644); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	term := newTerminal(&said, &said)
	judged, err := readRun(term, dir, judging{})
	if err != nil {
		t.Fatal(err)
	}
	want, beside := rendered(t, judged), artefacts(t, dir)
	for _, without := range []string{"nothing", "the log"} {
		if without == "the log" {
			if err := os.Remove(logFile); err != nil {
				t.Fatal(err)
			}
		}
		card, err := readRun(term, dir, judging{})
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range rendered(t, card) {
			if !bytes.Equal(got, want[name]) {
				t.Errorf("without %s, %s is another: %d bytes, were %d", without, name, len(got), len(want[name]))
			}
		}
	}
	for _, f := range report.Formats() {
		if f.File != "" && !bytes.Equal(beside[f.File], want[f.Name]) {
			t.Errorf("%s is not what --format %s writes", f.File, f.Name)
		}
	}
}

// rendered is a card in every format.
func rendered(t *testing.T, card *scorecard.Card) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, f := range report.Formats() {
		var b bytes.Buffer
		if err := f.Write(&b, card, report.Options{Width: 100}); err != nil {
			t.Fatal(err)
		}
		all[f.Name] = b.Bytes()
	}
	return all
}
