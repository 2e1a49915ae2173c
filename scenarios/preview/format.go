package preview

import (
	"encoding/json"
	"io"
	"time"
)

// Options are how text is laid out.
type Options struct {
	Width int  // columns
	Color bool // ANSI colours
	ASCII bool // no block characters
	// Start is when the drill is to start, for the times of day of a runbook; zero: it
	// is not settled.
	Start time.Time
}

// Format is one row of the table of formats.
type Format struct {
	Name  string
	Write func(io.Writer, Preview, Options) error
}

// Formats is the table of formats.
func Formats() []Format {
	return []Format{{"text", writeText}, {"json", writeJSON}, {"yaml", writeYAML}, {"svg", writeSVG}, {"runbook", writeRunbook}}
}

func writeJSON(w io.Writer, p Preview, _ Options) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(p)
}

func writeYAML(w io.Writer, p Preview, _ Options) error {
	_, err := w.Write(p.YAML)
	return err
}
