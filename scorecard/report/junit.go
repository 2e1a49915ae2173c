package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// The parts of a JUnit file that CI systems read.
type (
	junitSuites struct {
		XMLName  xml.Name `xml:"testsuites"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Suite    junitSuite
	}
	junitSuite struct {
		XMLName   xml.Name    `xml:"testsuite"`
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Classname string    `xml:"classname,attr"`
		Name      string    `xml:"name,attr"`
		Time      string    `xml:"time,attr"`
		Failure   *junitWhy `xml:"failure"`
		Error     *junitWhy `xml:"error"`
		Skipped   *junitWhy `xml:"skipped"`
	}
	junitWhy struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",innerxml"` // escaped
	}
)

// writeJUnit writes one test case per bar: a missed bar is a failure, one that
// was not decided an error, and neither if its severity is only to warn: then it
// is skipped. A drill that as a whole is not decided has one case more that says
// so, for else a green suite could hide it.
func writeJUnit(w io.Writer, card *scorecard.Card, _ Options) error {
	class := "brownout." + dotless(plain.Text(card.Scenario.Name))
	suite := junitSuite{
		Name:      class,
		Time:      fmt.Sprintf("%.3f", card.LengthS),
		Timestamp: card.StartedAt.UTC().Format(time.DateOnly + "T" + time.TimeOnly),
	}
	names := map[string]int{}
	for _, b := range viewOf(card).inOrder {
		c := junitOf(b)
		c.Classname = class + "." + dotless(b.phaseOrDrill())
		// GitLab drops the second case of a name.
		key := c.Classname + "\x00" + c.Name
		if names[key]++; names[key] > 1 {
			c.Name = fmt.Sprintf("%s (%d)", c.Name, names[key])
		}
		suite.Cases = append(suite.Cases, c)
	}
	if card.Verdict == scorecard.Inconclusive || card.Verdict == scorecard.Aborted {
		suite.Cases = append(suite.Cases, junitCase{
			Classname: class + ".drill", Name: "the drill is decided", Time: "0",
			Error: &junitWhy{Message: plain.Text(card.Sentence), Type: card.Verdict.String(), Text: escaped(joined(card.Reasons))},
		})
	}
	for _, c := range suite.Cases {
		suite.Tests++
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	return encodeJUnit(w, suite)
}

// junitOf makes the test case of one bar.
func junitOf(b barView) junitCase {
	c := junitCase{Name: b.Title + " " + b.Bar, Time: "0"}
	why := &junitWhy{Message: b.Title + ": " + b.Told, Text: escaped(b.lines())}
	switch {
	case b.Verdict == scorecard.Pass:
	case b.Severity == "warn":
		why.Message = "warning only: " + why.Message
		c.Skipped = why
	case b.Verdict == scorecard.Fail:
		why.Type = "missed"
		c.Failure = why
	default:
		why.Type = b.Verdict.String()
		c.Error = why
	}
	return c
}

func encodeJUnit(w io.Writer, suite junitSuite) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	err := e.Encode(junitSuites{
		Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suite: suite,
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

// escaped escapes text for XML but keeps its lines apart, for people read the
// file too.
func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) //nolint:errcheck // a Builder takes all
	return strings.ReplaceAll(b.String(), "&#xA;", "\n")
}
