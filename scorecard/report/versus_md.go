package report

import (
	"fmt"
	"io"

	"github.com/seed-76a9de92/brownout/scorecard/compare"
)

// writeVersusMarkdown writes a comparison that fits a pull request: what was judged
// in sight, the rest folded.
func writeVersusMarkdown(w io.Writer, c *compare.Comparison, _ Options) error {
	v := versusOf(c)
	m := &markdown{}
	sign := map[string]string{"fail": "❌", "pass": "✅", "same": "⚖️"}[v.Class]
	if sign == "" {
		sign = "❔"
	}
	m.line("## ", sign, " ", v.Word, ": ", m.text(v.Title))
	m.line("")
	m.line("**", m.text(v.Sentence), "**")
	m.line("")
	m.header(6, "", "run", "verdict", "grade", "app", "seed")
	for _, r := range v.Runs {
		m.row(r.Side, m.text(r.Name), r.Mark+" "+r.Verdict, m.text(r.Grade), m.text(r.App), r.Seed)
	}
	if len(v.Checks) > 0 {
		m.line("")
		m.line("### What differs")
		m.line("")
		m.header(5, "", "what", "A", "B", "so")
		for _, check := range v.Checks {
			m.row(m.text(check.Level), m.text(check.What), m.text(check.A), m.text(check.B), m.text(check.Reason))
		}
	}
	if len(v.Rows) > 0 {
		m.line("")
		m.line("### Judged")
		m.line("")
		m.line(m.text(v.Method), "; ", m.text(v.JudgedNote))
		m.line("")
		m.versusRows(v.Judged)
		m.users(v)
		m.folded("What else changed over the whole drill", func() { m.versusRows(v.Whole) })
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// folded writes what is shown when it is asked for.
func (m *markdown) folded(summary string, write func()) {
	m.line("")
	m.line("<details><summary>", summary, "</summary>")
	m.line("")
	write()
	m.line("")
	m.line("</details>")
}

func (m *markdown) versusRows(rows []versusRow) {
	m.header(3, "", "metric", "where", "A", "B", "change", "95 %", "p", "bar")
	for _, r := range rows {
		claim := r.Mark + " " + r.Claim
		if r.Note != "" {
			claim += "<br>" + m.text(r.Note)
		}
		m.row(claim, m.text(r.Metric), m.text(r.Where), m.text(r.A), m.text(r.B), m.text(r.Change), m.text(r.Interval), m.text(r.Chance), m.text(r.Bars))
	}
}

func (m *markdown) users(v *versus) {
	if v.Lost == "" {
		return
	}
	m.line("")
	m.line(fmt.Sprintf("### Users: %s lost, %s saved", v.Lost, v.Saved))
	m.line("")
	m.line(m.text(v.Kept))
	if len(v.Swings) == 0 {
		return
	}
	m.folded("Who", func() {
		m.header(7, "", "due", "journey", "phase", "before", "after", "nonce")
		for _, s := range v.Swings {
			m.row(s.Mark+" "+s.Word, s.Due, m.text(s.Journey), m.text(s.Phase), m.text(s.Before), m.text(s.After), m.text(s.Nonce))
		}
		if v.Unlisted > 0 {
			m.line("")
			m.line(fmt.Sprintf("and %d more", v.Unlisted))
		}
	})
}
