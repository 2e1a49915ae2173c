package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// resultsDir is where runs are kept unless -o says otherwise.
const resultsDir = "brownout-results"

// rundir is the directory that one run leaves: the scenario as it was played,
// the log, what the app printed, and the card in every format; with a provider
// that speaks TLS, the drill's CA too.
type rundir struct {
	path   string
	log    *os.File
	appLog *os.File
}

// defaultDir names a run's directory by when it began and what it played, and
// numbers those of one second.
func defaultDir(scenario string, at time.Time) string {
	base := filepath.Join(resultsDir, at.Format("20060102-150405")+"-"+scenario)
	dir := base
	for n := 2; ; n++ {
		if _, err := os.Lstat(dir); err != nil {
			return dir
		}
		dir = fmt.Sprintf("%s-%d", base, n)
	}
}

// newRundir makes the directory and opens the log. A directory that holds
// something is refused: a log must never be a mixture of two drills.
func newRundir(path string, force bool, plan *scenarios.Plan) (*rundir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("result directory: %w", err)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("result directory: %w", err)
	}
	if len(entries) > 0 {
		if !force {
			return nil, notEmpty(path, "the run")
		}
		if err := clearRun(path); err != nil {
			return nil, err
		}
	}
	if err := writeFile(filepath.Join(path, "scenario.yaml"), func(w io.Writer) error {
		_, err := w.Write(plan.Resolved)
		return err
	}); err != nil {
		return nil, err
	}
	d := &rundir{path: path}
	if d.log, err = os.Create(filepath.Join(path, "log.jsonl")); err != nil {
		return nil, fmt.Errorf("result directory: %w", err)
	}
	if d.appLog, err = os.Create(filepath.Join(path, "app.log")); err != nil {
		return nil, errors.Join(fmt.Errorf("result directory: %w", err), d.log.Close())
	}
	return d, nil
}

// notEmpty refuses a result directory that holds something; what --force would
// replace is named, if there is a --force.
func notEmpty(path, what string) error {
	hint := "choose another with -o"
	if what != "" {
		hint += ", or --force to replace " + what + " in it"
	}
	return &exit{code: exitUsage, err: fmt.Errorf("result directory %q is not empty", path), hint: hint}
}

// clearRun removes the files of an earlier run, and nothing else.
func clearRun(path string) error {
	names := []string{"scenario.yaml", "log.jsonl", "app.log", caFile}
	for _, f := range report.Formats() {
		names = append(names, f.File)
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

func (d *rundir) close() error {
	return errors.Join(d.log.Close(), d.appLog.Close())
}

// judge reads the log of a run, sorted by when its lines were written or as it
// stands, and scores it.
func judge(dir string, sort bool) (*scorecard.Card, error) {
	f, err := os.Open(filepath.Join(dir, "log.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("judge: %w", err)
	}
	defer f.Close()
	log := scorecard.ReadLog(bufio.NewReaderSize(f, 1<<20))
	if sort {
		log = scorecard.SortLog(log)
	}
	card, err := scorecard.Judge(log)
	if err != nil {
		return nil, fmt.Errorf("judge %s: %w", f.Name(), err)
	}
	return card, nil
}

// writeCard writes the card in every format that has a file.
func writeCard(dir string, card *scorecard.Card) error {
	for _, f := range report.Formats() {
		if f.File == "" {
			continue
		}
		if err := writeFile(filepath.Join(dir, f.File), func(w io.Writer) error {
			return f.Write(w, card, report.Options{Width: 100})
		}); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes aside and renames, so that nobody reads half a file and a
// full disk leaves the earlier one alone.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, err)
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
