package report

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// writeJSON writes the card as it is, indented.
func writeJSON(w io.Writer, card *scorecard.Card, _ Options) error {
	raw, err := encoded(card)
	if err != nil {
		return err
	}
	// What was no UTF-8 is written as an escape, but is a letter like any other
	// when the card was read: once round, so that both give the same bytes.
	if bytes.Contains(raw, []byte(`\ufffd`)) {
		again := new(scorecard.Card)
		if err := json.Unmarshal(raw, again); err != nil {
			return err
		}
		if raw, err = encoded(again); err != nil {
			return err
		}
	}
	_, err = w.Write(raw)
	return err
}

// encoded is a value as indented JSON.
func encoded(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(value)
	return b.Bytes(), err
}
