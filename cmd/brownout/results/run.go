// Package results keeps what runs leave: a directory for each, with the scenario, the log
// and the card, and beside them the index of them all, from which their history is told.
//
//	dir, err := results.Own(plan.Name, time.Now())
//	…
//	run, err := results.Create(dir, false, plan)
//	… // a drill writes to run.Log and run.AppLog
//	card, err := results.Judge(dir, false)
//	…
//	err = errors.Join(results.WriteCard(dir, card), results.Remember(dir, dir, card))
package results

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// Dir is where runs are kept unless somebody says otherwise.
const Dir = "brownout-results"

// CAFile is the drill's CA in the directory of a run.
const CAFile = "ca.pem"

// A Run is the directory that one run leaves: the scenario as it was played, with the
// traces that it replays, the log, what the app printed, and the card in every format;
// with a provider that speaks TLS, the drill's CA too.
type Run struct {
	Log    *os.File
	AppLog *os.File
}

// A Refusal says that a result directory cannot be had.
type Refusal struct {
	Reason Reason
	Err    error
}

// Reason is why there is a [Refusal].
type Reason int

// The reasons.
const (
	NotMade    Reason = iota // it can be neither made nor found
	NotEmpty                 // it holds something
	NotWritten               // what is in it from the beginning cannot be written
)

func (e *Refusal) Error() string { return e.Err.Error() }
func (e *Refusal) Unwrap() error { return e.Err }

func notMade(err error) error {
	return &Refusal{NotMade, fmt.Errorf("result directory: %w", err)}
}

// Name names a run's directory by when it began and what it played, and numbers those
// of one second. It is none that is there already.
func Name(scenario string, at time.Time) string {
	base := filepath.Join(Dir, at.Format("20060102-150405")+"-"+scenario)
	dir := base
	for n := 2; ; n++ {
		if _, err := os.Lstat(dir); err != nil {
			return dir
		}
		dir = fmt.Sprintf("%s-%d", base, n)
	}
}

// Own makes the directory that [Name] names, for one run alone: of two that begin in the
// same second, each has its own. Who calls it removes it when nothing has come of the
// run. The error is a [*Refusal].
func Own(scenario string, at time.Time) (string, error) {
	if err := os.MkdirAll(Dir, 0o755); err != nil {
		return "", notMade(err)
	}
	for {
		dir := Name(scenario, at)
		switch err := os.Mkdir(dir, 0o755); {
		case err == nil:
			return dir, nil
		case !errors.Is(err, os.ErrExist):
			return "", notMade(err)
		}
	}
}

// Create makes the directory of a run and opens its logs. One that holds something is
// refused, for a log must never be a mixture of two drills; unless by force, which clears
// it. The error is a [*Refusal] for what another directory would help against.
func Create(path string, force bool, plan *scenarios.Plan) (*Run, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, notMade(err)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("result directory: %w", err)
	}
	if len(entries) > 0 {
		if !force {
			return nil, &Refusal{NotEmpty, fmt.Errorf("result directory %q is not empty", path)}
		}
		if err := Clear(path); err != nil {
			return nil, err
		}
	}
	scenario := aside.File{Path: filepath.Join(path, "scenario.yaml"), Write: func(w io.Writer) error {
		_, err := w.Write(plan.Resolved)
		return err
	}}
	if err := aside.WriteAll(append(Traces(scenario.Path, plan.Replays), scenario)...); err != nil {
		return nil, &Refusal{NotWritten, err}
	}
	d := &Run{}
	if d.Log, err = os.Create(filepath.Join(path, "log.jsonl")); err != nil {
		return nil, fmt.Errorf("result directory: %w", err)
	}
	if d.AppLog, err = os.Create(filepath.Join(path, "app.log")); err != nil {
		return nil, errors.Join(fmt.Errorf("result directory: %w", err), d.Log.Close())
	}
	return d, nil
}

// Traces are the files of what a scenario at a path replays, beside it.
func Traces(path string, replays []scenarios.Replay) []aside.File {
	var files []aside.File
	for _, r := range replays {
		files = append(files, aside.File{Path: filepath.Join(filepath.Dir(path), r.Name), Write: func(w io.Writer) error {
			_, err := w.Write(r.Text)
			return err
		}})
	}
	return files
}

// Clear removes the files of an earlier run, and nothing else.
func Clear(path string) error {
	names := []string{"scenario.yaml", "log.jsonl", "app.log", CAFile}
	for _, f := range report.Formats() {
		names = append(names, f.File)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("result directory: %w", err)
	}
	for _, e := range entries {
		if ok, _ := filepath.Match(scenarios.ReplayName("*"), e.Name()); ok { // the pattern is sound
			names = append(names, e.Name())
		}
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		if err := os.Remove(filepath.Join(path, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("result directory: %w", err)
		}
	}
	return nil
}

// Close closes both logs.
func (d *Run) Close() error {
	return errors.Join(d.Log.Close(), d.AppLog.Close())
}

// Judge reads the log of a run, sorted by when its lines were written or as it
// stands, and scores it.
func Judge(dir string, sort bool) (*scorecard.Card, error) {
	return JudgeLog(filepath.Join(dir, "log.jsonl"), sort)
}

// JudgeLog does so with a log wherever it is.
func JudgeLog(path string, sort bool) (*scorecard.Card, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("judge: %w", err)
	}
	defer f.Close()
	log := record.Read(bufio.NewReaderSize(f, 1<<20))
	if sort {
		log = record.Sort(log)
	}
	card, err := scorecard.Judge(log)
	if err != nil {
		return nil, fmt.Errorf("judge %s: %w", f.Name(), err)
	}
	return card, nil
}

// WriteCard writes the card in every format that has a file: all of them, or none
// when there is no room.
func WriteCard(dir string, card *scorecard.Card) error {
	var files []aside.File
	for _, f := range report.Formats() {
		if f.File == "" {
			continue
		}
		files = append(files, aside.File{Path: filepath.Join(dir, f.File), Write: func(w io.Writer) error {
			return f.Write(w, card, report.Options{Width: 100})
		}})
	}
	return aside.WriteAll(files...)
}

// Card reads the card.json of a run; the error is [os.ErrNotExist] where there is none.
func Card(dir string) (*scorecard.Card, error) {
	f, err := os.Open(filepath.Join(dir, "card.json"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	card, err := scorecard.ReadCard(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return card, nil
}

// IsRun says whether a directory holds what a run leaves: a card, or a log to judge.
func IsRun(dir string) bool {
	for _, name := range []string{"card.json", "log.jsonl"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// Fates reads what became of each request from the log of a run; the error is
// [os.ErrNotExist] where there is none.
func Fates(dir string) ([]scorecard.Fate, error) {
	f, err := os.Open(filepath.Join(dir, "log.jsonl"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := scorecard.Fates(record.Read(bufio.NewReaderSize(f, 1<<20)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return slices.Collect(all), nil
}

// Runs gives the directories of the runs that a directory stands for: its own, or those
// that --repeat left in it, by their numbers. One that holds neither stands for itself.
func Runs(dir string) []string {
	if IsRun(dir) {
		return []string{dir}
	}
	var numbers []int
	entries, _ := os.ReadDir(dir) // what cannot be read is no run, and is told as such
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && IsRun(filepath.Join(dir, e.Name())) {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		return []string{dir}
	}
	slices.Sort(numbers)
	var dirs []string
	for _, n := range numbers {
		dirs = append(dirs, filepath.Join(dir, strconv.Itoa(n)))
	}
	return dirs
}
