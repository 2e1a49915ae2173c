package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scorecard/compare"
	"github.com/seed-76a9de92/brownout/scorecard/history"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

type compareFlags struct {
	failOn string
	output output
}

func newCompare(term *terminal) *cobra.Command {
	var f compareFlags
	var sides [2][]string
	var last bool
	cmd := &cobra.Command{
		Use:   "compare A B | compare A… -- B… | compare --last [DIR]",
		Short: "Say what of the difference between runs is more than chance",
		Long: `compare lays runs of one scenario side by side: A before a change, B after it.
Each is the directory of a run, or one that run --repeat left, which stands for
all runs in it. --last takes the two newest runs of one scenario (and of one app, if
there are two) from brownout-results or DIR.

Runs with the same scenario and seed ask the same questions at the same moments
and meet the same faults, so their requests are compared one by one (McNemar's
exact test; users who ask within one second count as one witness), and the users
whom the change lost and saved are listed. That takes the log.jsonl of both. Runs
that cannot be paired are compared as wholes (Mann–Whitney), and that takes four a
side.

Claims are made of the metrics of bars, of availability and of harm alone, and
corrected for their number (Holm): the chance that any of them is false is at most
5 %. Other rows have their change and their p value, and no claim. Runs of another
scenario, timeline or major version are refused, with a table of what differs.

Exit code 0 when the runs can be compared, 98 when not; with --fail-on regression
99 when a claim is that B is worse.`,
		Example: `  brownout compare brownout-results/20261121-080000-surge brownout-results/20261122-080000-surge
  brownout compare --format html=compare.html before/1 before/2 -- after/1 after/2
  brownout compare before after --fail-on regression
  brownout compare --last`,
		Args: func(cmd *cobra.Command, args []string) (err error) {
			if last {
				return cobra.MaximumNArgs(1)(cmd, args)
			}
			sides, err = sidesOf(args, cmd.ArgsLenAtDash())
			return err
		},
		RunE: func(_ *cobra.Command, args []string) (err error) {
			if last {
				if sides, err = lastRuns(term, append(args, results.Dir)[0]); err != nil {
					return err
				}
			}
			return compareRuns(term, sides, f)
		},
	}
	cmd.Flags().BoolVar(&last, "last", false, "compare the newest run with the one before it")
	cmd.Flags().StringVar(&f.failOn, "fail-on", "", "exit 99 on `WHAT`: regression")
	f.output.flagsOf(cmd, "comparison", names(report.Comparisons()))
	return cmd
}

// lastRuns gives the directories of the newest run in a directory of results, and of the
// one before it.
func lastRuns(term *terminal, dir string) ([2][]string, error) {
	h, err := readHistory(term, dir)
	if err != nil {
		return [2][]string{}, err
	}
	before, newest, ok := h.Last()
	if !ok {
		return [2][]string{}, &exit{
			code: exitInconclusive, err: fmt.Errorf("compare: %s holds no two runs of one scenario", dir),
			hint: "brownout history shows what it holds",
		}
	}
	var sides [2][]string
	for i, runs := range [][]history.Run{before, newest} {
		for _, r := range runs {
			sides[i] = append(sides[i], filepath.Join(dir, filepath.FromSlash(r.Dir)))
		}
	}
	return sides, nil
}

// sidesOf tells the sides of a command line apart: at -- or, of two, between them.
func sidesOf(args []string, dash int) ([2][]string, error) {
	if dash < 0 && len(args) == 2 {
		dash = 1
	}
	if dash <= 0 || dash >= len(args) {
		return [2][]string{}, fmt.Errorf("compare takes two runs, or the runs of each side with -- between them; got %d arguments", len(args))
	}
	for _, arg := range args[dash:] {
		if strings.HasPrefix(arg, "-") {
			return [2][]string{}, fmt.Errorf("%q is no run: flags stand before --", arg)
		}
	}
	return [2][]string{args[:dash], args[dash:]}, nil
}

func compareRuns(term *terminal, sides [2][]string, f compareFlags) error {
	if f.failOn != "" && f.failOn != string(compare.Regression) {
		return &exit{code: exitUsage, err: fmt.Errorf("--fail-on %q", f.failOn), hint: "--fail-on regression"}
	}
	if err := f.output.checkAmong(names(report.Comparisons())); err != nil {
		return err
	}
	var runs [2][]compare.Run
	for i, side := range sides {
		for _, dir := range side {
			found, err := sideRuns(term, dir)
			if err != nil {
				return err
			}
			runs[i] = append(runs[i], found...)
		}
	}
	c := compare.Of(runs[0], runs[1])
	if err := writeAs(term, f.output.formats, report.Comparisons(), c); err != nil {
		return &exit{code: exitTool, err: err}
	}
	switch {
	case c.Verdict == compare.NotComparable:
		return &exit{code: exitInconclusive}
	case c.Verdict == compare.Regression && f.failOn != "":
		return &exit{code: exitMissed}
	}
	return nil
}

// sideRuns reads the run in a directory, or those that --repeat left in it.
func sideRuns(term *terminal, dir string) ([]compare.Run, error) {
	var runs []compare.Run
	for _, one := range results.Runs(dir) {
		r, err := sideRun(term, one)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// sideRun reads a run: its card, or what its log is judged to be, and the fates of
// its requests. Nothing is written.
func sideRun(term *terminal, dir string) (compare.Run, error) {
	run := compare.Run{Name: dir}
	fail := func(err error, hint string) (compare.Run, error) {
		return run, &exit{code: exitTool, err: fmt.Errorf("compare: %w", err), hint: hint}
	}
	if !results.IsRun(dir) {
		if _, err := os.ReadDir(dir); err != nil {
			return fail(err, "")
		}
		return fail(fmt.Errorf("%q holds neither card.json nor log.jsonl", dir), wantsRun)
	}
	card, err := results.Card(dir)
	switch {
	case err == nil:
		run.Card = card
	case !errors.Is(err, os.ErrNotExist):
		return fail(err, "brownout report --rejudge makes the card of a run from its log again")
	default:
		if run.Card, err = results.Judge(dir, false); err != nil {
			return fail(err, "")
		}
	}
	if run.Fates, err = results.Fates(dir); err != nil {
		if errors.Is(err, record.ErrNewer) {
			return fail(err, "")
		}
		term.sayf("%s has a card alone, so its requests cannot be paired: %v", dir, err)
	}
	return run, nil
}

// wantsRun says which directories are meant.
const wantsRun = "name the directory that `brownout run` left, such as brownout-results/<start>-<scenario>"
