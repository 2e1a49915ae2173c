package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// output is where a card goes, as --format says: NAME to stdout or NAME=PATH,
// as often as one likes.
type output struct {
	formats []string
	json    bool
}

func (o *output) flags(cmd *cobra.Command) { o.flagsOf(cmd, "card", names(report.Formats())) }

// flagsOf are the flags of a command that writes something in these formats.
func (o *output) flagsOf(cmd *cobra.Command, what string, formats []string) {
	cmd.Flags().StringArrayVar(&o.formats, "format", nil,
		"write the "+what+" as `NAME[=PATH]`: "+strings.Join(formats, ", ")+" (no PATH: stdout; repeatable)")
	cmd.Flags().BoolVar(&o.json, "json", false, "the same as --format json")
}

func names[T any](formats []report.FormatOf[T]) []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.Name)
	}
	return names
}

// check refuses unknown formats before a drill of an hour is run for them.
func (o *output) check() error { return o.checkAmong(names(report.Formats())) }

func (o *output) checkAmong(formats []string) error {
	if o.json {
		o.formats = append(o.formats, "json")
		o.json = false
	}
	for _, f := range o.formats {
		name, path, given := strings.Cut(f, "=")
		if !slices.Contains(formats, name) {
			return &exit{
				code: exitUsage,
				err:  fmt.Errorf("unknown format %q", name),
				hint: "formats: " + strings.Join(formats, ", "),
			}
		}
		if given && path == "" {
			return &exit{code: exitUsage, err: fmt.Errorf("--format %s names no path", f)}
		}
	}
	return nil
}

// write renders the card. Without --format it is the text summary on stdout.
func (o *output) write(term *terminal, card *scorecard.Card) error {
	if err := writeAs(term, o.formats, report.Formats(), card); err != nil {
		return err
	}
	summary := os.Getenv("GITHUB_STEP_SUMMARY")
	if summary == "" || !slices.ContainsFunc(o.formats, func(f string) bool { return strings.HasPrefix(f, "github") }) {
		return nil
	}
	return appendSummary(summary, card)
}

// appendSummary adds the card to the summary of a GitHub Actions step, as far as
// there is room.
func appendSummary(path string, card *scorecard.Card) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("step summary: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("step summary: %w", err)
	}
	if _, err := io.WriteString(f, report.Summary(card, report.MostSummary-int(info.Size()))); err != nil {
		return fmt.Errorf("step summary: %w", err)
	}
	return f.Close()
}

// writeAs renders a value in the wanted formats of a table, which has them all.
// Without any it is the text on stdout.
func writeAs[T any](term *terminal, wanted []string, formats []report.FormatOf[T], value T) error {
	if len(wanted) == 0 {
		wanted = []string{"text"}
	}
	for _, f := range wanted {
		name, path, _ := strings.Cut(f, "=")
		format := formats[slices.IndexFunc(formats, func(f report.FormatOf[T]) bool { return f.Name == name })]
		if path == "" {
			if err := format.Write(term.out, value, term.style()); err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
			continue
		}
		if err := aside.Write(path, func(w io.Writer) error {
			return format.Write(w, value, report.Options{Width: 100})
		}); err != nil {
			return err
		}
	}
	return nil
}

// verdictCode is the exit code of a card.
func verdictCode(card *scorecard.Card) int {
	switch card.Verdict {
	case scorecard.Pass:
		return exitOK
	case scorecard.Fail:
		return exitMissed
	case scorecard.Aborted:
		if card.Stopped {
			return exitStopped
		}
		return exitInterrupt
	case scorecard.Inconclusive:
	}
	return exitInconclusive
}
