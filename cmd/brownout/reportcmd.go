package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

func newReport(term *terminal) *cobra.Command {
	var out output
	var rejudge, sort bool
	var dir string
	cmd := &cobra.Command{
		Use:   "report DIR | LOG …",
		Short: "Render the card of a run again",
		Long: `report renders the card of a run from its card.json, byte for byte the same each
time. Where there is no card, or with --rejudge, it judges log.jsonl first, says
so, and writes the card's files beside it. Lines that stand more than 5 s out of
order are counted in the card's limits; --sort sorts the log before it is judged.

The summary is as wide as COLUMNS says, or else the terminal. NO_COLOR turns colours
off; where LC_ALL, LC_CTYPE or LANG names a locale without UTF-8, or TERM is dumb, it
keeps to ASCII.

A log that serve wrote is judged each time. Several logs, or directories that hold one,
are the parts of one split drill: they are joined, and judged as one. The exit code is
the verdict's then, as run's is. With -o the log and its card are kept in a directory of
their own.`,
		Example: `  brownout report brownout-results/20261001-100000-ai-brownout --format html=card.html
  brownout report users/ mocks.jsonl -o brownout-results/joined`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			if len(args) > 1 {
				return reportSplit(term, args, dir, out)
			}
			if info, err := os.Stat(args[0]); err == nil && info.Mode().IsRegular() {
				return reportLog(term, args[0], dir, out)
			}
			if dir != "" {
				return &exit{code: exitUsage, err: errors.New("-o is for logs; the card of a run stands beside its own")}
			}
			card, err := readRun(term, args[0], judging{again: rejudge || sort, sort: sort})
			if err != nil {
				return err
			}
			if err := out.write(term, card); err != nil {
				return &exit{code: exitTool, err: err}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&rejudge, "rejudge", false, "judge the log again, by this version's rules")
	cmd.Flags().BoolVar(&sort, "sort", false, "sort the log by when its lines were written, and judge it again")
	cmd.Flags().StringVarP(&dir, "output", "o", "", "keep the joined log and its card in `DIR`")
	out.flags(cmd)
	return cmd
}

// judging says how report comes to its card.
type judging struct {
	again bool // though there is a card
	sort  bool // the log first
}

// readRun returns a run's card, judging its log when there is none.
func readRun(term *terminal, dir string, how judging) (*scorecard.Card, error) {
	path := filepath.Join(dir, "card.json")
	f, err := os.Open(path)
	switch {
	case err == nil:
		defer f.Close()
	case !errors.Is(err, os.ErrNotExist):
		return nil, &exit{code: exitTool, err: fmt.Errorf("report: %w", err)}
	default:
		how.again = true
	}
	if how.again {
		return judgeRun(term, dir, how.sort)
	}
	card, err := scorecard.ReadCard(f)
	if err != nil {
		hint := "brownout report --rejudge judges the log again"
		if errors.Is(err, record.ErrNewer) {
			hint = "install the version that wrote it, or a later one; " + hint + ", by this version's rules"
		}
		return nil, &exit{code: exitTool, err: fmt.Errorf("report %s: %w", path, err), hint: hint}
	}
	return card, nil
}

func judgeRun(term *terminal, dir string, sort bool) (*scorecard.Card, error) {
	if _, err := os.Stat(filepath.Join(dir, "log.jsonl")); err != nil {
		return nil, &exit{
			code: exitTool,
			err:  fmt.Errorf("report: %q holds neither card.json nor log.jsonl", dir),
			hint: "name the directory that `brownout run` left, such as brownout-results/<start>-<scenario>",
		}
	}
	if err := known(filepath.Join(dir, "log.jsonl")); err != nil {
		return nil, &exit{code: exitTool, err: err, hint: "name the directory that `brownout run` left"}
	}
	card, err := results.Judge(dir, sort)
	if err != nil {
		return nil, &exit{code: exitTool, err: err}
	}
	results.Recall(dir, card)
	if err := results.WriteCard(dir, card); err != nil {
		return nil, &exit{code: exitTool, err: err, hint: "the card is written beside the log; where that cannot be, copy log.jsonl to where it can"}
	}
	if err := results.RememberAgain(dir, card); err != nil {
		term.sayf("%v", err)
	}
	term.sayf("judged %s", filepath.Join(dir, "log.jsonl"))
	return card, nil
}

// known refuses the log of another program: no card is put beside that. One without a
// whole line may be of a drill that was killed as it began.
func known(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	defer f.Close()
	var first *record.LineError
	for _, err := range record.Read(f) {
		bad, ok := errors.AsType[*record.LineError](err)
		if !ok {
			return nil // a line of ours, or what the judge will say
		}
		if first == nil && !bad.Cut {
			first = bad
		}
	}
	if first == nil {
		return nil
	}
	return fmt.Errorf("report: %s is no log of brownout's: %w", f.Name(), first)
}
