package report

import (
	"encoding/json"
	"fmt"
	"io"
	"text/template"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// A badge says in two words how the last drill went: "brownout | passing B".
type badge struct {
	Label, Message string
	Color          string // by name, as shields.io knows it
	Hex            string
}

func badgeOf(card *scorecard.Card) badge {
	b := badge{Label: "brownout"}
	switch card.Verdict {
	case scorecard.Pass:
		b.Message, b.Color, b.Hex = "passing", "brightgreen", "#2b7a0b"
	case scorecard.Fail:
		b.Message, b.Color, b.Hex = "failing", "red", "#b42318"
	case scorecard.Aborted:
		b.Message, b.Color, b.Hex = "aborted", "lightgrey", "#5f6670"
	case scorecard.Inconclusive:
		b.Message, b.Color, b.Hex = "inconclusive", "lightgrey", "#5f6670"
	}
	if card.Grade != "" {
		b.Message += " " + plain.Text(card.Grade)
	}
	return b
}

// writeBadgeJSON writes what an endpoint badge of shields.io reads.
func writeBadgeJSON(w io.Writer, card *scorecard.Card, _ Options) error {
	b := badgeOf(card)
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		SchemaVersion int    `json:"schemaVersion"`
		Label         string `json:"label"`
		Message       string `json:"message"`
		Color         string `json:"color"`
	}{1, b.Label, b.Message, b.Color})
}

// badgeLetter is how wide a letter is at most, in an 11 px sans-serif: the letters
// are stretched or pressed to just that, whatever font there is.
const badgeLetter = 6.6

// writeBadge writes the badge as a picture.
func writeBadge(w io.Writer, card *scorecard.Card, _ Options) error {
	const margin = 6.0
	b := badgeOf(card)
	left := float64(plain.Width(b.Label))*badgeLetter + 2*margin
	right := float64(plain.Width(b.Message))*badgeLetter + 2*margin
	px := func(x float64) string { return fmt.Sprintf("%.1f", x) }
	// All words are our own but the grade, a letter made plain.
	return template.Must(template.New("badge").Parse(badgeSVG)).Execute(w, map[string]string{
		"Label": b.Label, "Message": b.Message, "Hex": b.Hex,
		"Width": px(left + right), "Left": px(left), "Edge": px(left - 4),
		"LabelX": px(left / 2), "MessageX": px(left + right/2),
		"LabelLength": px(left - 2*margin), "MessageLength": px(right - 2*margin),
	})
}

const badgeSVG = `<svg xmlns="http://www.w3.org/2000/svg" width="{{.Width}}" height="20" role="img" aria-label="{{.Label}}: {{html .Message}}">
  <title>{{.Label}}: {{html .Message}}</title>
  <rect width="{{.Width}}" height="20" rx="3" fill="{{.Hex}}"/>
  <rect width="{{.Left}}" height="20" rx="3" fill="#3b3f46"/>
  <rect x="{{.Edge}}" width="4" height="20" fill="#3b3f46"/>
  <g fill="#ffffff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
    <text x="{{.LabelX}}" y="14" textLength="{{.LabelLength}}">{{.Label}}</text>
    <text x="{{.MessageX}}" y="14" textLength="{{.MessageLength}}">{{html .Message}}</text>
  </g>
</svg>
`
