package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// writeMarkdown writes a summary that fits a pull request: the verdict and the
// bars in sight, the rest folded.
func writeMarkdown(w io.Writer, card *scorecard.Card, _ Options) error {
	v := viewOf(card)
	m := &markdown{}
	m.head(v)
	m.bars(v)
	m.rest(v)
	_, err := io.WriteString(w, m.String())
	return err
}

// rest is what is folded.
func (m *markdown) rest(v *view) {
	m.reactions(v)
	m.findings(v)
	m.diagnoses(v)
	m.phases(v)
	m.line("")
	m.line("<sub>", m.text(v.Method), "</sub>")
}

type markdown struct{ strings.Builder }

func (m *markdown) line(parts ...string) { m.WriteString(strings.Join(parts, "") + "\n") }

func (m *markdown) text(s string) string { return plain.Markdown(s) }

// row writes a row of a table.
func (m *markdown) row(cells ...string) { m.line("| ", strings.Join(cells, " | "), " |") }

// header writes the head of a table, of which the first left columns stand on
// the left and the others, being numbers, on the right.
func (m *markdown) header(left int, names ...string) {
	m.row(names...)
	rule := make([]string, len(names))
	for i := range rule {
		rule[i] = "---"
		if i >= left {
			rule[i] = "--:"
		}
	}
	m.row(rule...)
}

func (m *markdown) head(v *view) {
	sign := map[scorecard.Verdict]string{
		scorecard.Pass: "✅", scorecard.Fail: "❌", scorecard.Aborted: "🛑", scorecard.Inconclusive: "❔",
	}[v.card.Verdict]
	m.line("## ", sign, " ", v.Word, ": ", m.text(v.Title))
	m.line("")
	m.line("**", m.text(v.Sentence), "**")
	for _, reason := range v.MoreReasons() {
		m.line("- ", m.text(reason))
	}
	m.line("")
	grade := m.text(v.NoGrade)
	if v.Grade != "" {
		grade = fmt.Sprintf("grade **%s** (%s of 100)", m.text(v.Grade), m.text(v.Score))
	}
	m.line(m.text(v.App), " · ", v.Length, " · ", v.Requests, " requests · ", m.text(v.Started), " · ", grade)
	for _, limit := range v.Caps {
		m.line("- ", m.text(limit))
	}
}

func (m *markdown) bars(v *view) {
	m.line("")
	m.line(fmt.Sprintf("### Bars: %d of %d met", v.Met, v.Decisive))
	if v.DefaultBars {
		m.line("")
		m.line("The scenario names no bars; these are the tool's own.")
	}
	m.line("")
	m.header(3, "", "metric", "where", "measured", "bar", "n")
	for _, b := range v.Bars {
		value := m.text(b.Value)
		if note := b.note(); note != "" && b.Verdict != scorecard.Pass {
			value += "<br>" + m.text(note)
		}
		m.row(b.Mark+" "+b.Word, m.text(b.Metric), m.text(b.Where), value, m.text(b.Bar), b.N)
	}
}

func (m *markdown) reactions(v *view) {
	if len(v.Reactions) == 0 {
		return
	}
	m.line("")
	m.line("### Reactions")
	m.line("")
	m.header(4, "", "signal", "what the app did", "what it should do", "sent")
	for _, r := range v.Reactions {
		m.row(r.Mark+" "+m.text(r.Verdict), m.text(r.Signal), m.text(r.Deeds), m.text(r.Should), r.Sent)
	}
}

func (m *markdown) findings(v *view) {
	if len(v.Findings) == 0 {
		return
	}
	m.line("")
	m.line("### Findings")
	m.line("")
	for _, f := range v.Findings {
		m.line("- **", m.text(f.Severity), "** ", m.text(f.Sentence), "<br>→ ", m.text(f.Advice))
	}
}

func (m *markdown) phases(v *view) {
	m.line("")
	m.line("<details><summary>Phases and dimensions</summary>")
	m.line("")
	names := []string{"phase", "faults", "requests", "served well"}
	for _, o := range v.Outcomes {
		names = append(names, m.text(o))
	}
	m.header(2, names...)
	for _, p := range v.Phases {
		row := []string{m.text(p.Name), m.text(strings.Join(p.Faults, "; ")), p.N, m.text(p.Served)}
		for _, n := range p.Counts {
			row = append(row, fmt.Sprint(n))
		}
		m.row(row...)
	}
	m.line("")
	m.header(1, "dimension", "score")
	for _, d := range v.Dimensions {
		m.row(m.text(d.Name), m.text(d.Score))
	}
	m.line("")
	m.line("</details>")
}
