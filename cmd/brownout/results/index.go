package results

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/history"
)

// Remember adds a run to the index beside its directory or, of a run that is part of a
// whole (of a --repeat, of a pair), beside the directory of that. The error says that it
// is not in the history, and why; the run itself is none the worse.
func Remember(whole, dir string, card *scorecard.Card) error {
	base, name, err := placed(whole, dir)
	if err == nil {
		run := history.RunOf(name, card)
		err = Append(base, history.Line{Run: &run})
	}
	if err != nil {
		return fmt.Errorf("the run is not in the history: %w", err)
	}
	return nil
}

// RememberAgain tells the index that a run was judged again, where one knows it.
func RememberAgain(dir string, card *scorecard.Card) error {
	var failed error
	for _, whole := range []string{dir, filepath.Join(dir, "..")} {
		base, name, err := placed(whole, dir)
		if err != nil {
			continue
		}
		lines, _, err := readIndex(base)
		if err == nil && slices.ContainsFunc(lines, func(l history.Line) bool { return l.Run != nil && l.Run.Dir == name }) {
			failed = errors.Join(failed, Remember(whole, dir, card))
		}
	}
	return failed
}

// Recall tells a card of the runs before it, by the index beside its directory or, of a
// part of a whole, by the one beside that. What cannot be read is not missed here: it
// is told when the run is remembered.
func Recall(dir string, card *scorecard.Card) {
	for _, whole := range []string{dir, filepath.Join(dir, "..")} {
		base, _, err := placed(whole, dir)
		if err != nil {
			continue
		}
		if lines, _, err := readIndex(base); err == nil && len(lines) > 0 {
			card.Past = history.Of(lines, func(string) bool { return true }).Before(card)
			return
		}
	}
}

// placed gives the directory of the index that a run stands in, and the run's name there.
func placed(whole, dir string) (base, name string, err error) {
	if whole, err = filepath.Abs(whole); err != nil {
		return "", "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", "", err
	}
	base = filepath.Dir(whole)
	name, err = filepath.Rel(base, dir)
	return base, filepath.ToSlash(name), err
}

// Append adds a line to the index of a directory. It is written in one go at the
// end of the file, so that runs which end at once do not tear each other's lines; after
// one that was cut off it begins anew.
func Append(dir string, l history.Line) (err error) {
	raw, err := l.Bytes()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, history.File), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	last := make([]byte, 1)
	if info, err := f.Stat(); err != nil {
		return err
	} else if info.Size() > 0 {
		if _, err := f.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			raw = append([]byte{'\n'}, raw...)
		}
	}
	_, err = f.Write(raw)
	return err
}

// readIndex reads the index of a directory; where there is none it has no lines.
func readIndex(dir string) ([]history.Line, []int, error) {
	f, err := os.Open(filepath.Join(dir, history.File))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	lines, broken, err := history.Read(f)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return lines, broken, nil
}

// History gives the history of a directory of results: what its index tells, and runs that
// stand there without it (copied from elsewhere, or older than the index). Those that
// cannot be read are told to leftOut. The error is that of an index that cannot be read.
func History(dir string, leftOut func(name string, err error)) (*history.History, error) {
	lines, broken, err := readIndex(dir)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, l := range lines {
		if l.Run != nil {
			known[l.Run.Dir] = true
		}
	}
	for _, name := range resultsIn(dir) {
		if known[name] {
			continue
		}
		card, err := Card(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			leftOut(name, err)
			continue
		}
		run := history.RunOf(name, card)
		lines = append(lines, history.Line{Run: &run})
	}
	h := history.Of(lines, func(name string) bool {
		return filepath.IsLocal(filepath.FromSlash(name)) && IsRun(filepath.Join(dir, filepath.FromSlash(name)))
	})
	h.Broken = broken
	return h, nil
}

// resultsIn gives the directories with a card below dir, and one deeper: those of a
// --repeat and of pairs.
func resultsIn(dir string) []string {
	var found []string
	for _, name := range Directories(dir) {
		if hasCard(filepath.Join(dir, name)) {
			found = append(found, name)
			continue
		}
		for _, inner := range Directories(filepath.Join(dir, name)) {
			if hasCard(filepath.Join(dir, name, inner)) {
				found = append(found, name+"/"+inner)
			}
		}
	}
	return found
}

// Directories are the names of the directories in one; what cannot be read has none.
func Directories(dir string) []string {
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func hasCard(dir string) bool { return isFileAt(filepath.Join(dir, "card.json")) }

func isFileAt(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
