package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// output is where a card goes, as --format says: NAME to stdout or NAME=PATH,
// as often as one likes.
type output struct {
	formats []string
	json    bool
}

func (o *output) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&o.formats, "format", nil,
		"write the card as `NAME[=PATH]`: "+strings.Join(formatNames(), ", ")+" (no PATH: stdout; repeatable)")
	cmd.Flags().BoolVar(&o.json, "json", false, "the same as --format json")
}

func formatNames() []string {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// check refuses unknown formats before a drill of an hour is run for them.
func (o *output) check() error {
	if o.json {
		o.formats = append(o.formats, "json")
		o.json = false
	}
	for _, f := range o.formats {
		name, path, given := strings.Cut(f, "=")
		if !slices.Contains(formatNames(), name) {
			return &exit{
				code: exitUsage,
				err:  fmt.Errorf("unknown format %q", name),
				hint: "formats: " + strings.Join(formatNames(), ", "),
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
	wanted := o.formats
	if len(wanted) == 0 {
		wanted = []string{"text"}
	}
	for _, f := range wanted {
		name, path, _ := strings.Cut(f, "=")
		format := formatOf(name)
		if path == "" {
			if err := format.Write(term.out, card, term.style()); err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
			continue
		}
		if err := writeFile(path, func(w io.Writer) error {
			return format.Write(w, card, report.Options{Width: 100})
		}); err != nil {
			return err
		}
	}
	return nil
}

func formatOf(name string) report.Format {
	all := report.Formats()
	return all[slices.IndexFunc(all, func(f report.Format) bool { return f.Name == name })]
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
