package results_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scenarios"
)

// TestRunsOfOneSecondHaveDirectoriesOfTheirOwn, also when they begin at the same moment.
func TestRunsOfOneSecondHaveDirectoriesOfTheirOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	const runs = 20
	var dirs [runs]string
	var errs [runs]error
	at := time.Now()
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() { dirs[i], errs[i] = results.Own("smoke", at) })
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

// A directory that holds something is refused; by force the files of a run go, and nobody
// else's.
func TestARunHasItsDirectoryToItself(t *testing.T) {
	dir := t.TempDir()
	plan := &scenarios.Plan{Resolved: []byte("name: smoke\n")}
	run, err := results.Create(dir, false, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	if !results.IsRun(dir) {
		t.Error("what a run leaves is none")
	}
	for _, name := range []string{"card.json", results.CAFile, "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err = results.Create(dir, false, plan)
	if refused, ok := errors.AsType[*results.Refusal](err); !ok || refused.Reason != results.NotEmpty {
		t.Errorf("a second run: %v", err)
	}
	if run, err = results.Create(dir, true, plan); err != nil {
		t.Fatal(err)
	}
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{"app.log", "log.jsonl", "notes.txt", "scenario.yaml"}; !slices.Equal(left, want) {
		t.Errorf("left are %q, want %q", left, want)
	}
	_, err = results.Create(filepath.Join(dir, "notes.txt", "below"), false, plan)
	if refused, ok := errors.AsType[*results.Refusal](err); !ok || refused.Reason != results.NotMade {
		t.Errorf("below a file: %v", err)
	}
}

// A directory stands for its own run, or for those of a repetition, by their numbers.
func TestRuns(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"2", "10", "1", "notes", "3"} {
		if err := os.Mkdir(at(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if name == "3" {
			continue // which left nothing
		}
		if err := os.WriteFile(filepath.Join(at(name), "log.jsonl"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for of, want := range map[string][]string{dir: {at("1"), at("2"), at("10")}, at("2"): {at("2")}, at("3"): {at("3")}, at("none"): {at("none")}} {
		if got := results.Runs(of); !slices.Equal(got, want) {
			t.Errorf("%s stands for %q, want %q", of, got, want)
		}
	}
}
