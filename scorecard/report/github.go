package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// mostAnnotations is how many of them stand on a run's page. GitHub shows ten of a
// step; the rest of a long list hides what matters.
const mostAnnotations = 5

// writeGitHub writes the verdict and the bars that were not met as annotations of a
// GitHub Actions run, at most five.
func writeGitHub(to io.Writer, card *scorecard.Card, _ Options) error {
	w := bufio.NewWriter(to)
	v := viewOf(card)
	level := "error"
	if card.Verdict == scorecard.Pass {
		level = "notice"
	}
	annotate(w, level, v.Title+": "+v.Word, v.Sentence)
	unmet := slices.DeleteFunc(slices.Clone(v.Bars), func(b barView) bool { return b.Verdict == scorecard.Pass })
	shown := unmet
	if len(unmet) > mostAnnotations-1 {
		shown = unmet[:mostAnnotations-2] // the last says how many more there are
	}
	for _, b := range shown {
		level := "error"
		if b.Severity == "warn" {
			level = "warning"
		}
		annotate(w, level, b.Title, b.Word+": "+b.Told)
	}
	if more := len(unmet) - len(shown); more > 0 {
		annotate(w, "notice", v.Title, fmt.Sprintf("%d more bars were not met; the card has them", more))
	}
	return w.Flush()
}

// annotate writes one workflow command. What stands in it can neither end it nor
// begin another.
func annotate(w io.Writer, level, title, text string) {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	fmt.Fprintf(w, "::%s title=%s::%s\n", level, property.Replace(title), data.Replace(text))
}

// MostSummary is how many bytes a step's summary may have, in all. GitHub throws away
// one of more than 1024 KiB whole, and other steps write there too.
const MostSummary = 900_000

// Summary is the card in Markdown, in no more than room bytes: whole if it fits, else
// its head and the bars, else the head, else nothing.
func Summary(card *scorecard.Card, room int) string {
	v := viewOf(card)
	parts := []func(*markdown){
		func(m *markdown) { m.head(v) },
		func(m *markdown) { m.bars(v) },
		func(m *markdown) { m.rest(v) },
	}
	var kept string
	var m markdown
	for _, part := range parts {
		part(&m)
		if m.Len() > room {
			break
		}
		kept = m.String()
	}
	return kept
}
