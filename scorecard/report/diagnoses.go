package report

import (
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/findings"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// diagnosisView is what somebody said was wrong.
type diagnosisView struct {
	Mark, Verdict, Class string
	Said, When, Truth    string
	Seen                 []string
}

func (v *view) diagnoses() {
	verdicts := map[string]string{
		"right": "right", "wrong_fault": "right provider, wrong fault", "wrong_provider": "wrong provider", "no_outage": "nothing was wrong",
	}
	for _, d := range v.card.Diagnoses {
		row := diagnosisView{
			Verdict: plain.Text(verdicts[d.Verdict]), Class: "fail", Mark: mark(scorecard.Fail),
			Said:  plain.Text(strings.TrimSpace(d.Provider + " " + d.Fault)),
			When:  "at " + words.Figure(d.AtS, "s"),
			Truth: strings.Join(plain.Texts(d.Truth), ", "),
		}
		if d.Verdict == "right" {
			row.Class, row.Mark = "pass", mark(scorecard.Pass)
		}
		if d.AfterS != nil {
			row.When = words.Figure(*d.AfterS, "s") + " into the outage"
		}
		if d.Actor != "" {
			row.When = "by " + plain.Text(d.Actor) + ", " + row.When
		}
		for _, s := range d.Seen {
			row.Seen = append(row.Seen, seenText(s))
		}
		v.Diagnoses = append(v.Diagnoses, row)
	}
}

// seenText is a signal in a few words: "errors 43 % (usually 0 %), first after 0.3 s".
func seenText(s findings.Seen) string {
	text := s.What + " "
	if s.Unit == "count" {
		text += "×"
	}
	text += words.Figure(s.Value, s.Unit)
	if s.Usual != nil {
		text += fmt.Sprintf(" (usually %s)", words.Figure(*s.Usual, s.Unit))
	}
	if s.FirstS != nil {
		text += ", first after " + words.Figure(*s.FirstS, "s")
	}
	return plain.Text(text)
}

// Signals is all that was to be seen, in one line.
func (d diagnosisView) Signals() string { return strings.Join(d.Seen, "; ") }

func (t *terminal) diagnoses(v *view) {
	if len(v.Diagnoses) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint("1", "diagnoses"))
	for _, d := range v.Diagnoses {
		t.Wrapped("  "+t.Paint(verdictColor(d.Class), d.Mark)+" ", d.Said+", "+d.When+": "+d.Verdict)
		if d.Class != "pass" && d.Truth != "" {
			t.Wrapped("      it was ", d.Truth)
		}
		if len(d.Seen) > 0 {
			t.Wrapped("      to be seen by then: ", d.Signals())
		}
	}
}

func (m *markdown) diagnoses(v *view) {
	if len(v.Diagnoses) == 0 {
		return
	}
	m.line("")
	m.line("### Diagnoses")
	m.line("")
	m.header(5, "", "said", "when", "it was", "to be seen by then")
	for _, d := range v.Diagnoses {
		m.row(d.Mark+" "+m.text(d.Verdict), m.text(d.Said), m.text(d.When), m.text(d.Truth), m.text(d.Signals()))
	}
}
