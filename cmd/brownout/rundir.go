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
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// resultsDir is where runs are kept unless -o says otherwise.
const resultsDir = "brownout-results"

// rundir is the directory that one run leaves: the scenario as it was played, with the
// traces that it replays, the log, what the app printed, and the card in every format;
// with a provider that speaks TLS, the drill's CA too.
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

// ownDir makes the directory that defaultDir names, for one run alone: of two that
// begin in the same second, each has its own. Who calls it removes it when nothing has
// come of the run.
func ownDir(scenario string, at time.Time) (string, error) {
	if err := os.MkdirAll(resultsDir, 0o755); err != nil {
		return "", dirRefused(err)
	}
	for {
		dir := defaultDir(scenario, at)
		switch err := os.Mkdir(dir, 0o755); {
		case err == nil:
			return dir, nil
		case !errors.Is(err, os.ErrExist):
			return "", dirRefused(err)
		}
	}
}

// dirRefused says that a result directory cannot be had.
func dirRefused(err error) error {
	return &exit{code: exitTool, err: fmt.Errorf("result directory: %w", err), hint: "name one that can be made and written to with -o"}
}

// newRundir makes the directory and opens the log. A directory that holds
// something is refused: a log must never be a mixture of two drills.
func newRundir(path string, force bool, plan *scenarios.Plan) (*rundir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, dirRefused(err)
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
	scenario := written{filepath.Join(path, "scenario.yaml"), func(w io.Writer) error {
		_, err := w.Write(plan.Resolved)
		return err
	}}
	if err := writeFiles(append(tracesBeside(scenario.path, plan.Replays), scenario)...); err != nil {
		return nil, &exit{code: exitTool, err: err, hint: "the result directory must be one to write to; name another with -o"}
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

// tracesBeside are the traces that a scenario of that path replays.
func tracesBeside(path string, replays []scenarios.Replay) []written {
	var files []written
	for _, r := range replays {
		files = append(files, written{filepath.Join(filepath.Dir(path), r.Name), func(w io.Writer) error {
			_, err := w.Write(r.Text)
			return err
		}})
	}
	return files
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

func (d *rundir) close() error {
	return errors.Join(d.log.Close(), d.appLog.Close())
}

// judge reads the log of a run, sorted by when its lines were written or as it
// stands, and scores it.
func judge(dir string, sort bool) (*scorecard.Card, error) {
	return judgeLog(filepath.Join(dir, "log.jsonl"), sort)
}

// judgeLog does so with a log wherever it is.
func judgeLog(path string, sort bool) (*scorecard.Card, error) {
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

// writeCard writes the card in every format that has a file: all of them, or none
// when there is no room.
func writeCard(dir string, card *scorecard.Card) error {
	var files []written
	for _, f := range report.Formats() {
		if f.File == "" {
			continue
		}
		files = append(files, written{filepath.Join(dir, f.File), func(w io.Writer) error {
			return f.Write(w, card, report.Options{Width: 100})
		}})
	}
	return writeFiles(files...)
}

// written is a file and what writes it.
type written struct {
	path  string
	write func(io.Writer) error
}

// writeFile writes one file as [writeFiles] does.
func writeFile(path string, write func(io.Writer) error) error {
	return writeFiles(written{path, write})
}

// writeFiles writes all files aside and then renames them, so that nobody reads half a
// file and a full disk leaves the earlier ones alone. What is no regular file, such as
// /dev/stdout, is not replaced but written to.
func writeFiles(files ...written) error {
	aside := map[string]string{} // by path
	defer func() {
		for _, name := range aside {
			_ = os.Remove(name)
		}
	}()
	for _, f := range files {
		if info, err := os.Stat(f.path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			if err := writeOnto(f); err != nil {
				return fmt.Errorf("write %s: %w", f.path, err)
			}
			continue
		}
		name, err := writeAside(f)
		if err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		}
		aside[f.path] = name
	}
	for _, f := range files {
		name, ok := aside[f.path]
		if !ok {
			continue
		}
		if err := os.Rename(name, f.path); err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		}
		delete(aside, f.path)
	}
	return nil
}

// writeOnto writes to what stands there already.
func writeOnto(f written) error {
	to, err := os.OpenFile(f.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(to)
	return errors.Join(f.write(w), w.Flush(), to.Close())
}

// writeAside writes a file beside where it is to be, and gives its name; "" and
// nothing left when that fails.
func writeAside(f written) (name string, err error) {
	to, err := os.CreateTemp(filepath.Dir(f.path), "."+filepath.Base(f.path)+".*")
	if err != nil {
		return "", err
	}
	w := bufio.NewWriter(to)
	err = f.write(w)
	if err == nil {
		err = errors.Join(w.Flush(), to.Chmod(0o644))
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return "", errors.Join(err, os.Remove(to.Name()))
	}
	return to.Name(), nil
}
