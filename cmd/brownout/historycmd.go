package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/history"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

type historyFlags struct {
	scenario, app, since string
	verdicts             []string
	keep                 int
	pin, unpin           string
	dryRun, pruning      bool
	output               output
}

func newHistory(term *terminal) *cobra.Command {
	var f historyFlags
	cmd := &cobra.Command{
		Use:   "history [DIR]",
		Short: "Show what drills came to over time, and clear old ones away",
		Long: `history lists the runs of a directory of results (brownout-results unless DIR is
given) and draws how the score and each dimension went, for each scenario and app.

Every run adds a line to index.ndjson in the directory that its own stands in, so
the trend outlives the runs: what was pruned, or removed by hand, is shown as gone.
The runs of one --repeat, and the two of a pair, stand in the index beside the
directory that holds them all, as NAME/1, NAME/2, …. Runs without a line (copied from
elsewhere) are found by their card.json.

--keep N removes the results of all but the newest N runs of each scenario and app;
runs of one --repeat go together and count as one. --pin RUN protects a run from
that. Only files that brownout wrote are removed.`,
		Example: `  brownout history
  brownout history --scenario ai-brownout --since 90d --format html=history.html
  brownout history --pin 20261121-080000-ai-brownout
  brownout history --keep 10 --dry-run`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.pruning = cmd.Flags().Changed("keep")
			dir := results.Dir
			if len(args) > 0 {
				dir = args[0]
			}
			return runHistory(term, dir, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.scenario, "scenario", "", "runs of this scenario, by `NAME`")
	flags.StringVar(&f.app, "app", "", "runs against this `APP`, as the history names it")
	flags.StringVar(&f.since, "since", "", "runs that began on this `DAY` or later (2026-10-01), or so long ago (90d, 12w, 36h)")
	flags.StringSliceVar(&f.verdicts, "verdict", nil, "runs with one of these `VERDICTS`: pass, fail, inconclusive, aborted")
	flags.IntVar(&f.keep, "keep", 0, "remove the results of all but the newest `N` runs of each scenario and app, and the pinned")
	flags.BoolVar(&f.dryRun, "dry-run", false, "with --keep: say what would go, and remove nothing")
	flags.StringVar(&f.pin, "pin", "", "keep the results of `RUN` whatever is pruned")
	flags.StringVar(&f.unpin, "unpin", "", "let `RUN` be pruned again")
	f.output.flagsOf(cmd, "history", names(report.Histories()))
	return cmd
}

func runHistory(term *terminal, dir string, f historyFlags) error {
	filter, err := f.filter(time.Now())
	if err != nil {
		return err
	}
	if err := f.output.checkAmong(names(report.Histories())); err != nil {
		return err
	}
	h, err := readHistory(term, dir)
	if err != nil {
		return err
	}
	switch {
	case f.pin != "":
		return pinRun(term, dir, h, f.pin, true)
	case f.unpin != "":
		return pinRun(term, dir, h, f.unpin, false)
	case f.pruning:
		return prune(term, dir, h.Filtered(filter).Prunable(f.keep), f.dryRun)
	}
	if err := writeAs(term, f.output.formats, report.Histories(), h.Filtered(filter)); err != nil {
		return &exit{code: exitTool, err: err}
	}
	return nil
}

// filter is what the flags pick, from now back. It refuses flags that make no sense
// together.
func (f *historyFlags) filter(now time.Time) (history.Filter, error) {
	filter := history.Filter{Scenario: f.scenario, App: f.app}
	usage := func(err error, hint string) (history.Filter, error) {
		return filter, &exit{code: exitUsage, err: err, hint: hint}
	}
	deeds := 0
	for _, asked := range []bool{f.pin != "", f.unpin != "", f.pruning} {
		if asked {
			deeds++
		}
	}
	switch {
	case deeds > 1:
		return usage(errors.New("--pin, --unpin and --keep are done one at a time"), "")
	case deeds > 0 && (len(f.output.formats) > 0 || f.output.json):
		return usage(errors.New("--pin, --unpin and --keep show no history to format"), "run history once more without them")
	case f.dryRun && !f.pruning:
		return usage(errors.New("--dry-run is for --keep"), "")
	case f.pruning && f.keep < 0:
		return usage(fmt.Errorf("--keep %d: it takes a number of runs, 0 or more", f.keep), "")
	case deeds > 0 && (f.since != "" || len(f.verdicts) > 0):
		return usage(errors.New("--since and --verdict are for looking, not for --pin, --unpin or --keep"), "--keep goes with --scenario and --app")
	}
	if f.since != "" {
		var err error
		if filter.Since, err = since(f.since, now); err != nil {
			return usage(err, "--since 2026-10-01, 90d, 12w or 36h")
		}
	}
	for _, word := range f.verdicts {
		var v scorecard.Verdict
		if err := v.UnmarshalText([]byte(word)); err != nil {
			return usage(fmt.Errorf("--verdict: %w", err), "verdicts: pass, fail, inconclusive, aborted")
		}
		filter.Verdicts = append(filter.Verdicts, v)
	}
	return filter, nil
}

// since reads a day, or how long ago.
func since(text string, now time.Time) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return day, nil
	}
	for unit, days := range map[string]int{"d": 1, "w": 7} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			if n, err := strconv.Atoi(number); err == nil && n >= 0 && n < 100_000 {
				return now.AddDate(0, 0, -n*days), nil
			}
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, fmt.Errorf("--since %q is neither a day nor a span of time", text)
}

