package preview

import (
	"encoding/json"
	"io"
)

// Options are how text is laid out.
type Options struct {
	Width int  // columns
	Color bool // ANSI colours
	ASCII bool // no block characters
}

// Format is one row of the table of formats.
type Format struct {
	Name  string
	Write func(io.Writer, Preview, Options) error
}

// Formats is the table of formats.
func Formats() []Format {
	return []Format{{"text", writeText}, {"json", writeJSON}, {"yaml", writeYAML}, {"svg", writeSVG}}
}

func writeJSON(w io.Writer, p Preview, _ Options) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(p)
}

// writeYAML writes the scenario as it would be played: with its parents and app
// file merged in, and no default filled in.
func writeYAML(w io.Writer, p Preview, _ Options) error {
	_, err := w.Write(p.resolved)
	return err
}
