package report

import (
	"encoding/json"
	"io"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// writeJSON writes the card as it is, indented.
func writeJSON(w io.Writer, card *scorecard.Card, _ Options) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(card)
}
