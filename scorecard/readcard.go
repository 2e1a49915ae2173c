package scorecard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// maxCard bounds a card.json, in bytes. That of a long drill is below one
// megabyte.
const maxCard = 64 << 20

// ReadCard reads a card.json. It refuses what is no card, and with [record.ErrNewer]
// one of a newer schema.
func ReadCard(r io.Reader) (*Card, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxCard+1))
	if err != nil {
		return nil, fmt.Errorf("card: %w", err)
	}
	if len(raw) > maxCard {
		return nil, fmt.Errorf("card: longer than %d bytes", maxCard)
	}
	// The schema comes first: a newer card may well not fit the rest.
	var head struct {
		Schema  *int     `json:"schema"`
		Verdict *Verdict `json:"verdict"`
	}
	err = json.Unmarshal(raw, &head)
	switch {
	case head.Schema != nil && *head.Schema > record.Schema:
		return nil, fmt.Errorf("card: schema %d, this version reads up to %d: %w", *head.Schema, record.Schema, record.ErrNewer)
	case err != nil:
		return nil, fmt.Errorf("card: %w", err)
	case head.Schema == nil || *head.Schema < 1 || head.Verdict == nil:
		return nil, errors.New("card: this JSON is no scorecard, it has no schema or no verdict")
	}
	card := new(Card)
	if err := json.Unmarshal(raw, card); err != nil {
		return nil, fmt.Errorf("card: %w", err)
	}
	return card, nil
}
