//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// TestAFullDiskLeavesTheEarlierFilesAlone, also those that there was room for.
func TestAFullDiskLeavesTheEarlierFilesAlone(t *testing.T) {
	dir := t.TempDir()
	say := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	full := func(w io.Writer) error {
		return errors.Join(say(strings.Repeat("half of it", 1000))(w), syscall.ENOSPC)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := writeFiles(written{at("one"), say("earlier")}, written{at("two"), say("earlier")}); err != nil {
		t.Fatal(err)
	}
	err := writeFiles(written{at("one"), say("later")}, written{at("two"), full}, written{at("three"), say("later")})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "write "+at("two")) {
		t.Errorf("error %v", err)
	}
	left := artefacts(t, dir)
	if names := slices.Sorted(maps.Keys(left)); !slices.Equal(names, []string{"one", "two"}) {
		t.Errorf("left: %q", names)
	}
	for name, data := range left {
		if string(data) != "earlier" {
			t.Errorf("%s holds %.20q", name, data)
		}
	}
}

// TestWhatIsNoFileIsWrittenTo and not replaced by one: a pipe stays a pipe.
func TestWhatIsNoFileIsWrittenTo(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	said := make(chan error, 1)
	go func() {
		said <- writeFile(pipe, func(w io.Writer) error { _, err := io.WriteString(w, "through it"); return err })
	}()
	got, err := os.ReadFile(pipe)
	if err := errors.Join(err, <-said); err != nil || string(got) != "through it" {
		t.Errorf("read %q, %v", got, err)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Errorf("what was a pipe is %v, %v", info.Mode(), err)
	}
}

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

// TestRunsOfOneSecondHaveDirectoriesOfTheirOwn, also when they begin at the same moment.
func TestRunsOfOneSecondHaveDirectoriesOfTheirOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	const runs = 20
	var dirs [runs]string
	var errs [runs]error
	at := time.Now()
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() { dirs[i], errs[i] = ownDir("smoke", at) })
	}
	wg.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	slices.Sort(dirs[:])
	if own := slices.Compact(dirs[:]); len(own) != runs {
		t.Errorf("%d runs share %d directories", runs, len(own))
	}
}
