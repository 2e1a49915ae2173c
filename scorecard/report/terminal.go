package report

import "github.com/seed-76a9de92/brownout/scorecard/report/screen"

// A terminal is what a format for terminals writes to.
type terminal struct{ *screen.Text }

func newTerminal(opts Options) *terminal {
	return &terminal{screen.New(opts.Width, opts.Color, opts.ASCII)}
}
