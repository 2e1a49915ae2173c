package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/split"
)

// reportSplit judges the logs of one drill that was played in several places.
func reportSplit(term *terminal, paths []string, dir string, out output) error {
	var sources []split.Source
	for _, path := range paths {
		f, err := openLog(path)
		if err != nil {
			return &exit{code: exitTool, err: fmt.Errorf("report: %w", err)}
		}
		defer f.Close()
		sources = append(sources, split.Source{Name: path, Read: func() iter.Seq2[record.Entry, error] { return fromStart(f) }})
	}
	joined, err := split.Join(sources)
	if errors.Is(err, split.ErrUnlike) {
		return &exit{
			code: exitUsage, err: fmt.Errorf("report: %w", err),
			hint: "one log of brownout run --no-mocks and those of brownout serve --play, of one scenario, with the same --with, --seed and --at",
		}
	}
	if err != nil {
		return &exit{code: exitTool, err: fmt.Errorf("report: %w", err)}
	}
	return reportJoined(term, joined, dir, out)
}

// reportLog judges one log, of which no run is known.
func reportLog(term *terminal, path, dir string, out output) error {
	if err := known(path); err != nil {
		return &exit{code: exitTool, err: err, hint: "name what brownout serve --log wrote, or the directory that brownout run left"}
	}
	f, err := openLog(path)
	if err != nil {
		return &exit{code: exitTool, err: fmt.Errorf("report: %w", err)}
	}
	defer f.Close()
	return reportJoined(term, fromStart(f), dir, out)
}

// reportJoined judges a log that may be read several times.
func reportJoined(term *terminal, joined iter.Seq2[record.Entry, error], dir string, out output) error {
	card, err := scorecard.Judge(joined)
	if err != nil {
		return &exit{code: exitTool, err: fmt.Errorf("report: %w", err)}
	}
	if dir != "" {
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
			return occupied(dir, "")
		}
		if err := keep(dir, joined, card); err != nil {
			return &exit{code: exitTool, err: fmt.Errorf("report: %w", err)}
		}
		remember(term, dir, dir, card)
		term.sayf("results: %s", dir)
	}
	if err := out.write(term, card); err != nil {
		return &exit{code: exitTool, err: err}
	}
	if code := verdictCode(card); code != exitOK {
		return &exit{code: code}
	}
	return nil
}

// openLog opens a log, or the one in a directory.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "log.jsonl")
	}
	return os.Open(path)
}

// fromStart reads a log once more. It is one reading at a time.
func fromStart(f *os.File) iter.Seq2[record.Entry, error] {
	return func(yield func(record.Entry, error) bool) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			yield(record.Entry{}, err)
			return
		}
		record.Read(bufio.NewReaderSize(f, 1<<20))(yield)
	}
}

// keep writes a joined log and its card into a directory of their own.
func keep(dir string, log iter.Seq2[record.Entry, error], card *scorecard.Card) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	err := aside.Write(filepath.Join(dir, "log.jsonl"), func(w io.Writer) error {
		lines := record.NewWriter(w)
		for e, err := range log {
			if _, bad := errors.AsType[*record.LineError](err); bad {
				continue // none of ours: the card has counted it
			}
			if err != nil {
				return err
			}
			if err := lines.Write(e.Line); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return results.WriteCard(dir, card)
}