// pinRun keeps a run from being pruned, or lets it be.
func pinRun(term *terminal, dir string, h *history.History, name string, keep bool) error {
	// As the history shows it, or as a path that leads there.
	run := filepath.ToSlash(filepath.Clean(name))
	if rel, err := filepath.Rel(dir, name); err == nil && filepath.IsLocal(rel) {
		run = filepath.ToSlash(rel)
	}
	found := slices.ContainsFunc(h.Runs, func(r history.Run) bool {
		return !r.Gone && (r.Dir == run || r.Group() == run)
	})
	if !found {
		return &exit{
			code: exitUsage, err: fmt.Errorf("no run %q in %s", name, dir),
			hint: "name it as `brownout history` does",
		}
	}
	line, done := history.Line{Pin: run}, "pinned"
	if !keep {
		line, done = history.Line{Unpin: run}, "no longer pinned"
	}
	if err := results.Append(dir, line); err != nil {
		return &exit{code: exitTool, err: fmt.Errorf("history: %w", err)}
	}
	term.sayf("%s: %s", done, run)
	return nil
}

// prune removes the results of runs: the files that brownout wrote, and directories
// that are empty then.
func prune(term *terminal, dir string, runs []history.Run, dry bool) error {
	for _, r := range runs {
		path := filepath.Join(dir, filepath.FromSlash(r.Dir))
		if dry {
			fmt.Fprintf(term.out, "would remove %s\n", path)
			continue
		}
		// The index may be anybody's: nothing outside of dir is touched.
		if info, err := os.Lstat(path); err != nil || !info.IsDir() {
			term.sayf("%s is no directory, and stays", path)
			continue
		}
		if err := results.Clear(path); err != nil {
			return &exit{code: exitTool, err: err}
		}
		fmt.Fprintf(term.out, "removed %s\n", path)
		if err := os.Remove(path); err != nil {
			term.sayf("%s holds files that are not brownout's, and stays with them", path)
		}
		if group := filepath.Join(dir, r.Group()); group != path && len(results.Directories(group)) == 0 {
			_ = os.Remove(filepath.Join(group, "repeat.json")) // where it was a --repeat
			_ = os.Remove(group)                               // stays when somebody keeps a file of their own in it
		}
	}
	if len(runs) == 0 {
		term.sayf("nothing to remove")
	}
	return nil
}
