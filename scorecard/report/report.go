// Package report writes a scorecard for people and for machines. It owns what a
// card looks like and nothing of what it says: every word and figure comes from
// a [scorecard.Card], and the same card gives the same bytes each time.
//
// Start at [Formats], the table of what there is. A format is one file with one
// verb: the card is turned into a view of plain strings (view.go), the view into
// bytes. A new format is a file and a row.
//
//	card, err := scorecard.ReadCard(f)
//	...
//	for _, format := range report.Formats() {
//		if format.Name == "html" {
//			err = format.Write(out, card, report.Options{})
//		}
//	}
package report

import (
	"io"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// Options say how a format may write. Formats that are files ignore them: a file
// does not depend on the terminal it was made at.
type Options struct {
	Width int  // columns of the terminal; 0 is 80, less than 40 is 40
	Color bool // ANSI colours; the words say all that the colours do
	ASCII bool // nothing but ASCII: other signs have stand-ins
	// Where is the directory with the artefacts, named at the end of the summary;
	// "" leaves the line out.
	Where string
}

// A FormatOf is one way to write a T.
type FormatOf[T any] struct {
	Name string // as in --format
	File string // its file in a result directory; "" is not kept there
	Doc  string // one clause
	// Write writes the whole of it. Its errors are those of the writer, but for a
	// T that holds what JSON cannot (NaN).
	Write func(io.Writer, T, Options) error
}

// A Format is one way to write a card.
type Format = FormatOf[*scorecard.Card]

// Formats is the table of all formats.
func Formats() []Format {
	return []Format{
		{Name: "text", Doc: "summary for a terminal", Write: writeText},
		{Name: "json", File: "card.json", Doc: "everything that was judged, for programs", Write: writeJSON},
		{Name: "junit", File: "junit.xml", Doc: "one test case per bar, for CI", Write: writeJUnit},
		{Name: "md", File: "card.md", Doc: "summary for a pull request", Write: writeMarkdown},
		{Name: "html", File: "card.html", Doc: "the whole card as one page, without network or script", Write: writeHTML},
		{Name: "openmetrics", Doc: "the figures as OpenMetrics text", Write: writeOpenMetrics},
		{Name: "badge", Doc: "verdict and grade as a small SVG", Write: writeBadge},
		{Name: "badge-json", Doc: "the same for a shields.io endpoint", Write: writeBadgeJSON},
		{Name: "github", Doc: "annotations of a GitHub Actions run; the card goes to the step's summary", Write: writeGitHub},
		{Name: "aar", Doc: "the leader's sheet filled in: the after-action report, in Markdown", Write: writeAAR},
	}
}
